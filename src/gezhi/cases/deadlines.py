"""Working time: when a limit ends. Pure; the calendar is passed in.

National holidays and make-up workdays (调休) come from the calendar: a Saturday may be a workday. Limits read
"2 working hours", "1 working day", "15 days". A working day is one working day later at the same time of day,
moved into office hours; a working hour counts office hours only.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from gezhi.packs.shapes.base import LENGTH

_LENGTH = re.compile(LENGTH)
IsWorkday = Callable[[date], bool]


@dataclass(frozen=True)
class Office:
    """Office hours of a node. `hours`: spans of one day, in order, local time."""

    is_workday: IsWorkday
    zone: ZoneInfo
    hours: tuple[tuple[time, time], ...] = ((time(8, 30), time(12, 0)), (time(13, 30), time(17, 30)))


def due_at(start: datetime, length: str, office: Office) -> datetime:
    """The instant (aware) at which a limit of `length` that began at `start` has passed."""
    number, unit = length.split(" ", 1)
    count = int(number)
    if unit.startswith("working"):
        return _working(start, count, unit.removeprefix("working ").rstrip("s"), office)
    return (
        start
        + {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}[
            unit.rstrip("s")
        ]
        * count
    )


def minutes_between(start: datetime, end: datetime, working: bool, office: Office) -> int:
    """Whole minutes from `start` to `end`, of working or of calendar time; 0 when the end is past."""
    if end <= start:
        return 0
    if not working:
        return int((end - start).total_seconds() // 60)
    total = timedelta()
    for begins, ends in _spans(start, office):
        if begins >= end:
            break
        total += min(ends, end.astimezone(office.zone)) - begins
    return int(total.total_seconds() // 60)


def part_of(start: datetime, due: datetime, percent: int, working: bool, office: Office) -> datetime:
    """The instant at which `percent` of the time from `start` to `due` has passed; beyond 100, after it."""
    if percent == 100:
        return due
    minutes = minutes_between(start, due, working, office) * percent // 100
    return after_minutes(start, minutes, working, office)


def after_minutes(start: datetime, minutes: int, working: bool, office: Office) -> datetime:
    return (
        _working(start, minutes, "minute", office)
        if working and minutes
        else start + timedelta(minutes=minutes)
    )


def is_length(text: str) -> bool:
    return _LENGTH.fullmatch(text) is not None


def is_working(length: str) -> bool:
    return " working " in length


def size_of(length: str) -> int:
    """Minutes, to compare lengths: a working day counts eight hours, a day twenty-four."""
    number, unit = length.split(" ", 1)
    day = 8 if is_working(length) else 24
    word = unit.removeprefix("working ").rstrip("s")
    return int(number) * {"minute": 1, "hour": 60, "day": day * 60}[word]


def _working(start: datetime, count: int, unit: str, office: Office) -> datetime:
    if unit == "day":
        return _working_days(start, count, office)
    left = timedelta(minutes=count) if unit == "minute" else timedelta(hours=count)
    for begins, ends in _spans(start, office):
        room = ends - begins
        if left <= room:
            return begins + left
        left -= room
    raise AssertionError("office hours never end")


def _working_days(start: datetime, count: int, office: Office) -> datetime:
    begins, _ = next(_spans(start, office))
    day, moment = begins.date(), begins.timetz()
    while count:
        day += timedelta(days=1)
        count -= office.is_workday(day)
    return datetime.combine(day, moment)


def _spans(start: datetime, office: Office) -> Iterator[tuple[datetime, datetime]]:
    """Spans of working time from `start` on, the first cut at `start`."""
    local = start.astimezone(office.zone)
    day = local.date()
    while True:
        if office.is_workday(day):
            for opens, closes in office.hours:
                ends = datetime.combine(day, closes, office.zone)
                begins = max(local, datetime.combine(day, opens, office.zone))
                if begins < ends:
                    yield begins, ends
        day += timedelta(days=1)
