"""Recording what came of a call. The reporter's word decides."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gezhi.cases.actions.acting import Step, Who, take
from gezhi.cases.callbacks import Answer, Standing, called
from gezhi.cases.closing import HANDLED
from gezhi.cases.models import Callback, Case, CaseEvent
from gezhi.cases.procedure import Given, Refused, steps_from
from gezhi.cases.queries.calls import callbacks_of
from gezhi.cases.world import world
from gezhi.ledger.actions import record
from gezhi.packs.shapes import Kind, Transition
from gezhi.people.access import Actor


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
    after = called(standing, answer, actor.account_id)
    if answer.rating is not None:
        _rate(found, case, answer, now)
    found.tries, found.account_id = after.tries, actor.account_id
    found.outcome, found.responded = answer.outcome, answer.responded
    found.rating, found.text = answer.rating, answer.text.strip()
    found.done_at = now if after.done else None
    found.save()
    _record(found)
    if answer.outcome == "not-resolved":
        _overturn(actor, case, answer, now)
    return found


def _handlers(case_id: int) -> frozenset[int]:
    kinds = [kind.value for kind in HANDLED]
    handled = CaseEvent.objects.filter(case_id=case_id, kind__in=kinds)
    accounts = handled.values_list("facts__asked_by__0", "account_id")
    return frozenset(one for asked_by, account in accounts if (one := asked_by or account) is not None)


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


def _record(found: Callback) -> None:
    facts = {
        "callback": found.pk,
        "report": found.report_id,
        "unit": found.unit_id,
        "outcome": found.outcome,
        "tries": found.tries,
        "responded": found.responded,
        "rating": found.rating,
        "account": found.account_id,
    }
    record("case.callback", f"case:{found.case_id}", facts)
