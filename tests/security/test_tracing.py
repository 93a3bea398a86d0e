"""Given a leak, the exports that could have produced it are found, whatever was done to the file."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random

import pytest

from gezhi.security.fingerprints import Fingerprint, sought, unpacked
from gezhi.security.leaks import lines_of
from gezhi.security.marked import Marked
from gezhi.security.rounding import new_key
from gezhi.security.tracing import Held, ranked
from tests.security.rows import BEGIN, DUE, HERE, cases, exported
from tests.security.test_leaks import workbook

SECRET = b"s" * 32
MONDAY = BEGIN + timedelta(days=21)
Rows = list[list[object]]
ALL = cases(3000)


def export(
    chosen: Sequence[int], now: datetime = MONDAY, mark: bytes | None = None
) -> tuple[Rows, Fingerprint]:
    marked = Marked(mark or new_key(), SECRET, HERE, exact={DUE})
    rows = list(marked.lines(exported([ALL[n] for n in chosen], now)))
    return rows, unpacked(marked.fingerprint().rows, *marked.fingerprint().packed())


def traced(leak: Sequence[Sequence[object]], *exports: Fingerprint) -> list[Held]:
    return ranked(sought(leak, SECRET, HERE), enumerate(exports), 20)


def as_csv(rows: Rows) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("gb18030")


def as_json(rows: Rows) -> bytes:
    return json.dumps([dict(enumerate(row)) for row in rows], default=str).encode()


def test_the_export_that_holds_the_leak_is_found_among_others() -> None:
    exports = [export(range(n, n + 200)) for n in range(0, 2000, 100)]
    leak = Random(1).sample(exports[7][0], 24)
    found = traced(leak, *(mark for _rows, mark in exports))
    assert found[0].export == 7
    assert (found[0].rows, found[0].of_rows, found[0].cells) == (24, 24, found[0].of_cells)
    assert found[1].rows < 24


@pytest.mark.parametrize("save", [as_csv, as_json, workbook])
def test_saving_it_as_something_else_helps_nothing(save: Callable[[Rows], bytes]) -> None:
    twins = [export(range(500)) for _ in range(6)]
    leak = Random(2).sample(twins[4][0], 30)
    found = traced(list(lines_of(save(leak))), *(mark for _rows, mark in twins))
    assert found[0].export == 4
    assert found[0].marks == found[0].of_marks


def test_two_exports_of_the_same_rows_are_told_apart_by_their_rounding_alone() -> None:
    (mine, one), (_theirs, other) = export(range(300)), export(range(300))
    found = traced([[row[7]] for row in mine[40:80]], other, one)
    assert [held.export for held in found][:1] == [1]
    assert found[0].marks == found[0].of_marks > 30
    assert 5 < found[1].marks < 35


def test_dropped_columns_and_mixed_rows_leave_enough() -> None:
    exports = [export(range(n * 50, n * 50 + 400)) for n in range(12)]
    rows = exports[3][0]
    Random(3).shuffle(rows)
    for kept in ([1, 7], [0, 3], [0, 7, 9], [4, 1, 7]):
        leak = [[row[column] for column in kept] for row in rows[:40]]
        assert 3 in [held.export for held in traced(leak, *(m for _r, m in exports)) if held.rows == 40]


def test_of_two_days_the_one_whose_states_the_leak_shows_is_named() -> None:
    """Without any time in the leak."""
    exports = [export(range(2000, 2500), BEGIN + timedelta(days=day)) for day in (20, 21, 22, 23)]
    leak = [[row[0], row[1], row[3], row[6]] for row in Random(4).sample(exports[2][0], 60)]
    found = traced(leak, *(mark for _rows, mark in exports))
    assert found[0].export == 2
    assert not found[0].same_as(found[1])


def test_what_nothing_tells_apart_is_said_to_be_so() -> None:
    """The same rows at the same instant, and the times dropped: both could have produced it."""
    (mine, one), (_theirs, other) = export(range(300)), export(range(300))
    found = traced([[row[0], row[1]] for row in mine[:30]], one, other)
    assert len(found) == 2
    assert found[0].same_as(found[1])


def test_a_leak_of_other_rows_names_nobody() -> None:
    exports = [export(range(n, n + 200)) for n in range(0, 1000, 100)]
    other, _mark = export(range(2500, 2560))
    assert all(held.rows == 0 for held in traced(other, *(mark for _rows, mark in exports)))


def test_altered_rows_are_not_counted_and_the_others_still_are() -> None:
    exports = [export(range(n * 100, n * 100 + 300)) for n in range(8)]
    leak = [list(row) for row in exports[5][0][10:50]]
    for row in leak[:10]:
        row[0], row[1], row[5], row[7], row[9] = "假", "改过的事由", "别处", "2020-01-01 01:01:01", None
    found = traced(leak, *(mark for _rows, mark in exports))
    assert (found[0].export, found[0].rows) == (5, 30)


def test_a_fingerprint_says_nothing_without_the_key() -> None:
    rows, mark = export(range(100))
    assert ranked(sought(rows, b"another key" * 3, HERE), [(1, mark)], 5) == []


def test_a_fingerprint_of_five_hundred_cases_takes_25_kilobytes() -> None:
    cells, pairs = export(range(500))[1].packed()
    assert len(cells) + len(pairs) < 25_000


@pytest.mark.parametrize("leak", [[], [[]], [[None, ""]], [["1", "2"]], [["是"], ["否"]]])
def test_a_leak_that_says_nothing_finds_nothing(leak: list[list[object]]) -> None:
    assert traced(leak, export(range(50))[1]) == []
