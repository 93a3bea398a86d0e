"""Working time by the national calendar of 2026, where Saturday 14 February works and the Spring Festival does not."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.cases.deadlines import Office, due_at
from gezhi.cases.workdays import is_workday

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = datetime(2025, 12, 1, tzinfo=ZONE)
OFFICE = Office(is_workday, ZONE)
MOMENTS = st.integers(0, 330 * 1440).map(
    lambda minutes: FIRST + timedelta(minutes=minutes, seconds=minutes % 61)
)
UNITS = st.sampled_from(["working minutes", "working hours", "working days"])


def local(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("start", "length", "ends"),
    [
        ("2026-07-01 09:00", "30 working minutes", "2026-07-01 09:30"),
        ("2026-07-01 11:45", "30 working minutes", "2026-07-01 13:45"),  # over lunch
        ("2026-07-01 12:30", "1 working hour", "2026-07-01 14:30"),  # begun at lunch
        ("2026-07-01 17:00", "1 working hour", "2026-07-02 09:00"),  # over night
        ("2026-07-01 03:00", "2 working hours", "2026-07-01 10:30"),  # begun before the office opens
        ("2026-07-01 11:00", "1 working hour", "2026-07-01 12:00"),  # to the last minute before lunch
        ("2026-07-03 17:00", "1 working hour", "2026-07-06 09:00"),  # over a weekend
        ("2026-07-03 16:00", "1 working day", "2026-07-06 16:00"),
        (
            "2026-07-03 20:00",
            "1 working day",
            "2026-07-07 08:30",
        ),  # Friday evening counts from Monday morning
        ("2026-02-13 16:00", "1 working day", "2026-02-14 16:00"),  # a Saturday that works
        ("2026-02-13 17:00", "1 working hour", "2026-02-14 09:00"),
        ("2026-02-14 17:00", "1 working hour", "2026-02-24 09:00"),  # the Spring Festival
        ("2026-02-14 10:00", "1 working day", "2026-02-24 10:00"),
        ("2026-02-20 10:00", "2 working hours", "2026-02-24 10:30"),  # begun in the holidays
        ("2026-07-03 16:00", "15 days", "2026-07-18 16:00"),  # plain days, weekends and all
        ("2026-07-03 16:00", "1 day", "2026-07-04 16:00"),
        ("2026-07-03 23:30", "2 hours", "2026-07-04 01:30"),
        ("2026-07-03 23:30", "45 minutes", "2026-07-04 00:15"),
    ],
)
def test_a_limit_ends(start: str, length: str, ends: str) -> None:
    assert due_at(local(start), length, OFFICE) == local(ends)


def test_the_make_up_workday_works_and_the_festival_does_not() -> None:
    assert is_workday(local("2026-02-14 00:00").date())
    assert not is_workday(local("2026-02-16 00:00").date())
    assert not is_workday(local("2026-02-21 00:00").date())


def test_the_instant_counts_and_not_the_zone_it_is_told_in() -> None:
    start = local("2026-07-01 17:00")
    assert due_at(start.astimezone(ZoneInfo("UTC")), "1 working hour", OFFICE) == local("2026-07-02 09:00")


@given(MOMENTS, st.integers(1, 200), UNITS)
def test_a_working_limit_ends_in_office_hours(start: datetime, count: int, unit: str) -> None:
    end = due_at(start, f"{count} {unit}", OFFICE)
    assert end > start
    assert is_workday(end.date())
    assert any(opens <= end.time() <= closes for opens, closes in OFFICE.hours)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=20)), st.integers(1, 60), UNITS)
def test_who_begins_later_is_never_due_earlier(
    start: datetime, later: timedelta, count: int, unit: str
) -> None:
    length = f"{count} {unit}"
    assert due_at(start, length, OFFICE) <= due_at(start + later, length, OFFICE)


@given(MOMENTS, st.integers(1, 60), st.integers(1, 60), UNITS)
def test_a_longer_limit_ends_later(start: datetime, count: int, more: int, unit: str) -> None:
    assert due_at(start, f"{count} {unit}", OFFICE) < due_at(start, f"{count + more} {unit}", OFFICE)


@given(MOMENTS, st.integers(1, 1000), st.integers(1, 1000))
def test_minutes_add_up(start: datetime, first: int, second: int) -> None:
    at_once = due_at(start, f"{first + second} working minutes", OFFICE)
    assert (
        due_at(due_at(start, f"{first} working minutes", OFFICE), f"{second} working minutes", OFFICE)
        == at_once
    )


@given(MOMENTS, st.integers(1, 100))
def test_an_hour_is_sixty_minutes(start: datetime, hours: int) -> None:
    assert due_at(start, f"{hours} working hours", OFFICE) == due_at(
        start, f"{hours * 60} working minutes", OFFICE
    )


def test_a_node_may_keep_other_hours() -> None:
    night = Office(lambda day: True, ZONE, ((time(0), time(6)), (time(22), time(23, 59))))
    assert due_at(local("2026-07-04 05:30"), "1 working hour", night) == local("2026-07-04 22:30")
