"""Counting tries at secrets, and when a browser or key was last used. These are no acts of the city and leave no
entry; what wrong tries amount to is a signal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from gezhi.people.models import ApiToken, KnownAddress, Session, TryCount
from gezhi.people.signing_in.counting import hidden
from gezhi.people.signing_in.tries import ADDRESS, NAME, Count, Limit, forgiven, tried

KNOWN_FOR: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Taken:
    """`wait` zero: the try is counted and may be made. Otherwise nothing was counted, and so long is to be waited.
    `shuts`: whether no other is taken at once after this one."""

    wait: timedelta
    shuts: bool = False


@transaction.atomic
def take_try(limits: Mapping[str, Limit], now: datetime) -> Taken:
    """By keys of `counting.limits_for`. Rows are locked, so that tries at once are counted one by one."""
    fresh = [TryCount(key=key, tries=0, at=now, until=now) for key in sorted(limits)]
    TryCount.objects.bulk_create(fresh, ignore_conflicts=True)
    rows = list(TryCount.objects.select_for_update().filter(key__in=limits).order_by("key"))
    wait = max(row.until - now for row in rows)
    if wait > timedelta(0):
        return Taken(wait)
    counts = [tried(Count(row.tries, row.at, row.until), limits[row.key], now) for row in rows]
    for row, count in zip(rows, counts, strict=True):
        _keep(row, count)
    return Taken(timedelta(0), shuts=any(count.until > now for count in counts))


@transaction.atomic
def forgive_try(name: str, address: str, now: datetime) -> None:
    """It was right: the name begins anew, and the address has one try less against it. Both are keys."""
    TryCount.objects.filter(key=name).delete()
    for row in TryCount.objects.select_for_update().filter(key=address):
        _keep(row, forgiven(Count(row.tries, row.at, row.until), ADDRESS, now))


def _keep(row: TryCount, count: Count) -> None:
    row.tries, row.at, row.until = count.tries, count.at, count.until
    row.save(update_fields=["tries", "at", "until"])


def know_address(account_id: int, address: str, now: datetime) -> bool:
    """Whether nobody had signed in to this account from there for ninety days."""
    _row, is_new = KnownAddress.objects.update_or_create(
        account_id=account_id, address=hidden("home", address), defaults={"at": now}
    )
    return is_new


def touch_session(key: str, now: datetime) -> None:
    """Somebody used this browser; by its stored key."""
    Session.objects.filter(session_key=key).update(seen_at=now)


def token_used(token_id: int, now: datetime) -> None:
    ApiToken.objects.filter(pk=token_id).update(last_used_at=now)


@transaction.atomic
def forget_old_tries(now: datetime) -> None:
    TryCount.objects.filter(until__lt=now - 8 * NAME.halves).delete()
    KnownAddress.objects.filter(at__lt=now - KNOWN_FOR).delete()


def forget_ended_sessions(now: datetime) -> int:
    """Browsers that did not come back in time."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]
