"""Which second factors an account has, as its page shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

from gezhi.people.actions.factors import APP, CODES, PASSKEY
from gezhi.people.signing_in.sealing import CannotOpen


@dataclass(frozen=True, slots=True)
class Factor:
    """`name`: of a passkey, as its owner called it."""

    id: int
    name: str
    made_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Factors:
    """`codes_left`: recovery codes that were not used; None: there are none.
    `codes_unseen`: nobody was shown them."""

    app: Factor | None
    passkeys: tuple[Factor, ...]
    codes_left: int | None
    codes_unseen: bool = False

    @property
    def any(self) -> bool:
        return self.app is not None or bool(self.passkeys)


def factors_of(account_id: int) -> Factors:
    """One statement."""
    rows = list(Authenticator.objects.filter(user_id=account_id).order_by("id"))
    by_kind: Mapping[str, list[Authenticator]] = {
        kind: [row for row in rows if row.type == kind] for kind in (APP, PASSKEY, CODES)
    }
    apps = [_factor(row) for row in by_kind[APP]]
    return Factors(
        apps[0] if apps else None,
        tuple(_factor(row) for row in by_kind[PASSKEY]),
        _left(by_kind[CODES][0]) if by_kind[CODES] else None,
        any(not RecoveryCodes(row).did_view for row in by_kind[CODES]),
    )


def has_passkey(account_id: int) -> bool:
    return bool(Authenticator.objects.filter(user_id=account_id, type=PASSKEY).exists())


def _factor(row: Authenticator) -> Factor:
    return Factor(row.pk, str(row.data.get("name", "")), row.created_at, row.last_used_at)


def _left(row: Authenticator) -> int:
    try:
        return len(RecoveryCodes(row).get_unused_codes())
    except CannotOpen:
        return 0
