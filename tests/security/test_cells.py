"""A cell says the same in every format that it may be saved in."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.security.cells import NOTHING, Told, leaves, told

HERE = ZoneInfo("Asia/Shanghai")
NINE = datetime(2026, 7, 6, 9, 0, 23)  # noqa: DTZ001 - as a workbook holds it


@pytest.mark.parametrize(
    "written",
    [
        NINE,
        datetime(2026, 7, 6, 1, 0, 23, tzinfo=UTC),
        datetime(2026, 7, 6, 9, 0, 22, 999_997),  # noqa: DTZ001 - what is left of it in a part of a day
        *("2026-07-06 09:00:23", "2026/7/6 9:00:23", "2026-07-06T01:00:23Z", "2026-07-06T09:00:23.000+08:00"),
        *("2026年7月6日 09:00:23", "2026.7.6 9:00:23", " ２０２６-07-06\t09:00:23 ", "'2026-07-06 09:00:23"),
        "2026年7月6日 9时00分23秒",
    ],
)
def test_a_time_is_the_same_however_it_is_written(written: object) -> None:
    assert told(written, HERE) == Told("2026-07-06T09:00:23", "2026-07-06T09:00")


def test_a_time_that_lost_its_seconds_is_what_the_whole_one_is_coarsely() -> None:
    assert told("2026-07-06 09:00", HERE).exact == told(NINE, HERE).coarse


@pytest.mark.parametrize(
    "written",
    [date(2026, 7, 6), datetime.fromisoformat("2026-07-06"), "2026-07-06", "2026/7/6", "2026年7月6日"],
)
def test_a_day_is_the_same_however_it_is_written(written: object) -> None:
    assert told(written, HERE) == Told("2026-07-06")


@pytest.mark.parametrize(
    "written", [330203001001, 330203001001.0, "330203001001", "330,203,001,001", "3.30203001001e11"]
)
def test_a_code_is_the_same_as_a_number_and_as_a_text(written: object) -> None:
    assert told(written, HERE) == Told("330203001001")


@pytest.mark.parametrize("nothing", [None, "", " ", "-", True, False, 0, 7, 999, "12", "-3", "\u200b"])
def test_what_stands_in_every_table_says_nothing(nothing: object) -> None:
    assert told(nothing, HERE) == NOTHING


def test_characters_that_nobody_sees_are_no_difference() -> None:
    assert told("路灯\u200b不亮 了", HERE) == told("路灯不亮 \n了", HERE) == Told("路灯不亮 了")


def test_the_quote_before_a_formula_is_no_difference() -> None:
    assert told("'=1+1", HERE) == told("=1+1", HERE)


@given(st.text() | st.integers() | st.floats() | st.datetimes() | st.dates() | st.binary() | st.decimals())
def test_any_cell_is_read_without_a_fault(value: object) -> None:
    assert isinstance(told(value, HERE), Told)


def test_leaves_of_json_come_in_order() -> None:
    assert list(leaves({"a": 1, "b": {"c": [2, {"d": 3}]}, "e": "4"})) == [1, 2, 3, "4"]
