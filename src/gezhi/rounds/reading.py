"""A list of subjects from a CSV file, or what is wrong with each of its rows. Pure.

Columns: kind, code, name, address, place_code, lon, lat, and any element by its key; Chinese headings are known.
"""

import csv
import io
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import isfinite
from typing import Final

from gezhi.lib.codes import is_code
from gezhi.packs.forms import Said, fields_of, read_answers
from gezhi.packs.shapes import Element
from gezhi.rounds.book import Book

MOST_ROWS: Final = 20_000
KINDS: Final[Mapping[str, str]] = {"house": "房屋", "household": "住户", "shop": "店铺", "site": "场所"}
HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": ("kind", "类型"),
    "code": ("code", "编号"),
    "name": ("name", "名称"),
    "address": ("address", "地址"),
    "place_code": ("place_code", "网格编码"),
    "lon": ("lon", "经度"),
    "lat": ("lat", "纬度"),
}
LENGTHS: Final = {"code": 60, "name": 120, "address": 300}


@dataclass(frozen=True, slots=True)
class SubjectRow:
    """`known`: values by element."""

    kind: str
    name: str
    place_code: str
    code: str = ""
    address: str = ""
    lon: float | None = None
    lat: float | None = None
    known: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowFault:
    """`row` counts the lines of data from 1; 0 is the heading."""

    row: int
    field: str
    value: str
    problem: Said


@dataclass(frozen=True, slots=True)
class SubjectFile:
    rows: tuple[SubjectRow, ...] = ()
    faults: tuple[RowFault, ...] = ()


@dataclass(frozen=True)
class Ground:
    """What reading knows: the plans' book, places, where a point lies ("" nowhere), which places are in reach."""

    book: Book
    places: Container[str]
    locate: Callable[[float, float], str]
    reaches: Callable[[str], bool]


