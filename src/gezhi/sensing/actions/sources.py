"""Registering who may send events, and ending it."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.people.models import Account
from gezhi.people.signing_in.sealing import sealed
from gezhi.sensing.models import EventSource, EventWay

GB_ID: Final = re.compile(r"[0-9]{20}")
_KEY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,49}")
MOST_PICTURE_DAYS: Final = 30
SHORTEST_SECRET: Final = 8


class BadSource(ValueError):
    """A source that cannot be registered as it is; says what is possible."""


@dataclass(frozen=True, slots=True)
class NewSource:
    """See EventSource. `secret`: in plain, for SIP."""

    key: str
    name: str
    way: EventWay
    account: Account | None = None
    secret: str = ""
    place_code: str = ""
    lon: float | None = None
    lat: float | None = None
    pictures: bool = False
    picture_days: int = 7


def is_gb_id(text: str) -> bool:
    """20 digits, as GB/T 28181 names platforms and devices."""
    return GB_ID.fullmatch(text) is not None


@transaction.atomic
def register_source(new: NewSource, now: datetime) -> EventSource:
    """A key that was ended may be taken again. The secret is sealed, and never shown again. Raises BadSource."""
    _check(new)
    if EventSource.objects.filter(key=new.key, is_active=True).exists():
        raise BadSource(f"{new.key} is registered already. End it first, or take another key.")
    row, _ = EventSource.objects.update_or_create(
        key=new.key,
        defaults={
            "name": new.name,
            "way": new.way,
            "account_id": new.account.pk if new.account else None,
            "secret": sealed(new.secret) if new.secret else "",
            "place_code": new.place_code,
            "lon": new.lon,
            "lat": new.lat,
            "pictures": new.pictures,
            "picture_days": new.picture_days,
            "is_active": True,
            "made_at": now,
            "seen_at": None,
        },
    )
    facts: dict[str, Fact] = {
        "key": new.key,
        "way": str(new.way),
        "pictures": new.pictures,
        "account": row.account_id,
    }
    record("sensing.source-registered", f"event-source:{row.pk}", facts)
    return row


@transaction.atomic
def end_source(key: str) -> bool:
    """Whether there was one. What it sent stays."""
    ended = EventSource.objects.filter(key=key, is_active=True).update(is_active=False)
    record("sensing.source-ended", f"event-source:{key}", {"key": key, "was_active": bool(ended)})
    return bool(ended)


def _check(new: NewSource) -> None:
    if new.way == EventWay.GB28181:
        if not is_gb_id(new.key):
            raise BadSource(f"'{new.key}' is no id of GB/T 28181, which has 20 digits.")
        if len(new.secret) < SHORTEST_SECRET:
            raise BadSource(f"A device's secret has {SHORTEST_SECRET} characters at least.")
        if new.account is not None:
            raise BadSource("A device proves itself by its secret; it has no account.")
    else:
        if not _KEY.fullmatch(new.key):
            raise BadSource(f"'{new.key}' is no key: letters, digits and . _ : - up to 50.")
        if new.account is None or not new.account.is_system or new.secret:
            raise BadSource("Name the account of the other system whose key sends; it has no secret besides.")
    if (new.lon is None) != (new.lat is None):
        raise BadSource("A point needs both lon and lat.")
    if not 1 <= new.picture_days <= MOST_PICTURE_DAYS:
        raise BadSource(f"Pictures of scenes are kept for 1 to {MOST_PICTURE_DAYS} days.")
