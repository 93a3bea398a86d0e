"""Charts: round ticks, gaps, and the same numbers for whoever does not see the picture."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from gezhi.pages.charts import Bar, Series, bar_list, line_chart, number_words, spark

DAYS = [date(2026, 6, 1) + timedelta(days=number) for number in range(30)]


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [
        (0, ["1", "0"]),
        (1, ["1", "0"]),
        (4, ["4", "3", "2", "1", "0"]),
        (7, ["8", "6", "4", "2", "0"]),
        (1830, ["2,000", "1,500", "1,000", "500", "0"]),
    ],
)
def test_ticks_are_round_and_reach_above_the_largest_value(largest: int, ticks: list[str]) -> None:
    chart = line_chart("件数", ["甲", "乙"], [Series("收到", [0, largest])])
    assert [tick.words for tick in chart.ticks] == ticks


@given(st.lists(st.none() | st.floats(0, 1e9), min_size=1, max_size=60))
def test_every_point_lies_within_the_frame(values: list[float | None]) -> None:
    labels = [str(number) for number in range(len(values))]
    chart = line_chart("件数", labels, [Series("收到", values, area=True)])
    dots = [dot for line in chart.lines for dot in line.dots]
    assert all(0 <= dot.x <= 100 and 0 <= dot.y <= 100 for dot in dots)
    assert len(chart.rows) == len(values) and len(chart.ticks) <= 7 and len(chart.marks) <= 7


def test_a_missing_value_is_a_gap_and_not_a_zero() -> None:
    chart = line_chart("件数", ["甲", "乙", "丙"], [Series("收到", [1, None, 2])])
    assert chart.lines[0].path.count("M") == 2
    assert [row.cells[0].words for row in chart.rows] == ["1", "–", "2"]


def test_the_days_of_a_month_fit_below_the_axis() -> None:
    chart = line_chart("件数", DAYS, [Series("收到", [1] * 30)])
    assert [mark.words for mark in chart.marks] == ["06-05", "06-10", "06-15", "06-20", "06-25", "06-30"]


def test_hours_are_said_in_local_time() -> None:
    hours = [datetime(2026, 7, 12, 15, tzinfo=UTC) + timedelta(hours=number) for number in range(3)]
    chart = line_chart("件数", hours, [Series("收到", [1, 2, 3])])
    assert [mark.words for mark in chart.marks] == ["23:00", "07-13", "01:00"]
    assert chart.rows[1].label == "07-13 00:00"


def test_whoever_hears_the_page_is_told_the_newest_and_the_highest() -> None:
    chart = line_chart(
        "按时率", DAYS[:3], [Series("全市", [80, 95, 90]), Series("本区", [None] * 3)], unit="%"
    )
    assert chart.told == "全市：最近 90%，最高 95%（2026-06-02）；本区：没有数据"


def test_the_table_opens_the_cases_behind_each_number() -> None:
    chart = line_chart("件数", DAYS[:2], [Series("收到", [3, 4], links=["?on=1", "?on=2"])])
    drawn = render_to_string("components/chart_line.html", {"chart": chart})
    assert re.findall(r'<a href="([^"]+)">(\d)</a>', drawn) == [("?on=1", "3"), ("?on=2", "4")]
    assert "style=" not in drawn and "3.5" in drawn


def test_bars_are_as_long_as_their_share_of_the_longest() -> None:
    bars = bar_list("类别", [Bar("暴露垃圾", 20, "?c=1", part=5, part_words="超期 5"), Bar("其他", 5)]).bars
    assert [(bar.length, bar.part, bar.words) for bar in bars] == [(100, 25, "20"), (25, 0, "5")]
    drawn = render_to_string("components/chart_bars.html", {"chart": bar_list("类别", [])})
    assert "没有数据" in drawn


def test_what_is_written_in_a_name_stays_a_word() -> None:
    drawn = render_to_string("components/chart_bars.html", {"chart": bar_list("", [Bar("<script>", 1)])})
    assert "<script>" not in drawn


def test_a_spark_needs_no_words_of_its_own() -> None:
    assert "aria-hidden" in render_to_string("components/chart_spark.html", {"spark": spark([1, None, 3])})
    assert 'aria-label="升"' in render_to_string(
        "components/chart_spark.html", {"spark": spark([1, 3], "升")}
    )


def test_numbers_read_as_people_write_them() -> None:
    assert [number_words(value) for value in (None, 0, 12345, 0.25)] == ["–", "0", "12,345", "0.2"]
