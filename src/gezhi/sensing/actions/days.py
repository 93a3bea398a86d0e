"""Days of readings: made before they are needed, given up when they were kept long enough."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.db import connection

from gezhi.sensing.columns import Int64

AHEAD: Final = 7  # days that stand ready
BEHIND: Final = 400  # days back that have a partition of their own; what is older lies together
_DAY: Final = 86_400_000  # ms

_made: set[date] = set()  # by this process, or found to be there


def make_days(now: datetime) -> int:
    """Those of the coming week. Returns how many there were not."""
    today = now.astimezone(UTC).date()
    return _make(today + timedelta(days=n) for n in range(-1, AHEAD + 1))


def make_days_of(at: Int64, now: datetime) -> int:
    """Those of a batch (ms), where they are not too old for one of their own."""
    first, last = int(at.min()) // _DAY, int(at.max()) // _DAY
    today = now.astimezone(UTC).date()
    begin = max(date(1970, 1, 1) + timedelta(days=first), today - timedelta(days=BEHIND))
    end = date(1970, 1, 1) + timedelta(days=last)
    return _make(begin + timedelta(days=n) for n in range((end - begin).days + 1))


def _make(days: Iterable[date]) -> int:
    """Each in a transaction of its own: a day stays when a batch fails."""
    missing = [day for day in days if day not in _made]
    made = 0
    with connection.cursor() as cursor:
        for day in missing:
            cursor.execute("SELECT gezhi_reading_day(%s)", [day])
            made += bool(cursor.fetchone()[0])
    _made.update(missing)
    return made
