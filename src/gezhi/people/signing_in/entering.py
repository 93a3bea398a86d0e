"""The way in: a first proof, a second one where there is one, then a session of its own.

Whatever the first proof was, everybody comes in through `begin`, and nobody is signed in before `_enter`.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from gezhi.people.actions.looking import record_signal
from gezhi.people.actions.signing import record_sign_in
from gezhi.people.models import Account
from gezhi.people.signing_in import store
from gezhi.people.signing_in.counting import address_of
from gezhi.people.signing_in.devices import device_in

BACKEND: Final = "django.contrib.auth.backends.ModelBackend"
_PENDING: Final = "sign_in_pending"
_PATIENCE: Final = 600  # seconds for the second proof


@dataclass(frozen=True, slots=True)
class Proof:
    """How somebody proved who they are. `provider_session` and `id_token`: what the identity provider gave."""

    factors: tuple[str, ...]
    provider_session: str = ""
    id_token: str = ""  # sealed


@dataclass(frozen=True, slots=True)
class Waiting:
    """Somebody who has given the first proof."""

    account: Account
    proof: Proof
    target: str = field(default="")


def begin(request: HttpRequest, account: Account, proof: Proof, target: str, *, is_enough: bool) -> bool:
    """True: signed in. False: the account has a second factor, which is asked next. `is_enough`: the proof was two."""
    if is_enough or not Authenticator.objects.filter(user=account).exists():
        _enter(request, account, proof)
        return True
    request.session.cycle_key()
    request.session[_PENDING] = {
        "account": account.pk,
        "hash": account.get_session_auth_hash(),
        "at": time.time(),
        "proof": [list(proof.factors), proof.provider_session, proof.id_token],
        "target": target,
    }
    return False


def waiting(request: HttpRequest) -> Waiting | None:
    """Who has given the first proof in this browser, ten minutes ago at most."""
    held = request.session.get(_PENDING)
    if not held or time.time() - held["at"] > _PATIENCE:
        return None
    account = Account.objects.filter(pk=held["account"], is_active=True, is_system=False).first()
    if account is None or not constant_time_compare(held["hash"], account.get_session_auth_hash()):
        return None
    factors, provider_session, id_token = held["proof"]
    return Waiting(account, Proof(tuple(factors), provider_session, id_token), held["target"])


def finish(request: HttpRequest, found: Waiting, factor: str) -> None:
    """The second proof was right."""
    first = found.proof
    _enter(request, found.account, Proof((*first.factors, factor), first.provider_session, first.id_token))


def give_up(request: HttpRequest) -> None:
    request.session.pop(_PENDING, None)


def prove_again(request: HttpRequest, factor: str) -> None:
    """Somebody who is signed in has shown once more who they are."""
    held: Sequence[str] = request.session.get(store.FACTORS, ())
    request.session[store.FACTORS] = list(dict.fromkeys((*held, factor)))
    request.session[store.PROVED] = timezone.now().isoformat()
    request.session.cycle_key()


def _enter(request: HttpRequest, account: Account, proof: Proof) -> None:
    now, address = timezone.now(), address_of(request)
    give_up(request)
    login(request, account, backend=BACKEND)
    session = request.session
    session[store.BEGUN] = session[store.PROVED] = now.isoformat()
    session[store.FACTORS] = list(proof.factors)
    session[store.ADDRESS] = address
    session[store.DEVICE] = device_in(request.headers.get("User-Agent", ""))
    if proof.provider_session:
        session[store.PROVIDER] = proof.provider_session
    if proof.id_token:
        session[store.IDENTITY] = proof.id_token
    session.set_expiry(now + settings.SESSION_LONGEST)
    if record_sign_in(account, proof.factors, address, now):
        facts = {"factors": list(proof.factors), "device": session[store.DEVICE]}
        record_signal("signed-in-from-new-address", account.pk, address, facts)
