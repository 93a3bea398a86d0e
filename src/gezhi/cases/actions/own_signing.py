"""Steps and documents that a person signs elsewhere, with a key of the own hand: first the body to sign, then the act
with it."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core import signing
from django.utils import timezone

from gezhi.cases.actions.acting import Step, Who, preview, take
from gezhi.cases.actions.entries import entry_of
from gezhi.cases.actions.issuing import Hand, draw_serials, entry_to_sign, issue_document
from gezhi.cases.actions.sealing import Seal, is_signed
from gezhi.cases.binding import nothing_to_sign
from gezhi.cases.case_row import CaseRow
from gezhi.cases.models import IssuedDocument
from gezhi.cases.procedure import Given
from gezhi.ledger.signing import Signed, to_sign
from gezhi.people.access import Actor
from gezhi.people.actions.sealing import require_fresh
from gezhi.people.binding import wrong_signature

TIME: Final = timedelta(minutes=10)  # to sign
_SALT: Final = "gezhi.own-signing"
_PAPER: Final = "gezhi.own-paper"


@dataclass(frozen=True, slots=True)
class ToSign:
    """`body`: the bytes to sign. `token` comes back with the signature: it holds what the body was made with."""

    body: bytes
    token: str
    until: datetime


def body_to_sign(actor: Actor, case_id: int, step: str, given: Given, version: int) -> ToSign:
    """The step is decided as if it were taken now. Raises Refused and Stale."""
    require_fresh()
    now, seal = timezone.now(), Seal(secrets.token_bytes(16))
    taken = preview(Step(case_id, step, Who(actor=actor), given, version, seal=seal), now)
    if not is_signed(taken):
        raise nothing_to_sign(taken.transition)
    kept = [actor.account_id, case_id, step, version, now.isoformat(), seal.salt.hex()]
    return ToSign(to_sign(entry_of(taken, now)), signing.dumps(kept, salt=_SALT), now + TIME)


def act_signed(actor: Actor, case_id: int, step: str, given: Given, token: str, signed: Signed) -> CaseRow:
    """The step as it was when its body was made, with the signature over it. Raises Refused and Stale."""
    account, case, name, version, at, salt = _opened(token)
    if (account, case, name) != (actor.account_id, case_id, step):
        raise wrong_signature("The token is of another step, case or person.")
    seal = Seal(bytes.fromhex(salt), signed)
    taking = Step(case_id, step, Who(actor=actor), given, version, seal=seal)
    outcome = take([taking], datetime.fromisoformat(at))[0]
    if isinstance(outcome, Exception):
        raise outcome
    return outcome


def _opened(token: str) -> tuple[int, int, str, int, str, str]:
    account, case, step, version, at, salt = _loaded(token, _SALT)
    return account, case, step, version, at, salt


def document_to_sign(actor: Actor, case_id: int, template: str, reason: str = "") -> ToSign:
    """Of a document that is issued by itself; its number is drawn, and lost when it is not issued. Raises Refused."""
    require_fresh()
    now, serial = timezone.now(), draw_serials(1)[0]
    entry = entry_to_sign(actor, case_id, template, reason, now, serial)
    kept = [actor.account_id, case_id, template, _digest(reason), now.isoformat(), serial]
    return ToSign(to_sign(entry), signing.dumps(kept, salt=_PAPER), now + TIME)


def issue_signed(
    actor: Actor, case_id: int, template: str, reason: str, token: str, signed: Signed
) -> IssuedDocument:
    """The document whose entry was signed. Raises Refused."""
    *of_what, at, serial = _loaded(token, _PAPER)
    if of_what != [actor.account_id, case_id, template, _digest(reason)]:
        raise wrong_signature("The token is of another document, case or person.")
    hand = Hand(datetime.fromisoformat(at), serial, signed)
    return issue_document(actor, case_id, template, reason, hand)


def _digest(words: str) -> str:
    return hashlib.sha256(words.strip().encode()).hexdigest()


def _loaded(token: str, salt: str) -> list[Any]:
    try:
        found: list[Any] = signing.loads(token, salt=salt, max_age=TIME)
    except signing.BadSignature as error:
        raise wrong_signature("The token is not one of this node's, or older than ten minutes.") from error
    return found
