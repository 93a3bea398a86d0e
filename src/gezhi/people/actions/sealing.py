"""Acts with legal effect are signed before they are written, or refused when that cannot be."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from django.utils import timezone

from gezhi.ledger.actions import record_many
from gezhi.ledger.entries import Draft, Fact
from gezhi.ledger.freshness import refusing
from gezhi.ledger.queries.outsiders import lag
from gezhi.ledger.signing import Signed
from gezhi.people.actions.keys import OwnKeyNeeded, WrongKey, signed, with_own_signature
from gezhi.people.binding import no_signing_key, own_key_needed, too_late, wrong_signature
from gezhi.people.keys import CannotUnlock

log = logging.getLogger(__name__)


def require_fresh() -> None:
    """Raises Refused while no act with legal effect may be done."""
    if late := refusing(lag(timezone.now())):
        raise too_late(late)


def is_stale() -> bool:
    """Whether acts with legal effect wait now."""
    return refusing(lag(timezone.now())) is not None


def signed_entry(draft: Draft, account_id: int, given: Signed | None = None) -> Draft:
    """Signed with the key that the server holds for the person, or as the person signed it elsewhere. Raises
    Refused."""
    if given is None:
        return _refusing(lambda: signed([draft], [account_id])[0])
    return _refusing(lambda: with_own_signature(draft, account_id, given))


def record_decision(
    kind: str,
    subject: str,
    facts: Mapping[str, Fact],
    account_id: int | None,
    at: datetime,
    *,
    configures: bool = False,
) -> None:
    """The entry of what a person decided, signed with that person's key. None: a command or the system did, and
    nobody signs. Raises Refused."""
    draft = Draft(kind, subject, at, {**facts, "account": account_id}, configures)
    if account_id is not None:
        require_fresh()
        draft = signed_entry(draft, account_id)
    record_many([draft])


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
