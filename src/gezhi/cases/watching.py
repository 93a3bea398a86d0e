"""What the system does by itself as time passes or steps repeat, and when it must look next. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from gezhi.cases.case_row import CaseRow, Setting, procedure_of
from gezhi.cases.deadlines import is_working, part_of
from gezhi.cases.limits import state_length
from gezhi.cases.procedure import state_of
from gezhi.packs.shapes import Kind, Procedure, Watch


@lru_cache(maxsize=4096)
def marks(procedure: Procedure, state: str) -> tuple[Watch, ...]:
    """The shares of the state's limit at which the system acts, earliest first."""
    found = [watch for watch in procedure.watches if watch.at is not None and state in watch.within]
    return tuple(sorted(found, key=lambda watch: watch.at or 0))


def next_mark(row: CaseRow, procedure: Procedure) -> Watch | None:
    ahead = marks(procedure, row.state)[row.watched :]
    return ahead[0] if ahead else None


def woken(row: CaseRow, setting: Setting, passed: int = 0) -> CaseRow:
    """The row with `passed` more marks behind it and the instant of the next. A mark at or past the limit waits
    until the limit itself has been seen to pass."""
    procedure = procedure_of(row, setting.catalogue)
    if not marks(procedure, row.state):
        return row if row.wake_at is None and not row.watched else replace(row, wake_at=None, watched=0)
    row = replace(row, watched=row.watched + passed)
    mark = next_mark(row, procedure)
    waits = mark is None or row.due_at is None or ((mark.at or 0) >= 100 and row.overdue_at is None)
    return replace(row, wake_at=None if waits or mark is None else _instant(row, mark, setting))


def _instant(row: CaseRow, mark: Watch, setting: Setting) -> datetime | None:
    procedure = procedure_of(row, setting.catalogue)
    state = state_of(procedure, row.state)
    limits = row.limits or setting.catalogue.category(row.category).limits
    length = state_length(state, limits, setting.catalogue, row.state_at, setting.office)
    if length is None or row.due_at is None:
        return None
    return part_of(row.state_at, row.due_at, mark.at or 0, is_working(length), setting.office)


def rewound(row: CaseRow, setting: Setting, at: datetime) -> CaseRow:
    """After the limit moved: marks that lie ahead again are ahead again, those past a limit that nobody has seen
    pass too."""
    procedure = procedure_of(row, setting.catalogue)
    for index, mark in enumerate(marks(procedure, row.state)):
        instant = _instant(row, mark, setting)
        unseen = (mark.at or 0) >= 100 and row.overdue_at is None
        if instant is None or instant > at or unseen:
            return woken(replace(row, watched=index), setting)
    return woken(replace(row, watched=len(marks(procedure, row.state))), setting)


def repeated(procedure: Procedure, state: str, kind: Kind, counts: Mapping[Kind, int]) -> Watch | None:
    """What the system does because the case has seen steps of this kind so often (`counts` includes the last)."""
    found = (
        watch
        for watch in procedure.watches
        if watch.after is kind and watch.times and state in watch.within and counts[kind] % watch.times == 0
    )
    return next(found, None)
