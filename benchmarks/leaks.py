"""The leak drill: 10,000 exports, then leaks cut, shuffled, stripped of columns and saved as something else.

    .venv/bin/python -m benchmarks.leaks [--exports 10000] [--leaks 200]

Every export goes through the marking and the fingerprint that a real one goes through, as packed bytes as the database
holds them. Most have twins: the same rows, taken by others at the same moment. Printed for each way of leaking: of
how many leaks the right export stands first and alone, first together with what nothing tells apart, or not first.
"""

import argparse
import csv
import io
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Final

from openpyxl import Workbook

from gezhi.security.fingerprints import Fingerprint, sought, unpacked
from gezhi.security.leaks import lines_of
from gezhi.security.marked import Marked
from gezhi.security.rounding import new_key
from gezhi.security.tracing import Held, ranked
from tests.security.rows import DUE, HERE, Case, cases, exported

SECRET: Final = bytes(range(32))
CASES: Final = 30_000
Rows = Sequence[Sequence[object]]
Packed = tuple[int, bytes, bytes]
NUMBER, TITLE, CATEGORY, STATE, PLACE, CODE, UNIT, OPENED, _DUE, CLOSED = range(10)


@dataclass(frozen=True)
class Taken:
    """Which cases somebody took when, under which mark: enough to write the same file again."""

    chosen: Sequence[int]
    at: datetime
    mark: bytes


def exports(known: Sequence[Case], count: int, rng: Random) -> Iterator[Taken]:
    """Lists as people take them: the newest, those of a few places, of one unit; half are taken by several at once."""
    while count > 0:
        end = rng.randrange(1500, len(known))
        at = known[end].opened + timedelta(minutes=1)
        chosen = _chosen(known, end, rng)
        for _twin in range(min(count, rng.choice((1, 1, 1, 2, 3)))):
            yield Taken(chosen, at, new_key())
            count -= 1


def _chosen(known: Sequence[Case], end: int, rng: Random) -> Sequence[int]:
    size = int(rng.choice((30, 60, 120, 250, 500, 1000)) * rng.uniform(0.7, 1.3))
    kind = rng.randrange(3)
    if kind == 0:
        return range(max(0, end - size), end)
    places = set(rng.sample(range(60), rng.choice((1, 3, 10))))
    unit = known[rng.randrange(end)].unit
    fits = [
        n
        for n in range(max(0, end - 6000), end)
        if (known[n].place in places if kind == 1 else known[n].unit == unit)
    ]
    return fits[-size:]


def written(taken: Taken, known: Sequence[Case]) -> tuple[list[list[object]], Packed]:
    marked = Marked(taken.mark, SECRET, HERE, exact={DUE})
    rows = list(marked.lines(exported([known[n] for n in taken.chosen], taken.at)))
    print_ = marked.fingerprint()
    return rows, (print_.rows, *print_.packed())


def as_csv(rows: Rows) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("gb18030")


def as_tabs(rows: Rows) -> bytes:
    """As it is copied out of a spreadsheet: times as they are shown there."""
    shown = (
        ["" if c is None else f"{c:%Y/%-m/%-d %-H:%M:%S}" if isinstance(c, datetime) else str(c) for c in r]
        for r in rows
    )
    return "\n".join("\t".join(row) for row in shown).encode()


def as_json(rows: Rows) -> bytes:
    return "\n".join(
        json.dumps(dict(enumerate(row)), default=str, ensure_ascii=False) for row in rows
    ).encode()


def as_workbook(rows: Rows) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


SAVED: Final[Sequence[Callable[[Rows], bytes]]] = (as_csv, as_tabs, as_json, as_workbook)
WAYS: Final[dict[str, Sequence[int]]] = {
    "all columns": range(14),
    "number and times": (NUMBER, OPENED, CLOSED),
    "without the number": (TITLE, STATE, PLACE, UNIT, OPENED, CLOSED),
    "times alone": (OPENED, CLOSED),
    "without any time": (NUMBER, TITLE, CATEGORY, STATE, PLACE, UNIT),
    "numbers alone": (NUMBER,),
}


def leak_of(rows: list[list[object]], columns: Sequence[int], size: int, rng: Random) -> list[list[object]]:
    cut = rng.sample(rows, min(size, len(rows)))
    return [[row[column] for column in columns] for row in cut]


def standing(found: Sequence[Held], right: int) -> str:
    if not found or not any(one.export == right and one.same_as(found[0]) for one in found):
        return "missed"
    return "alone" if len([one for one in found if one.same_as(found[0])]) == 1 else "tied"


def drill(
    way: str, size: int, leaks: int, taken: Sequence[Taken], known: Sequence[Case], kept: Sequence[Packed]
) -> None:
    rng, outcomes, seconds, ties = Random(f"{way}{size}"), Counter[str](), 0.0, [0]
    for number in range(leaks):
        right = rng.randrange(len(taken))
        while len(taken[right].chosen) < size:
            right = rng.randrange(len(taken))
        leak = leak_of(written(taken[right], known)[0], WAYS[way], size, rng)
        data = SAVED[number % len(SAVED)](leak)
        begin = time.perf_counter()
        marks: Iterator[tuple[int, Fingerprint]] = ((n, unpacked(*packed)) for n, packed in enumerate(kept))
        found = ranked(sought(lines_of(data), SECRET, HERE), marks, 50)
        seconds += time.perf_counter() - begin
        outcomes[standing(found, right)] += 1
        if outcomes["tied"] and standing(found, right) == "tied":
            ties.append(len([one for one in found if one.same_as(found[0])]))
    result = {
        "way": way,
        "rows": size,
        "leaks": leaks,
        **{name: outcomes[name] for name in ("alone", "tied", "missed")},
    }
    print(
        json.dumps(
            {**result, "largest_tie": max(ties), "seconds_each": round(seconds / leaks, 2)},
            ensure_ascii=False,
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--exports", type=int, default=10_000)
    parser.add_argument("--leaks", type=int, default=50)
    parser.add_argument("--rows", type=int, default=24)
    asked = parser.parse_args()
    known, rng = cases(CASES), Random(7)
    begin = time.perf_counter()
    taken = list(exports(known, asked.exports, rng))
    kept = [written(one, known)[1] for one in taken]
    rows = sum(one[0] for one in kept)
    size = sum(len(one[1]) + len(one[2]) for one in kept)
    twins = Counter((one.at, len(one.chosen)) for one in taken)
    built = {"exports": len(kept), "rows": rows, "with_twins": sum(n for n in twins.values() if n > 1)}
    built |= {
        "bytes_a_row": round(size / rows, 1),
        "rows_a_second": round(rows / (time.perf_counter() - begin)),
    }
    print(json.dumps(built))
    for way in WAYS:
        drill(way, asked.rows, asked.leaks, taken, known, kept)


if __name__ == "__main__":
    main()
