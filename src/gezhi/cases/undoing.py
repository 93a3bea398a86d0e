"""Taking a step back at once: which steps, for how long, and what the case is again. Pure.

The step stays in the history and its undoing follows it: whoever counts or tells what happened leaves out both.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from gezhi.cases.case_row import CaseRow
from gezhi.cases.procedure import Refused
from gezhi.packs.shapes import Effect, Kind, Transition

UNDOABLE = frozenset({Kind.ACCEPT, Kind.CORRECT, Kind.DISPATCH})
TIME = timedelta(seconds=20)  # in which whoever took the step may undo it
OFFERED = timedelta(seconds=10)  # for which screens offer it: the answer has a way to go
HELD = timedelta(
    seconds=30
)  # what reporters are told of such a step waits so long: nobody is told what is undone


class Told(Protocol):
    @property
    def seq(self) -> int: ...
    @property
    def kind(self) -> str: ...


Event = TypeVar("Event", bound=Told)


@dataclass(frozen=True, slots=True)
class Last:
    """The last event of a case. `before`: the columns that its step changed, as they were; None: not to be undone."""

    seq: int
    at: datetime
    account_id: int | None
    role: str
    before: Mapping[str, object] | None


def is_undoable(step: Transition) -> bool:
    """Whether nothing outside the case follows from the step but a unit's share and an answer that waits."""
    return step.kind in UNDOABLE and not step.document and {Effect.ASSIGN}.issuperset(step.effects)


def changes(before: CaseRow, after: CaseRow) -> dict[str, object]:
    """What the step changed, as it was before."""
    names = (field.name for field in fields(CaseRow) if field.name != "version")
    pairs = ((name, getattr(before, name)) for name in names if getattr(before, name) != getattr(after, name))
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in pairs}


def restored(row: CaseRow, last: Last, account_id: int, at: datetime) -> CaseRow:
    """The case as it was before its last step. Raises Refused."""
    if last.before is None:
        raise Refused(
            "not-undoable",
            "这一步不能撤销，请按流程办理。",
            "This step cannot be undone. Go on by the procedure.",
        )
    if last.account_id != account_id:
        raise Refused(
            "not-yours",
            "只能撤销自己刚办的一步。",
            "Only whoever took a step may undo it. Go on by the procedure.",
        )
    if at - last.at > TIME:
        raise Refused(
            "too-late-to-undo",
            f"已过 {TIME.seconds} 秒，不能再撤销，请按流程办理。",
            f"A step is undone within {TIME.seconds} seconds. Go on by the procedure.",
        )
    return replace(row, **_columns(last.before), version=row.version + 1)  # type: ignore[arg-type]


def _columns(before: Mapping[str, object]) -> dict[str, object]:
    return {
        name: datetime.fromisoformat(str(value)) if value and name.endswith("_at") else value
        for name, value in before.items()
    }


def standing(events: Iterable[Event]) -> list[Event]:
    """Without steps that were undone and their undoing, which follows at once."""
    told = list(events)
    undone = {one.seq - 1 for one in told if one.kind == Kind.UNDO}
    return [one for one in told if one.kind != Kind.UNDO and one.seq not in undone]
