"""Signing in and what ends it: sessions, passwords, links that set one, closing and opening accounts."""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from gezhi.ledger.actions import record
from gezhi.people.actions.ending import forget_sessions
from gezhi.people.actions.tries import know_address
from gezhi.people.models import Account, PasswordLink, Session
from gezhi.people.queries.signing import key_hash, link_with

LINK_HOURS: Final = 24


class LinkGone(Exception):
    """This link was used, replaced or has run out. An administrator makes another."""


@transaction.atomic
def record_sign_in(account: Account, factors: Sequence[str], address: str, now: datetime) -> bool:
    """Whether it came from an address that is new for this account. The address itself stays out of the ledger."""
    is_new = know_address(account.pk, address, now)
    record("people.signed-in", _subject(account.pk), {"factors": list(factors), "new-address": is_new})
    return is_new


@transaction.atomic
def end_session(account_id: int, key: str, by: int) -> bool:
    """One open browser, by its stored key. False: it had ended."""
    ended, _ = Session.objects.filter(account_id=account_id, session_key=key).delete()
    if ended:
        record("people.sessions-ended", _subject(account_id), {"sessions": ended, "by": by})
    return bool(ended)


@transaction.atomic
def end_sessions(account_id: int, by: int | None, keep: str = "") -> int:
    """All of them, but the one whose stored key is `keep`."""
    ended = forget_sessions([account_id], keep)
    if ended:
        record("people.sessions-ended", _subject(account_id), {"sessions": ended, "by": by})
    return ended


@transaction.atomic
def end_provider_sessions(session: str, account_id: int | None) -> int:
    """What the identity provider has ended: one of its sessions (by the hash that we keep), or with "" all that it
    gave this account."""
    found = Session.objects.exclude(provider_session="").exclude(account=None)
    chosen = found.filter(provider_session=session) if session else found.filter(account_id=account_id or 0)
    rows = [(key, owner) for key, owner in chosen.values_list("session_key", "account_id") if owner]
    Session.objects.filter(session_key__in=[key for key, _ in rows]).delete()
    for one in sorted({owner for _, owner in rows}):
        count = sum(owner == one for _, owner in rows)
        record("people.sessions-ended", _subject(one), {"sessions": count, "by": "provider"})
    return len(rows)


@transaction.atomic
def change_password(account: Account, password: str, keep: str) -> None:
    """By its owner. Other open browsers end, the one whose stored key is `keep` stays; links to set one are void."""
    _set(account, password, keep)
    record("people.password-changed", _subject(account.pk), {"by": account.pk})


def _set(account: Account, password: str, keep: str = "") -> None:
    account.set_password(password)
    account.save(update_fields=["password"])
    PasswordLink.objects.filter(account=account, used_at=None).delete()
    forget_sessions([account.pk], keep)


@transaction.atomic
def make_password_link(account: Account, by: int | None, now: datetime, hours: int = LINK_HOURS) -> str:
    """The secret of a link, shown this once. Earlier links of this account are void; the old password still holds."""
    secret = secrets.token_urlsafe(32)
    PasswordLink.objects.filter(account=account, used_at=None).delete()
    link = PasswordLink.objects.create(
        account=account,
        key_hash=key_hash(secret),
        made_by=by,
        made_at=now,
        expires_at=now + timedelta(hours=hours),
    )
    facts = {"by": by, "link": link.pk, "until": link.expires_at.isoformat()}
    record("people.password-link-made", _subject(account.pk), facts)
    return secret


@transaction.atomic
def use_password_link(secret: str, password: str, now: datetime) -> Account:
    """Raises LinkGone."""
    link = link_with(secret, now)
    if link is None or not PasswordLink.objects.filter(pk=link.pk, used_at=None).update(used_at=now):
        raise LinkGone(LinkGone.__doc__)
    _set(link.account, password)
    record("people.password-set", _subject(link.account_id), {"link": link.pk, "by": link.account_id})
    return link.account


@transaction.atomic
def close_account(account: Account, reason: str, by: int) -> None:
    """Nobody signs in to it any more, and what is open ends now, keys as well. Posts stay as they are."""
    account.is_active = False
    account.save(update_fields=["is_active"])
    forget_sessions([account.pk])
    PasswordLink.objects.filter(account=account, used_at=None).delete()
    record("people.account-closed", _subject(account.pk), {"by": by, "reason": reason}, configures=True)


@transaction.atomic
def reopen_account(account: Account, reason: str, by: int) -> None:
    account.is_active = True
    account.save(update_fields=["is_active"])
    record("people.account-reopened", _subject(account.pk), {"by": by, "reason": reason}, configures=True)


def _subject(account_id: int) -> str:
    return f"account:{account_id}"
