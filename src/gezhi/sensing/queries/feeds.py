"""Stations and brokers, and the series that their readings belong to."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from gezhi.sensing.models import Feed, Pulse
from gezhi.sensing.streams import Stream

SENSE: Final = "sense"  # the process that hears devices, by its pulse
_STREAMS: Final = """
SELECT d.id, d.key, d.code, d.unit->>'symbol', d.unit->>'definition', coalesce(d.every_s, 0), coalesce(p.code, ''),
    t.id, coalesce(t.key, ''), coalesce(t.kind, '')
FROM sensing_datastream d JOIN sensing_thing t ON t.id = d.thing_id
    JOIN sensing_observedproperty p ON p.id = d.observed_property_id
"""
_WITH_KEY: Final = _STREAMS + " WHERE t.key <> '' ORDER BY d.id"
_OF_THINGS: Final = _STREAMS + " WHERE t.id = ANY(%s) ORDER BY d.id"
_CHANGED: Final = "SELECT count(*), max(changed_at) FROM sensing_feed WHERE is_active"
_REFUSED: Final = """
SELECT source, reason, sum(count)::bigint FROM sensing_refusal WHERE hour >= %s GROUP BY 1, 2 ORDER BY 1, 3 DESC
"""


def active_feeds() -> QuerySet[Feed]:
    return Feed.objects.filter(is_active=True).order_by("way", "key")


def feeds_stamp() -> tuple[int, datetime | None]:
    """Another whenever a feed was begun or ended."""
    with connection.cursor() as cursor:
        cursor.execute(_CHANGED)
        count, newest = cursor.fetchone()
    return int(count), newest


def streams_with_key() -> list[Stream]:
    """Of every thing that its own system has a name for."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_KEY)
        return [Stream(*row) for row in cursor.fetchall()]


def streams_of_things(things: Iterable[int]) -> list[Stream]:
    with connection.cursor() as cursor:
        cursor.execute(_OF_THINGS, [list(things)])
        return [Stream(*row) for row in cursor.fetchall()]


def refused_since(now: datetime, hours: int = 24) -> dict[str, dict[str, int]]:
    """By source and reason, the most frequent first."""
    found: dict[str, dict[str, int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_REFUSED, [now - timedelta(hours=hours)])
        for source, reason, count in cursor.fetchall():
            found.setdefault(source, {})[reason] = count
    return found


def pulse_of(process: str) -> Pulse | None:
    return Pulse.objects.filter(process=process).first()
