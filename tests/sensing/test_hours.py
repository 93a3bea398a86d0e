"""Hours and windows of a city's clock say what Python's calendar says."""

from datetime import UTC, datetime, timedelta, timezone

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.sensing.hours import BEIJING, FAR, MINUTE, Windows, hour_of, month_of, next_hour, weekday_of
from tests.sensing.watched import START

ZONE = timezone(timedelta(hours=8))
instants = st.integers(946_684_800_000, 4_102_444_800_000)  # 2000 to 2100


@given(st.lists(instants, min_size=1, max_size=20))
def test_the_clock_is_that_of_the_calendar(found: list[int]) -> None:
    at = np.array(found)
    local = [datetime.fromtimestamp(one / 1000, UTC).astimezone(ZONE) for one in found]
    assert hour_of(at, BEIJING).tolist() == [one.hour for one in local]
    assert weekday_of(at, BEIJING).tolist() == [one.isoweekday() for one in local]
    assert month_of(at, BEIJING).tolist() == [one.month for one in local]
    whole = [one.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1) for one in local]
    assert next_hour(at, BEIJING).tolist() == [round(one.timestamp() * 1000) for one in whole]


def minutes_of(windows: Windows) -> list[bool]:
    return windows.inside(START + np.arange(1_440) * MINUTE, BEIJING).tolist()


def test_a_window_holds_its_first_minute_and_not_its_last_and_may_cross_midnight() -> None:
    inside = minutes_of(Windows(["22:00-06:00", "12:00-12:30"]))
    assert [n for n in range(1, 1_440) if inside[n] != inside[n - 1]] == [360, 720, 750, 1_320]
    assert inside[0] and inside[719] is False and inside[720]


@pytest.mark.parametrize("given_windows", [["22:00-06:00", "12:00-14:00"], ["08:00-09:00"], ["00:00-12:00"]])
def test_the_next_change_is_the_first_minute_that_differs(given_windows: list[str]) -> None:
    windows = Windows(given_windows)
    day = START + np.arange(2 * 1_440) * MINUTE
    inside = windows.inside(day, BEIJING)
    changes = windows.next_change(day[:1_440] + 17, BEIJING)
    for minute, change in enumerate(changes):
        expected = next(n for n in range(minute + 1, 2 * 1_440) if inside[n] != inside[minute])
        assert change == START + expected * MINUTE


def test_windows_that_fill_the_day_never_change() -> None:
    windows = Windows(["00:00-12:00", "12:00-00:00"])
    assert all(minutes_of(windows))
    assert windows.next_change(np.array([START]), BEIJING).tolist() == [FAR]
