"""Days of readings: made before they are needed, given up when they were kept long enough."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Final

import numpy as np
from django.db import connection, transaction

from gezhi.sensing.columns import Int64

AHEAD: Final = 7  # days that stand ready
FIRST: Final = date(2024, 1, 1)  # that has a table of its own; what is older lies together
_DAY: Final = 86_400_000  # ms
_EPOCH: Final = date(1970, 1, 1)

_made: set[date] = set()  # by this process, or found to be there


def make_days(now: datetime) -> int:
    """Those of the coming week. Returns how many there were not."""
    today = now.astimezone(UTC).date()
    return _make(today + timedelta(days=n) for n in range(-1, AHEAD + 1))


def make_days_of(at: Int64) -> int:
    """Those of a batch (ms)."""
    days = (_EPOCH + timedelta(days=day) for day in np.unique(at // _DAY).tolist())
    return _make(day for day in days if day >= FIRST)


def forget_days() -> None:
    """What this process made may have been given up by another."""
    _made.clear()


def _make(days: Iterable[date]) -> int:
    missing = [day for day in days if day not in _made]
    made = 0
    with connection.cursor() as cursor:
        for day in missing:
            cursor.execute("SELECT gezhi_reading_day(%s)", [day])
            made += bool(cursor.fetchone()[0])
    transaction.on_commit(partial(_made.update, missing))
    return made
