"""Recording what came of a call. The reporter's word decides."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gezhi.cases.actions.acting import Step, Who, take
from gezhi.cases.callbacks import Answer, Standing, called
from gezhi.cases.models import Callback, Case, CaseEvent
from gezhi.cases.procedure import Given, Refused, steps_from
from gezhi.cases.queries.calls import callbacks_of
from gezhi.cases.world import world
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.packs.shapes import Kind, Transition
from gezhi.people.access import CALLBACK, Actor
from gezhi.people.duties_apart import HANDLING, hands


@transaction.atomic
def record_callback(actor: Actor, callback_id: int, answer: Answer, at: datetime | None = None) -> Callback:
    """The call is kept, its rating is the reporter's, and what is not resolved goes back to work: the closing is
    overturned where the case's procedure allows it. Raises Refused."""
    now = at or timezone.now()
    case_id = callbacks_of(actor).filter(id=callback_id).values_list("case_id", flat=True).first()
    if case_id is None:
        raise Refused("unknown-callback", "没有这条回访。", f"There is no callback {callback_id} for you.")
    case = Case.objects.select_for_update().get(id=case_id)  # as every step does first: no ring of waiting
    found = Callback.objects.select_for_update().get(id=callback_id)
    standing = Standing(found.tries, found.done_at is not None, _handlers(case_id))
    for_id = actor.whose(CALLBACK, found.place_code)
    after = called(standing, answer, hands(actor.account_id, for_id))
    if answer.rating is not None:
        _rate(found, case, answer, now)
    found.tries, found.account_id = after.tries, actor.account_id
    found.outcome, found.responded = answer.outcome, answer.responded
    found.rating, found.text = answer.rating, answer.text.strip()
    found.done_at = now if after.done else None
    found.save()
    _record(found, for_id)
    if answer.outcome == "not-resolved":
        _overturn(actor, case, answer, now)
    return found


def _handlers(case_id: int) -> frozenset[int]:
    """Whoever handled the case, or asked for a step by which it was, and those for whom they did."""
    handled = CaseEvent.objects.filter(case_id=case_id, kind__in=sorted(HANDLING))
    columns = ("account_id", "facts__for", "facts__asked_by__0", "facts__asked_for")
    found = handled.values_list(*columns)
    asked = (
        (asked_by, asked_for) if asked_by else (account, own) for account, own, asked_by, asked_for in found
    )
    return frozenset(one for pair in asked for one in pair if one is not None)


def _rate(found: Callback, case: Case, answer: Answer, at: datetime) -> None:
    """The reporter's rating, said on the telephone. One that stands since this closing is left as it is."""
    step = _open_step(case, Kind.RATE)
    if step is None:
        return
    given = Given(rating=answer.rating, text=answer.text.strip())
    outcome = take([Step(case.pk, step.key, Who(report_id=found.report_id), given)], at)[0]
    if isinstance(outcome, Refused) and outcome.code != "already-rated":
        raise outcome


def _overturn(actor: Actor, case: Case, answer: Answer, at: datetime) -> None:
    case.refresh_from_db()
    step = _open_step(case, Kind.OVERTURN)
    if step is None:
        return
    outcome = take([Step(case.pk, step.key, Who(actor=actor), Given(reason=answer.text.strip()))], at)[0]
    if isinstance(outcome, Exception):
        raise outcome


def _open_step(case: Case, kind: Kind) -> Transition | None:
    procedure = world().catalogue.procedure(case.pack_version_id, case.procedure)
    return next((step for step in steps_from(procedure, case.state) if step.kind is kind), None)


def _record(found: Callback, for_id: int | None) -> None:
    facts: dict[str, Fact] = {
        "callback": found.pk,
        "report": found.report_id,
        "unit": found.unit_id,
        "outcome": found.outcome,
        "tries": found.tries,
        "responded": found.responded,
        "rating": found.rating,
        "account": found.account_id,
    }
    if for_id is not None:
        facts["for"] = for_id
    record("case.callback", f"case:{found.case_id}", facts)
