"""Writing who has which share of a case, and the cards and orders that units are given."""

from collections.abc import Sequence
from datetime import datetime

from gezhi.cases.actions.taken import Taken
from gezhi.cases.giving import contract_of
from gezhi.cases.models import Assignment, Supervision
from gezhi.cases.stepping import Share
from gezhi.cases.world import World
from gezhi.lib.rows import update_rows
from gezhi.packs.shapes import Effect

ACTIVE = ("open", "received")
RECEIVED = {"id": "bigint", "state": "text", "received_at": "timestamptz", "account_id": "bigint"}


def write_shares(batch: Sequence[Taken], world: World, at: datetime) -> None:
    """Ends and receipts first, so that a case never has two leads."""
    for share in (Share.CANCEL, Share.RETURN, Share.FINISH):
        ended = [taken.active for taken in batch if share in taken.shares and taken.active]
        if ended:
            Assignment.objects.filter(id__in=ended).update(state=share.value, ended_at=at)
    _end_partners(batch, at)
    received = [
        (taken.active, "received", at, taken.account_id) for taken in batch if Share.RECEIVE in taken.shares
    ]
    update_rows("cases_assignment", RECEIVED, received)
    _write_turns(batch, at)
    given = [taken for taken in batch if Share.GIVE in taken.shares]
    Assignment.objects.bulk_create(
        [
            *(_lead(taken, world, at) for taken in given),
            *(partner for taken in batch for partner in _called(taken, at)),
        ]
    )


def _lead(taken: Taken, world: World, at: datetime) -> Assignment:
    return Assignment(
        case_id=taken.after.id,
        unit_id=taken.after.unit_id or 0,
        state="open",
        assigned_at=at,
        contract_id=contract_of(taken.after, world.catalogue, world.directory),
    )


def _called(taken: Taken, at: datetime) -> list[Assignment]:
    return [
        Assignment(
            case_id=taken.after.id,
            unit_id=call.unit_id,
            kind=call.kind,
            state="open",
            assigned_at=at,
            due_at=call.due_at,
        )
        for call in taken.calls
    ]


def _end_partners(batch: Sequence[Taken], at: datetime) -> None:
    """Nobody is awaited any more once the work is finished, the case is taken from everyone or it is closed; a
    partner that is given the lead gives up its share as partner."""
    over = {Effect.FINISH_ASSIGNMENT, Effect.CANCEL_ASSIGNMENTS}
    cases = [
        taken.after.id
        for taken in batch
        if taken.had_partners and (taken.closes or over.intersection(taken.transition.effects))
    ]
    if cases:
        waiting = Assignment.objects.filter(case_id__in=cases, state__in=ACTIVE).exclude(kind="lead")
        waiting.update(state="cancelled", ended_at=at)
    leads = [taken.partner_leading for taken in batch if Share.GIVE in taken.shares and taken.partner_leading]
    if leads:
        Assignment.objects.filter(id__in=leads).update(state="cancelled", ended_at=at)


def _write_turns(batch: Sequence[Taken], at: datetime) -> None:
    turns = [(taken, *taken.partner) for taken in batch if taken.partner]
    away = [partner.assignment_id for _, partner, turn in turns if turn == "absent"]
    if away:
        Assignment.objects.filter(id__in=away).update(absent_at=at)
    for taken, partner, turn in turns:
        share = Assignment.objects.filter(id=partner.assignment_id)
        if turn == "received":
            share.update(state=turn, received_at=at, account_id=taken.account_id)
        elif turn == "finished":
            share.update(state=turn, ended_at=at, account_id=taken.account_id, outcome=taken.words)


def write_cards(batch: Sequence[Taken], at: datetime) -> None:
    Supervision.objects.bulk_create(
        Supervision(
            case_id=taken.after.id,
            seq=taken.after.version,
            level=card.level,
            unit_id=card.unit_id,
            account_id=taken.account_id,
            reason=taken.words,
            at=at,
            due_at=card.due_at,
        )
        for taken in batch
        for card in taken.cards
    )
    for taken in batch:
        if taken.before.ordered and not taken.after.ordered:  # answered, or closed before it was
            orders = Supervision.objects.filter(case_id=taken.after.id, level="order", answered_at=None)
            orders.update(answered_at=at, answer=taken.words)
