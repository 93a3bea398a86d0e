"""Steps with legal effect are signed before they are written, or refused when that cannot be."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from django.utils import timezone

from gezhi.cases.actions.entries import entry_of
from gezhi.cases.actions.taken import Taken
from gezhi.cases.binding import binds, decides
from gezhi.cases.procedure import Refused
from gezhi.ledger.freshness import refusing
from gezhi.ledger.queries.outsiders import lag
from gezhi.ledger.signing import Signed
from gezhi.people.actions.keys import OwnKeyNeeded, signed
from gezhi.people.actions.sealing import signed_entry
from gezhi.people.binding import too_late
from gezhi.people.keys import CannotUnlock

Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Seal:
    """What a person signed elsewhere: the body was made with this salt; `signed` None: it is only being made."""

    salt: bytes
    signed: Signed | None = None


def sealed(
    outcomes: Sequence[Outcome],
    seals: Mapping[int, Seal | None],
    at: datetime,
    wished: Collection[int] = (),
) -> list[Outcome | Taken | Refused]:
    """Of persons' steps with legal effect each with its signed entry, or refused; of the system's each as it is, or
    refused for now; the others as they are. `seals`: by case. `wished`: cases in which the system only does what a
    person may have at once. What reporters do and what time brings about is signed by nobody."""
    signing = [one for one in outcomes if isinstance(one, Taken) and is_signed(one)]
    timed = {one.after.id for one in outcomes if isinstance(one, Taken) and _is_timed(one)} - set(wished)
    if not signing and not timed:
        return list(outcomes)
    if late := refusing(lag(timezone.now())):
        waiting = timed | {one.after.id for one in signing}
        return [
            too_late(late) if isinstance(one, Taken) and one.after.id in waiting else one for one in outcomes
        ]
    made = _signed_together(signing, seals, at) if signing else {}
    return [
        made.get(one.after.id) or _signed_alone(one, seals, at)
        if isinstance(one, Taken) and is_signed(one)
        else one
        for one in outcomes
    ]


def is_signed(taken: Taken) -> bool:
    return taken.account_id is not None and decides(taken.transition, closes=taken.closes)


def _is_timed(taken: Taken) -> bool:
    """Taken by nobody, and with legal effect."""
    nobody = taken.account_id is None and taken.report_id is None
    return nobody and binds(taken.transition, closes=taken.closes)


def _signed_together(
    batch: Sequence[Taken], seals: Mapping[int, Seal | None], at: datetime
) -> dict[int, Taken]:
    """By case, where the server signs for all at once; empty where somebody's case is another."""
    if any(seals.get(one.after.id) for one in batch):
        return {}
    try:
        drafts = signed([entry_of(one, at) for one in batch], [one.account_id for one in batch])
    except (OwnKeyNeeded, CannotUnlock):
        return {}
    return {one.after.id: replace(one, entry=draft) for one, draft in zip(batch, drafts, strict=True)}


def _signed_alone(taken: Taken, seals: Mapping[int, Seal | None], at: datetime) -> Taken | Refused:
    draft, account, seal = entry_of(taken, at), taken.account_id, seals.get(taken.after.id)
    assert account is not None
    given = seal.signed if seal else None
    try:
        return replace(taken, entry=signed_entry(draft, account, given))
    except Refused as refused:
        return refused
