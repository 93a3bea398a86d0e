"""Counting what came of events, and when a source was last heard. Counts are no acts of the city and leave no entry."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F, Q

from gezhi.sensing.models import EventFate, EventSource, EventTally

NOTED: Final = timedelta(minutes=1)  # between two notes that a source is alive


@transaction.atomic
def tally(source: str, fate: EventFate, now: datetime, count: int = 1) -> None:
    """`source`: the key of a registered source; "" for whoever is not."""
    day = now.astimezone(UTC).date()
    row = EventTally.objects.filter(source=source, day=day, fate=fate)
    if row.update(count=F("count") + count, last_at=now):
        return
    fresh = EventTally(source=source, day=day, fate=fate, count=0, last_at=now)
    EventTally.objects.bulk_create([fresh], ignore_conflicts=True)
    row.update(count=F("count") + count, last_at=now)


@transaction.atomic
def heard_from(source_id: int, now: datetime) -> None:
    """Written once a minute at most."""
    known = EventSource.objects.filter(Q(seen_at=None) | Q(seen_at__lt=now - NOTED), pk=source_id)
    known.update(seen_at=now)
