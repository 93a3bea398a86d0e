"""Stations and brokers are heard from now on, or no more. One that is changed is ended and begun anew."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.people.signing_in.sealing import sealed
from gezhi.sensing.models import Feed, FeedWay


class BadFeed(ValueError):
    """A station or broker that cannot be heard as it is; says what is possible."""


@dataclass(frozen=True, slots=True)
class NewFeed:
    """See Feed. `options`: checked by its adapter. `secrets`: by name, in plain."""

    way: FeedWay
    key: str
    name: str
    options: Mapping[str, object]
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    thing_id: int | None = None


@transaction.atomic
def begin_feed(new: NewFeed, now: datetime) -> Feed:
    """Raises BadFeed where the key is in use."""
    if Feed.objects.filter(way=new.way, key=new.key, is_active=True).exists():
        raise BadFeed(f"{new.key} is heard already. End it first: gezhi sensing end {new.key}")
    row = Feed.objects.create(
        way=new.way, key=new.key, name=new.name, options=dict(new.options), thing_id=new.thing_id,
        secret=sealed(json.dumps(dict(new.secrets))) if new.secrets else "", made_at=now, changed_at=now,
    )  # fmt: skip
    facts: dict[str, Fact] = {"way": str(new.way), "key": new.key, "thing": new.thing_id}
    record("sensing.feed-begun", f"feed:{row.pk}", facts)
    return row


@transaction.atomic
def end_feed(key: str, now: datetime) -> int:
    """How many were heard under this key: 0, or 1, or one of each way. Readings that came stay."""
    ended = Feed.objects.filter(key=key, is_active=True).update(is_active=False, changed_at=now)
    record("sensing.feed-ended", f"feed:{key}", {"key": key, "ended": ended})
    return ended