def decoded(data: bytes) -> str:
    """UTF-8, or what Chinese spreadsheets write."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("gb18030", "replace")


def read_subjects(text: str, ground: Ground) -> SubjectFile:
    try:
        lines = list(islice(csv.reader(io.StringIO(text.replace("\0", ""))), MOST_ROWS + 2))
    except csv.Error:
        return SubjectFile(faults=(RowFault(0, "", "", ("读不懂这个文件", "is no CSV")),))
    columns = {n: _meant(name, ground.book) for n, name in enumerate(lines[0] if lines else [])}
    faults = tuple(_heading_faults(lines[0] if lines else [], columns))
    if len(lines) > MOST_ROWS + 1:
        faults += (RowFault(0, "", "", (f"最多 {MOST_ROWS} 行", f"has more than {MOST_ROWS} rows")),)
    if faults:
        return SubjectFile(faults=faults)
    return _rows(lines[1:], columns, ground)


def _rows(lines: Sequence[Sequence[str]], columns: Mapping[int, str], ground: Ground) -> SubjectFile:
    rows, faults = [], []
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(lines, 1):
        if not any(cell.strip() for cell in line):
            continue
        given = {columns[n]: cell.strip() for n, cell in enumerate(line) if n in columns}
        row, wrong = read_subject(given, ground)
        if row.code and (row.kind, row.code) in seen:
            wrong["code"] = ("本文件里出现过", "stands in this file already")
        seen.add((row.kind, row.code))
        faults += [RowFault(number, name, given.get(name, "")[:60], said) for name, said in wrong.items()]
        if not wrong:
            rows.append(row)
    return SubjectFile(tuple(rows), tuple(faults))


def _meant(heading: str, book: Book) -> str:
    name = heading.strip()
    known = next((key for key, words in HEADINGS.items() if name in words), "")
    by_title = {element.title.zh: key for key, element in book.elements.items()}
    return known or (name if name in book.elements else by_title.get(name, ""))


def _heading_faults(names: Sequence[str], columns: Mapping[int, str]) -> Iterator[RowFault]:
    known = "、".join(words[1] for words in HEADINGS.values()), ", ".join(HEADINGS)
    for n, meant in columns.items():
        if not meant:
            problem = (
                f"不认识这一列；认识 {known[0]} 和数据元",
                f"is not known; known are {known[1]}, elements",
            )
            yield RowFault(0, names[n][:60], "", problem)
    for must in ("kind", "name"):
        if must not in columns.values():
            yield RowFault(0, must, "", (f"缺少“{HEADINGS[must][1]}”列", "is missing"))


def read_subject(given: Mapping[str, str], ground: Ground) -> tuple[SubjectRow, dict[str, Said]]:
    """One subject from texts, with what is wrong by field; the row counts only where nothing is."""
    wrong: dict[str, Said] = {}
    kind = _kind(given.get("kind", ""), wrong)
    lon, lat = _point(given, wrong)
    row = SubjectRow(
        kind=kind,
        name=_line(given, "name", wrong),
        code=_line(given, "code", wrong),
        address=_line(given, "address", wrong),
        place_code=_place(given.get("place_code", ""), lon, lat, ground, wrong),
        lon=lon,
        lat=lat,
        known=_known(given, kind, ground.book, wrong),
    )
    if not row.name:
        wrong.setdefault("name", ("请填名称", "is missing"))
    return row, wrong


def _line(given: Mapping[str, str], name: str, wrong: dict[str, Said]) -> str:
    text = " ".join(given.get(name, "").split())
    if len(text) > LENGTHS[name]:
        wrong[name] = (f"最多 {LENGTHS[name]} 个字", f"has more than {LENGTHS[name]} characters")
    if any("\ud800" <= letter <= "\udfff" for letter in text):
        wrong[name] = ("含有无法保存的字符", "holds characters that cannot be kept")
    return text


def _kind(text: str, wrong: dict[str, Said]) -> str:
    found = next((key for key, word in KINDS.items() if text in (key, word)), "")
    if not found:
        wrong["kind"] = (f"应是 {'、'.join(KINDS.values())} 之一", f"must be one of {', '.join(KINDS)}")
    return found


def _point(given: Mapping[str, str], wrong: dict[str, Said]) -> tuple[float | None, float | None]:
    texts = given.get("lon", ""), given.get("lat", "")
    if texts == ("", ""):
        return None, None
    try:
        lon, lat = map(float, texts)
    except ValueError:
        lon = lat = float("nan")
    if isfinite(lon) and isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90:
        return lon, lat
    wrong["lon"] = ("经纬度应是 WGS-84 度数，成对填写", "needs lon and lat in WGS-84 degrees")
    return None, None


def _place(code: str, lon: float | None, lat: float | None, ground: Ground, wrong: dict[str, Said]) -> str:
    found = code or (ground.locate(lon, lat) if lon is not None and lat is not None else "")
    if not found:
        wrong["place_code"] = ("请填网格编码，或本地辖区内的经纬度", "needs a grid code, or a point inside")
    elif not is_code(found) or found not in ground.places:
        wrong["place_code"] = ("没有这个区划或网格", "is no jurisdiction or grid of this node")
    elif not ground.reaches(found):
        wrong["place_code"] = ("不在您的岗位范围内", "lies outside of your posts")
    return found


def _known(given: Mapping[str, str], kind: str, book: Book, wrong: dict[str, Said]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, element in book.elements.items():
        text = given.get(key, "")
        if not text:
            continue
        if kind and element.about != kind:
            wrong[key] = (f"不是{KINDS[kind]}的数据元", f"is not about a {kind}")
            continue
        value, fault = _value(element, text, book)
        if fault:
            wrong[key] = fault
        found[key] = value
    return found


def _value(element: Element, text: str, book: Book) -> tuple[object, Said | None]:
    """As the first form that asks for it takes it; as text where none does."""
    for card in book.plans.values():
        for _, one in fields_of(card.form) if card.form else ():
            if card.form and one.element == element.key:
                read = read_answers(card.form, {one.key: [text]}, strict=False)
                return read.values.get(one.key, text[:4000]), read.faults.get(one.key)
    return text[:4000], None
