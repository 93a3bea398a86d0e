"""Changing a duty or admission list by one entry, and comparing two editions. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final, Generic, TypeVar

from gezhi.people.staffing import ADMISSIONS, DUTIES, AdmissionRow, DutyRow, Fault, Known, Line, R

ListRow = DutyRow | AdmissionRow
L = TypeVar("L", DutyRow, AdmissionRow)

DUTY, ADMISSION = "duty", "admission"
SET, END = "set", "end"
FIELDS: Final = (
    *("list", "action", "category", "level", "function", "place_code", "admitted"),
    *("law", "article", "valid_from", "valid_to"),
)


class BadChange(ValueError):
    """The answers describe no change of a list; `faults` say every field that is wrong."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.words}" for fault in faults))
        self.faults = tuple(faults)


class NothingToEnd(ValueError):
    """No such entry is in force on that day, so it cannot be ended. The list shows the entries of any day."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@dataclass(frozen=True, slots=True)
class ListChange:
    """`row` is to hold from its first day on; or, with `ends`, the entry is to stand on the list no longer."""

    row: ListRow
    ends: bool = False

    @property
    def list(self) -> str:
        return DUTY if isinstance(self.row, DutyRow) else ADMISSION


@dataclass(frozen=True)
class Replacement(Generic[L]):
    """What a change does to the rows of a list: these go, those come."""

    goes: tuple[L, ...]
    comes: tuple[L, ...]


def read_change(answers: Mapping[str, object], known: Known, source: str) -> ListChange:
    """A change as its form was filled in. `source`: where the row will say that it comes from. Raises BadChange."""
    cells = {key: _text(answers.get(key)) for key in FIELDS} | {"source": source}
    ends = cells["action"] == END
    if ends:  # what is taken off needs no new value
        cells |= {"function": next(iter(sorted(known.functions)), ""), "admitted": "no"}
    line = Line(0, cells, known)
    row = _row(line, cells["list"])
    _require(line, cells)
    if line.faults:
        raise BadChange(line.faults)
    return ListChange(row, ends)


def _row(line: Line, name: str) -> ListRow:
    return ADMISSIONS.read(line) if name == ADMISSION else DUTIES.read(line)


def _require(line: Line, cells: Mapping[str, str]) -> None:
    if cells["list"] not in (DUTY, ADMISSION):
        line.wrong("list", f"'{cells['list']}' is no list; write {DUTY} or {ADMISSION}.")
    if cells["action"] not in (SET, END):
        line.wrong("action", f"'{cells['action']}' is no change; write {SET} or {END}.")
    if not cells["law"]:
        line.wrong("law", "is empty; a list is changed on a legal basis only.")


def _text(answer: object) -> str:
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    return "" if answer is None else str(answer).strip()


def replacement(held: Iterable[L], row: L, *, ends: bool) -> Replacement[L]:
    """The entry's row of before ends when the new one begins; one planned for later stays and bounds the new one.

    Raises NothingToEnd.
    """
    same = [one for one in held if _entry(one) == _entry(row)]
    begin = row.valid_from
    goes = [one for one in same if one.valid_from <= begin and (one.valid_to is None or one.valid_to > begin)]
    if ends and not goes:
        raise NothingToEnd
    cut = [replace(one, valid_to=begin) for one in goes if one.valid_from < begin]
    new = replace(row, valid_to=_end(row, [one.valid_from for one in same if one.valid_from > begin]))
    return Replacement(tuple(goes), tuple(cut) + (() if ends else (new,)))


def _end(row: ListRow, later: Iterable[date]) -> date | None:
    return min([*later, *([row.valid_to] if row.valid_to else [])], default=None)


def _entry(row: ListRow) -> tuple[str, str | int]:
    return row.category, row.level if isinstance(row, DutyRow) else row.place_code


def in_force(rows: Iterable[L], day: date) -> list[L]:
    return [row for row in rows if row.valid_from <= day and (row.valid_to is None or row.valid_to > day)]


@dataclass(frozen=True)
class Difference(Generic[R]):
    """`changed`: what it said, what it says."""

    new: tuple[R, ...]
    gone: tuple[R, ...]
    changed: tuple[tuple[R, R], ...]

    def __bool__(self) -> bool:
        return bool(self.new or self.gone or self.changed)


def difference(before: Iterable[R], after: Iterable[R]) -> Difference[R]:
    old, now = {row.key: row for row in before}, {row.key: row for row in after}
    return Difference(
        new=tuple(row for key, row in now.items() if key not in old),
        gone=tuple(row for key, row in old.items() if key not in now),
        changed=tuple((old[key], row) for key, row in now.items() if key in old and old[key] != row),
    )
