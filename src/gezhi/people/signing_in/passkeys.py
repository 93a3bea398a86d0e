"""Passkeys (WebAuthn): options for the browser, and what it answers. The reckoning is that of django-allauth and fido2.

A challenge is bound to what it was asked for: one that was asked as a second factor, where touching the key is
enough, signs nobody in without a password.
"""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from gezhi.people.models import Account
from gezhi.people.signing_in.factors import has_passkey

_USE: Final = "passkey_use"
_LONGEST: Final = 20_000  # letters of an answer
_WRONG: Final = (
    *(ValidationError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError),
    *(InvalidSignature, UnsupportedAlgorithm, OverflowError),
)


class Use(StrEnum):
    SIGN_IN = "sign-in"  # instead of a password; the key asks for PIN or finger
    SECOND = "second"
    CONFIRM = "confirm"
    ADD = "add"


class NotProved(Exception):
    """The browser's answer does not fit what it was asked."""


def options(request: HttpRequest, use: Use, account: Account | None) -> dict[str, Any]:
    """For navigator.credentials; bytes are base64url. `account` None: whoever holds a passkey of this node."""
    request.session[_USE] = [use, account.pk if account else 0]
    asked = (
        auth.begin_registration(account, passwordless=True)
        if use is Use.ADD and account is not None
        else auth.begin_authentication(account)
    )
    return dict(json.loads(json.dumps(asked, default=dict)))


def made(request: HttpRequest, account: Account, answer: str) -> dict[str, Any]:
    """The credential of a new passkey. Raises NotProved."""
    credential = _read(request, answer, Use.ADD, account)
    try:
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)
    except _WRONG as error:
        raise NotProved(NotProved.__doc__) from error
    return credential


def proved(request: HttpRequest, use: Use, account: Account | None, answer: str) -> Authenticator:
    """The passkey that signed. Raises NotProved."""
    credential = _read(request, answer, use, account)
    try:
        auth.parse_authentication_response(credential)
        owner = account or auth.extract_user_from_response(credential)
        factor = auth.complete_authentication(owner, credential)
    except _WRONG as error:
        raise NotProved(NotProved.__doc__) from error
    factor.user = owner
    return factor


def _read(request: HttpRequest, answer: str, use: Use, account: Account | None) -> dict[str, Any]:
    asked = request.session.pop(_USE, None)
    if asked != [use, account.pk if account else 0] or len(answer) > _LONGEST:
        raise NotProved(NotProved.__doc__)
    try:
        credential = json.loads(answer)
    except (ValueError, RecursionError) as error:
        raise NotProved(NotProved.__doc__) from error
    if not isinstance(credential, Mapping):
        raise NotProved(NotProved.__doc__)
    return dict(credential)


def may_use(account: Account) -> bool:
    return has_passkey(account.pk)
