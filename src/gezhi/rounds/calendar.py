"""When the rounds of a plan are due. Pure.

The days of a period (all, or its working days) are cut into as many equal parts as the plan has times; each part
is a window. More times than days cut the days themselves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from itertools import pairwise
from typing import Final

from gezhi.packs.shapes import RoundPlan

DAY: Final = timedelta(days=1)
MINUTES: Final = 24 * 60
IsWorkday = Callable[[date], bool]


@dataclass(frozen=True, slots=True)
class Window:
    """From `opens_at` until `due_at`, which is no part of it."""

    opens_at: datetime
    due_at: datetime


def windows(plan: RoundPlan, first: date, last: date, is_workday: IsWorkday, zone: tzinfo) -> list[Window]:
    """Every window that has a moment on the days from `first` to `last`, in order; no two overlap."""
    low, high = _midnight(first, zone), _midnight(last + DAY, zone)
    found: list[Window] = []
    start = period_start(first, plan.period)
    while start <= last:
        end = next_start(start, plan.period)
        days = [day for day in _days(start, end) if not plan.workdays or is_workday(day)]
        found += _parts(days, plan.times, zone)
        start = end
    return [one for one in found if one.opens_at < high and one.due_at > low]


def period_start(day: date, period: str) -> date:
    """The first day of the period that holds this day. Weeks begin on Monday."""
    if period == "day":
        return day
    if period == "week":
        return day - timedelta(days=day.weekday())
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def next_start(start: date, period: str) -> date:
    if period in ("day", "week"):
        return start + timedelta(days=7 if period == "week" else 1)
    month = start.month - 1 + {"month": 1, "quarter": 3, "year": 12}[period]
    return date(start.year + month // 12, month % 12 + 1, 1)


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=n) for n in range((end - start).days))


def _parts(days: list[date], times: int, zone: tzinfo) -> Iterator[Window]:
    """Cut at midnights where there are days enough, otherwise at minutes."""
    if not days:
        return
    grain = MINUTES if times <= len(days) else 1
    total = len(days) * MINUTES // grain
    cuts = [total * n // times * grain for n in range(times + 1)]
    for start, end in pairwise(cuts):
        last_day, minute = divmod(end - 1, MINUTES)
        opens = _midnight(days[start // MINUTES], zone) + timedelta(minutes=start % MINUTES)
        yield Window(opens, _midnight(days[last_day], zone) + timedelta(minutes=minute + 1))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone)
