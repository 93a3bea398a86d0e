"""What came and was not taken: readings by source, hour and reason, events by source, day and fate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection

from gezhi.sensing.models import EventSource, EventTally

MOST: Final = 500
_BY_SOURCE: Final = """
SELECT source, reason, sum(count)::bigint, min(hour), max(hour) FROM sensing_refusal WHERE hour >= %s
GROUP BY source, reason ORDER BY 3 DESC LIMIT %s
"""
_BY_HOUR: Final = """
SELECT hour, sum(count)::bigint FROM sensing_refusal WHERE hour >= %s GROUP BY hour ORDER BY hour
"""
_OF_ONE: Final = """
SELECT hour, reason, count FROM sensing_refusal WHERE source = %s AND hour >= %s ORDER BY hour DESC, reason LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Refusals:
    """Of one source for one reason. `first`, `last`: hours."""

    source: str
    reason: str
    count: int
    first: datetime
    last: datetime


def refusals_since(since: datetime) -> list[Refusals]:
    """The most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_SOURCE, [since, MOST])
        return [Refusals(*row) for row in cursor.fetchall()]


def refused_by_hour(since: datetime, hours: int) -> list[tuple[datetime, int]]:
    """Each hour, also those in which nothing was refused."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_HOUR, [since])
        found = dict(cursor.fetchall())
    each = [since + timedelta(hours=place) for place in range(hours)]
    return [(hour, int(found.get(hour, 0))) for hour in each]


def refusals_of(source: str, since: datetime) -> list[tuple[datetime, str, int]]:
    """Hour, reason, count; newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_ONE, [source, since, MOST])
        return list(cursor.fetchall())


@dataclass(frozen=True, slots=True)
class EventsOf:
    """`source` None: whoever proved to be no source. `counts`: by fate."""

    source: EventSource | None
    counts: dict[str, int]
    last_at: datetime | None


def events_since(since: datetime) -> list[EventsOf]:
    """Of every registered source, then of those that are none. Two statements."""
    sources = list(EventSource.objects.order_by("-is_active", "key"))
    counts: dict[str, dict[str, int]] = {}
    last: dict[str, datetime] = {}
    for row in EventTally.objects.filter(day__gte=since.date()).order_by("source", "fate"):
        mine = counts.setdefault(row.source, {})
        mine[row.fate] = mine.get(row.fate, 0) + row.count
        last[row.source] = max(last.get(row.source, row.last_at), row.last_at)
    found = [EventsOf(one, counts.get(one.key, {}), last.get(one.key)) for one in sources]
    return found + _of_nobody(counts, last, {one.key for one in sources})


def _of_nobody(
    counts: dict[str, dict[str, int]], last: dict[str, datetime], known: Sequence[str] | set[str]
) -> list[EventsOf]:
    total: dict[str, int] = {}
    others = [key for key in counts if key not in known]
    for key in others:
        for fate, many in counts[key].items():
            total[fate] = total.get(fate, 0) + many
    return [EventsOf(None, total, max(last[key] for key in others))] if total else []
