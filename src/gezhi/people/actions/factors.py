"""Second factors: setting up, using, removing. The ways of reckoning are django-allauth's; one code counts once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.utils import decrypt
from allauth.mfa.webauthn.internal.auth import WebAuthn
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils.crypto import constant_time_compare

from gezhi.ledger.actions import record
from gezhi.people.models import Account
from gezhi.people.signing_in.sealing import CannotOpen

APP, CODES, PASSKEY = "totp", "recovery_codes", "webauthn"
MOST_PASSKEYS: Final = 10
_LAST: Final = "last_counter"


class TooMany(Exception):
    """An account may have ten passkeys. Remove one first."""


def counter_of(secret: str, code: str) -> int | None:
    """The half minute whose code this is, the present one or its neighbours; None for a wrong code."""
    given = "".join(code.split())
    for counter in yield_hotp_counters_from_time():
        if constant_time_compare(given, format_hotp_value(hotp_value(secret, counter))):
            return int(counter)
    return None


@transaction.atomic
def set_up_app(account: Account, secret: str, counter: int) -> None:
    """`counter`: that of the code which proved it; the same code opens nothing. One that was there is replaced."""
    _locked(account)
    Authenticator.objects.filter(user=account, type=APP).delete()
    made = TOTP.activate(account, secret).instance
    made.data[_LAST] = counter
    made.save(update_fields=["data"])
    _ensure_codes(account)
    record("people.factor-added", _subject(account), {"factor": "app"})


@transaction.atomic
def add_passkey(account: Account, name: str, credential: Mapping[str, Any]) -> None:
    """Raises TooMany."""
    _locked(account)
    if Authenticator.objects.filter(user=account, type=PASSKEY).count() >= MOST_PASSKEYS:
        raise TooMany(TooMany.__doc__)
    WebAuthn.add(account, name, dict(credential))
    _ensure_codes(account)
    record("people.factor-added", _subject(account), {"factor": "passkey"})


@transaction.atomic
def remove_factor(account: Account, factor_id: int, by: int) -> bool:
    """One app or passkey. With the last of them the recovery codes go as well."""
    _locked(account)
    found = Authenticator.objects.filter(user=account, pk=factor_id).exclude(type=CODES).first()
    if found is None:
        return False
    kind = str(found.type)
    found.delete()
    if not Authenticator.objects.filter(user=account).exclude(type=CODES).exists():
        Authenticator.objects.filter(user=account).delete()
    record("people.factor-removed", _subject(account), {"factor": kind, "by": by})
    return True


@transaction.atomic
def remove_factors(account: Account, by: int | None) -> None:
    """All of them, for somebody who has lost what they had; the password is enough until they set up another."""
    _locked(account)
    gone, _ = Authenticator.objects.filter(user=account).delete()
    record("people.factors-removed", _subject(account), {"factors": gone, "by": by})


@transaction.atomic
def renew_codes(account: Account) -> None:
    """New recovery codes; the old ones open nothing."""
    _locked(account)
    Authenticator.objects.filter(user=account, type=CODES).delete()
    RecoveryCodes.activate(account)
    record("people.recovery-codes-made", _subject(account), {})


@transaction.atomic
def codes_to_show(account: Account) -> list[str]:
    """The recovery codes, once: what has been shown is not shown again."""
    row = Authenticator.objects.select_for_update().filter(user=account, type=CODES).first()
    codes = RecoveryCodes(row) if row else None
    if codes is None or codes.did_view:
        return []
    codes.mark_as_viewed()
    record("people.recovery-codes-shown", _subject(account), {})
    return [str(code) for code in codes.get_unused_codes()]


@transaction.atomic
def confirm_code(account: Account, code: str, now: datetime) -> str:
    """ "totp" or "recovery" when this is a code of the account that was not used; "" when it is none."""
    rows = Authenticator.objects.select_for_update().filter(user=account).exclude(type=PASSKEY)
    held = {str(row.type): row for row in rows.order_by("type")}
    if APP in held and _confirm_app(held[APP], code, now):
        return "totp"
    if CODES in held and _confirm_recovery(held[CODES], code, now):
        record("people.recovery-code-used", _subject(account), {})
        return "recovery"
    return ""


def _confirm_app(row: Authenticator, code: str, now: datetime) -> bool:
    try:
        counter = counter_of(decrypt(row.data["secret"]), code)
    except CannotOpen:
        return False
    if counter is None or counter <= row.data.get(_LAST, -1):
        return False
    row.data[_LAST], row.last_used_at = counter, now
    row.save(update_fields=["data", "last_used_at"])
    return True


def _confirm_recovery(row: Authenticator, code: str, now: datetime) -> bool:
    try:
        is_right = bool(RecoveryCodes(row).validate_code(code))
    except CannotOpen:
        return False
    if is_right:
        Authenticator.objects.filter(pk=row.pk).update(last_used_at=now)
    return is_right


@transaction.atomic
def link_identity(account: Account, provider: str, subject: str) -> None:
    """From now on this subject of the identity provider is this account, whatever it is called there."""
    SocialAccount.objects.create(user=account, provider=provider, uid=subject, extra_data={})
    record("people.identity-linked", _subject(account), {"provider": provider})


@transaction.atomic
def unlink_identity(account: Account, by: int) -> bool:
    gone, _ = SocialAccount.objects.filter(user=account).delete()
    if gone:
        record("people.identity-unlinked", _subject(account), {"by": by})
    return bool(gone)


def passkey_used(factor: Authenticator) -> None:
    factor.record_usage()


def _ensure_codes(account: Account) -> None:
    if not Authenticator.objects.filter(user=account, type=CODES).exists():
        RecoveryCodes.activate(account)


def _locked(account: Account) -> None:
    """Two pages at once must not both make or remove."""
    Account.objects.select_for_update().only("id").get(pk=account.pk)


def _subject(account: Account) -> str:
    return f"account:{account.pk}"
