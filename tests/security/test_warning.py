"""When signals become a warning, rise, join and end."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.security.warning import Counted, Decision, Do, Standing, decided, level_of, opens_case, span
from tests.security.test_warning_rules import rule

NOW = datetime(2026, 7, 6, 9, 0, tzinfo=UTC)
RULE = rule(
    levels={"blue": 5, "orange": 20}, within="1 hours", quiet="2 hours", opens="orange", category="sec-leak"
)


def counted(number: int, group: str = "7", newest: datetime = NOW) -> Counted:
    return Counted(group, number, newest, (3, 2, 1))


def standing(level: int, last: timedelta = timedelta(minutes=9), ended: timedelta | None = None) -> Standing:
    return Standing(40, level, NOW - last, None if ended is None else NOW - ended)


@pytest.mark.parametrize(("number", "level"), [(0, 0), (4, 0), (5, 1), (19, 1), (20, 3), (10**9, 3)])
def test_the_level_is_the_highest_that_is_reached(number: int, level: int) -> None:
    assert level_of(RULE, number) == level


@pytest.mark.parametrize(
    ("number", "was", "do", "level"),
    [
        (5, None, Do.RAISE, 1),
        (25, None, Do.RAISE, 3),
        (6, standing(1), Do.JOIN, 1),
        (20, standing(1), Do.RISE, 3),
        (6, standing(3), Do.JOIN, 3),
        (6, standing(3, timedelta(hours=1), timedelta(minutes=5)), Do.RESUME, 3),
        (20, standing(1, timedelta(hours=1), timedelta(minutes=5)), Do.RESUME, 3),
        (6, standing(3, timedelta(hours=4), timedelta(hours=3)), Do.RAISE, 1),
        (4, standing(3), Do.END, 3),
    ],
)
def test_what_is_done(number: int, was: Standing | None, do: Do, level: int) -> None:
    found = decided(RULE, [counted(number)], {"7": was} if was else {}, NOW)
    assert [(one.do, one.group, one.level) for one in found] == [(do, "7", level)]


def test_nothing_is_done_below_the_lowest_level_or_without_anything_new() -> None:
    assert decided(RULE, [counted(4)], {}, NOW) == []
    same = Standing(40, 1, NOW)
    assert decided(RULE, [counted(6)], {"7": same}, NOW) == []


def test_a_group_of_which_nothing_is_heard_any_more_ends() -> None:
    assert decided(RULE, [], {"7": standing(3)}, NOW) == [Decision(Do.END, "7", 3, None, 40)]


def test_what_ended_is_not_ended_again() -> None:
    assert decided(RULE, [], {"7": standing(3, ended=timedelta(minutes=5))}, NOW) == []


def test_groups_do_not_touch_each_other() -> None:
    found = decided(RULE, [counted(20, "7"), counted(5, "8")], {"9": standing(1)}, NOW)
    assert [(one.group, one.do) for one in found] == [("7", Do.RAISE), ("8", Do.RAISE), ("9", Do.END)]


@given(st.lists(st.integers(0, 60), max_size=60))
def test_a_standing_warning_never_falls_and_at_most_one_stands(numbers: list[int]) -> None:
    """A history of counts, a minute each."""
    was: Standing | None = None
    for minute, number in enumerate(numbers):
        now = NOW + timedelta(minutes=minute)
        made = decided(RULE, [counted(number, newest=now)] if number else [], {"7": was} if was else {}, now)
        assert len(made) <= 1
        for one in made:
            if one.do is Do.END:
                assert was is not None
                was = Standing(was.id, was.level, was.last_at, now)
                continue
            fresh = one.do is Do.RAISE
            assert fresh or (was is not None and one.level >= was.level)
            was = Standing(minute if fresh else was.id, one.level, now)  # type: ignore[union-attr]
        stands = was is not None and was.ended_at is None
        assert stands == (level_of(RULE, number) > 0)


def test_a_case_is_opened_from_the_level_on_that_the_rule_names() -> None:
    assert [opens_case(RULE, level) for level in (1, 2, 3, 4)] == [False, False, True, True]
    assert not opens_case(rule(), 4)


@pytest.mark.parametrize(
    ("text", "length"),
    [("15 minutes", timedelta(minutes=15)), ("2 hours", timedelta(hours=2)), ("7 days", timedelta(7))],
)
def test_a_span_is_read(text: str, length: timedelta) -> None:
    assert span(text) == length
