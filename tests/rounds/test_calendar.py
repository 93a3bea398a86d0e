"""Windows of plans: each once, none overlapping, all of the period's days."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.cases.workdays import is_workday
from gezhi.packs.shapes import RoundPlan, Words
from gezhi.rounds.calendar import DAY, next_start, period_start, windows

ZONE = ZoneInfo("Asia/Shanghai")
PERIODS = ("day", "week", "month", "quarter", "year")


def plan(times: int, period: str, *, workdays: bool = False) -> RoundPlan:
    title = Words(zh="巡", en="Walk")
    return RoundPlan(
        key="walk", title=title, kind="patrol", times=times, period=period, workdays=workdays, source="tests"
    )  # type: ignore[arg-type]


def told(asked: RoundPlan, first: str, last: str) -> list[str]:
    found = windows(asked, date.fromisoformat(first), date.fromisoformat(last), is_workday, ZONE)
    return [f"{one.opens_at:%m-%d %H:%M} {one.due_at:%m-%d %H:%M}" for one in found]


@pytest.mark.parametrize(
    ("asked", "first", "last", "expected"),
    [
        (plan(1, "day"), "2026-07-06", "2026-07-07", ["07-06 00:00 07-07 00:00", "07-07 00:00 07-08 00:00"]),
        (plan(2, "day"), "2026-07-06", "2026-07-06", ["07-06 00:00 07-06 12:00", "07-06 12:00 07-07 00:00"]),
        (plan(1, "week"), "2026-07-08", "2026-07-08", ["07-06 00:00 07-13 00:00"]),
        (plan(2, "month"), "2026-07-10", "2026-07-20", ["07-01 00:00 07-16 00:00", "07-16 00:00 08-01 00:00"]),
        (plan(1, "quarter"), "2026-07-10", "2026-07-10", ["07-01 00:00 10-01 00:00"]),
        (plan(1, "year"), "2026-12-31", "2026-12-31", ["01-01 00:00 01-01 00:00"]),
        (  # National Day rests from the 1st to the 7th; Saturday the 10th makes up for it
            plan(1, "day", workdays=True),
            "2026-09-30",
            "2026-10-10",
            ["09-30 00:00 10-01 00:00", "10-08 00:00 10-09 00:00", "10-09 00:00 10-10 00:00",
             "10-10 00:00 10-11 00:00"],
        ),
        (plan(1, "week", workdays=True), "2026-07-06", "2026-07-06", ["07-06 00:00 07-11 00:00"]),
        (
            plan(2, "week", workdays=True),
            "2026-07-06",
            "2026-07-12",
            ["07-06 00:00 07-08 00:00", "07-08 00:00 07-11 00:00"],
        ),
    ],
)  # fmt: skip
def test_windows(asked: RoundPlan, first: str, last: str, expected: list[str]) -> None:
    assert told(asked, first, last) == expected


@given(
    times=st.integers(1, 31),
    period=st.sampled_from(PERIODS),
    workdays=st.booleans(),
    first=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    length=st.integers(0, 60),
)
def test_each_window_stands_once_and_none_overlaps(
    times: int, period: str, workdays: bool, first: date, length: int
) -> None:
    asked, last = plan(times, period, workdays=workdays), first + timedelta(days=length)
    found = windows(asked, first, last, is_workday, ZONE)
    assert len({one.opens_at for one in found}) == len(found)
    assert all(one.opens_at < one.due_at for one in found)
    assert all(one.due_at <= other.opens_at for one, other in pairwise(found))
    start = period_start(first, period)
    end = next_start(start, period)
    whole = windows(asked, start, end - DAY, is_workday, ZONE)
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    works = not workdays or any(is_workday(day) for day in days)
    assert len(whole) == (times if works else 0)


@given(
    first=st.dates(date(2024, 1, 1), date(2027, 12, 1)),
    times=st.integers(1, 31),
    period=st.sampled_from(PERIODS),
)
def test_looking_day_by_day_finds_what_looking_at_once_finds(first: date, times: int, period: str) -> None:
    asked = plan(times, period)
    days = [first + timedelta(days=n) for n in range(10)]
    at_once = windows(asked, days[0], days[-1], is_workday, ZONE)
    by_day = {one for day in days for one in windows(asked, day, day, is_workday, ZONE)}
    assert by_day == set(at_once)


@given(
    day=st.dates(date(2024, 1, 1), date(2027, 12, 31)),
    minute=st.integers(0, 24 * 60 - 1),
    times=st.integers(1, 31),
    period=st.sampled_from(PERIODS),
)
def test_without_workdays_every_moment_lies_in_one_window(
    day: date, minute: int, times: int, period: str
) -> None:
    at = datetime.combine(day, time(), ZONE) + timedelta(minutes=minute)
    found = windows(plan(times, period), day, day, is_workday, ZONE)
    assert len([one for one in found if one.opens_at <= at < one.due_at]) == 1
