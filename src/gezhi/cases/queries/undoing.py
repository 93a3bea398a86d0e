"""Whether the last step of a case may still be undone by whoever looks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gezhi.cases.models import CaseEvent
from gezhi.cases.queries.page import CasePage
from gezhi.cases.undoing import OFFERED
from gezhi.people.access import Actor


@dataclass(frozen=True, slots=True)
class Undoable:
    """`unit_id`: to whom the case was given by the step; `seconds`: for which the undoing is still offered."""

    number: str
    version: int
    unit_id: int | None
    seconds: int


def undoable(actor: Actor, number: str, now: datetime) -> Undoable | None:
    """The person's own last step in the case, a moment ago. One statement."""
    mine = CaseEvent.objects.filter(case__number=number, account_id=actor.account_id, at__gt=now - OFFERED)
    last = mine.order_by("-seq").values_list("seq", "at", "facts", "case__version").first()
    return _undoable(number, *last, now) if last else None


def undoable_on(found: CasePage, actor: Actor, now: datetime) -> Undoable | None:
    """The same of a page that was read."""
    last, case = found.events[-1], found.case
    if last.account_id != actor.account_id:
        return None
    return _undoable(case.number, last.seq, last.at, last.facts, case.version, now)


def _undoable(
    number: str, seq: int, at: datetime, facts: Mapping[str, object], version: int, now: datetime
) -> Undoable | None:
    if seq != version or "before" not in facts or at <= now - OFFERED:
        return None
    unit = facts.get("unit")
    return Undoable(number, seq, unit if isinstance(unit, int) else None, (at + OFFERED - now).seconds + 1)
