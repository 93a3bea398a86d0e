"""Undoing: the last step of a case taken back by whoever took it, within seconds, as an event of its own."""

import secrets

from django.db import transaction
from django.utils import timezone

from gezhi.cases.actions.acting import Stale
from gezhi.cases.actions.taken import Taken
from gezhi.cases.actions.writing import lock_cases, write
from gezhi.cases.case_row import CaseRow, procedure_of
from gezhi.cases.models import Assignment, CaseEvent, Lesson, Report
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.stepping import Share
from gezhi.cases.undoing import HELD, Last, restored
from gezhi.cases.world import World, world
from gezhi.lib.reach import EVERYTHING, within
from gezhi.notices.actions import withdraw_answers
from gezhi.packs.shapes import Kind, Transition
from gezhi.people.access import Actor

UNDO = "undo"


@within(EVERYTHING)  # of what reporters were told: to take it back
@transaction.atomic
def undo(actor: Actor, case_id: int, version: int) -> CaseRow:
    """The case as it was before the step that left it at `version`. Raises Refused, or Stale when somebody went on."""
    rows, stamp = lock_cases([case_id])
    now = timezone.now()  # after waiting for whoever held the case: an answer may have gone out meanwhile
    row = rows.get(case_id)
    if row is None:
        raise Refused("unknown-case", "没有这个案件。", f"There is no case {case_id}.")
    if row.version != version:
        raise Stale(row)
    event = CaseEvent.objects.get(case_id=case_id, seq=version)
    last = Last(event.seq, event.at, event.account_id, event.role, event.facts.get("before"))
    after = restored(row, last, actor.account_id, now)
    _require_role(actor, after, last)
    current = world(stamp)
    write([_taken(row, after, event, current)], current, now)
    _take_back(event)
    return after


def _require_role(actor: Actor, after: CaseRow, last: Last) -> None:
    if last.role not in actor.roles_at(after.place_code, after.unit_id, after.held_code):
        raise Refused(
            "not-your-role",
            "您在此案件上已没有该岗位。",
            "You no longer hold the post that the step was taken with.",
        )


def _taken(row: CaseRow, after: CaseRow, event: CaseEvent, current: World) -> Taken:
    """The undoing as the steps are written: the share that was given is cancelled."""
    gave = "unit" in event.facts
    lead = Assignment.objects.filter(case_id=row.id, kind="lead", state__in=("open", "received"))
    return Taken(
        before=row,
        after=after,
        transition=_undoing(after, event, current),
        given=Given(),
        account_id=event.account_id,
        report_id=None,
        role=event.role,
        shares=[Share.CANCEL] if gave else [],
        active=lead.values_list("id", flat=True).first() if gave else None,
        salt=secrets.token_bytes(16),
        photos=(),
        facts={"undone": event.seq},
        for_id=event.facts.get("for"),
    )


def _undoing(after: CaseRow, event: CaseEvent, current: World) -> Transition:
    """The step that was taken, turned around: no procedure names it."""
    steps = procedure_of(after, current.catalogue).transitions
    step = next(one for one in steps if one.key == event.transition)
    nothing = {"effects": (), "answer": None, "document": None}
    return step.model_copy(update={"key": UNDO, "kind": Kind.UNDO, "to": after.state, **nothing})


def _take_back(event: CaseEvent) -> None:
    """What waited to be told is not told, and what was taught is forgotten."""
    reports = list(Report.objects.filter(case_id=event.case_id).values_list("id", flat=True))
    withdraw_answers(event.case_id, reports, event.at + HELD)
    Lesson.objects.filter(report_id__in=reports, at=event.at).delete()
