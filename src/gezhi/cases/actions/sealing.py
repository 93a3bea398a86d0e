"""Steps with legal effect are signed before they are written, or refused when that cannot be."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from django.utils import timezone

from gezhi.cases.actions.entries import entry_of
from gezhi.cases.actions.taken import Taken
from gezhi.cases.binding import binds, no_signing_key, own_key_needed, too_late, wrong_signature
from gezhi.cases.procedure import Refused
from gezhi.ledger.entries import Draft
from gezhi.ledger.freshness import refusing
from gezhi.ledger.queries.outsiders import lag
from gezhi.ledger.signing import Signed
from gezhi.people.actions.keys import OwnKeyNeeded, WrongKey, signed, with_own_signature
from gezhi.people.keys import CannotUnlock

log = logging.getLogger(__name__)
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Seal:
    """What a person signed elsewhere: the body was made with this salt; `signed` None: it is only being made."""

    salt: bytes
    signed: Signed | None = None


def sealed(
    outcomes: Sequence[Outcome], seals: Mapping[int, Seal | None], at: datetime
) -> list[Outcome | Taken | Refused]:
    """Of persons' steps with legal effect each with its signed entry, or refused; the others as they are. `seals`:
    by case. What reporters do and what time brings about is signed by nobody."""
    binding = [one for one in outcomes if isinstance(one, Taken) and is_signed(one)]
    if not binding:
        return list(outcomes)
    late = refusing(lag(timezone.now()))
    made = {} if late else _signed_together(binding, seals, at)
    return [
        (too_late(late) if late else made.get(one.after.id) or _signed_alone(one, seals, at))
        if isinstance(one, Taken) and is_signed(one)
        else one
        for one in outcomes
    ]


def is_signed(taken: Taken) -> bool:
    return taken.account_id is not None and binds(taken.transition, closes=taken.closes)


def require_fresh() -> None:
    """Raises Refused while no act with legal effect may be done."""
    if late := refusing(lag(timezone.now())):
        raise too_late(late)


def signed_entry(draft: Draft, account_id: int) -> Draft:
    """Signed with the key that the server holds for the person. Raises Refused."""
    return _refusing(lambda: signed([draft], [account_id])[0])


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
        if given is None:
            return replace(taken, entry=signed_entry(draft, account))
        return replace(taken, entry=_refusing(lambda: with_own_signature(draft, account, given)))
    except Refused as refused:
        return refused


def _refusing(sign: Callable[[], Draft]) -> Draft:
    try:
        return sign()
    except OwnKeyNeeded:
        raise own_key_needed() from None
    except WrongKey as wrong:
        raise wrong_signature(str(wrong)) from wrong
    except CannotUnlock as error:
        log.error("%s", error)
        raise no_signing_key() from error
