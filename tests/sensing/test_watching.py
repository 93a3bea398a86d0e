"""What a monitor does in time: for, keep, hours, silence, levels, other series, late readings, restarts."""

import time

import numpy as np

from gezhi.sensing.hours import FAR
from gezhi.sensing.levels import WATCH, Why
from gezhi.sensing.measuring import KNOWN, NO_ROWS, measured
from gezhi.sensing.timeline import Timeline
from tests.sensing.watched import MINUTE, START, Node, Transition, monitor

HOUR = 60
LONG = 10_000 * MINUTE


def node(holds: int = LONG, **changes: object) -> Node:
    return Node.of(monitor(**changes), [0], [holds])


def readings(*pairs: tuple[float, float]) -> list[tuple[int, int, float]]:
    return [(0, START + round(minute * MINUTE), value) for minute, value in pairs]


def moved(transitions: list[Transition]) -> list[tuple[float, int, int]]:
    """(minute, level before, level after)."""
    return [((at - START) / MINUTE, before, after) for _, at, before, after in transitions]


HIGH = {"levels": {"blue": "value > 5"}}


def test_a_level_is_raised_once_its_rule_has_held_for_long_enough_without_another_reading() -> None:
    watch = node(**HIGH, **{"for": "10 minutes"})
    assert watch.take(readings((0, 6.0))) == []
    assert watch.wake == START + 10 * MINUTE
    assert watch.tick(START + 10 * MINUTE - 1) == []
    assert moved(watch.tick(START + 10 * MINUTE)) == [(10, 0, 1)]


def test_a_reading_in_range_at_the_very_end_of_for_comes_before_the_end() -> None:
    watch = node(**HIGH, **{"for": "10 minutes"})
    assert watch.take(readings((0, 6.0), (10, 1.0))) == []
    assert watch.wake == FAR


def test_a_late_timer_tells_when_it_happened() -> None:
    watch = node(**HIGH, **{"for": "10 minutes"})
    watch.take(readings((0, 6.0)))
    assert moved(watch.tick(START + 500 * MINUTE)) == [(10, 0, 1)]


def test_a_level_that_fires_is_kept_and_a_relapse_starts_the_keeping_anew() -> None:
    watch = node(**HIGH, keep="10 minutes")
    found = watch.take(readings((0, 6.0), (1, 1.0), (9, 6.0), (12, 1.0)))
    assert moved(found) == [(0, 0, 1)]
    assert moved(watch.tick(START + 30 * MINUTE)) == [(22, 1, 0)]


def test_unknown_neither_raises_nor_ends() -> None:
    watch = node(holds=5 * MINUTE, **HIGH, **{"for": "10 minutes"})
    watch.take(readings((0, 6.0)))
    assert watch.tick(START + 60 * MINUTE) == []
    assert moved(watch.take(readings((61, 6.0)))) == [(61, 0, 1)]
    assert watch.tick(START + 600 * MINUTE) == []
    assert moved(watch.take(readings((601, 1.0)))) == [(601, 1, 0)]


def test_a_rule_that_asks_what_is_known_is_itself_unknown_once_the_reading_holds_no_more() -> None:
    watch = node(holds=5 * MINUTE, levels={"blue": "!has(value) || value > 5"})
    assert watch.take(readings((0, 1.0)), START + HOUR * MINUTE) == []


def test_a_fall_waits_while_nothing_is_known() -> None:
    levels = {"blue": "value > 1", "red": "value > 4"}
    watch = node(holds=10 * MINUTE, levels=levels, downgrade={"after": "1 hours"})
    watch.take(readings((0, 5.0), (5, 2.0)))
    assert watch.tick(START + 200 * MINUTE) == []
    assert moved(watch.take(readings((201, 2.0)))) == [(201, 4, 1)]


def test_a_value_that_is_no_number_is_unknown() -> None:
    watch = node(**HIGH)
    assert moved(watch.take(readings((0, 6.0)))) == [(0, 0, 1)]
    assert watch.take(readings((1, np.nan))) == []
    assert moved(watch.take(readings((2, 1.0)))) == [(2, 1, 0)]


def test_a_window_that_opens_finds_what_was_bad_before_and_closes_on_it() -> None:
    watch = node(**HIGH, hours=["02:00-03:00", "05:00-05:30"])
    assert watch.take(readings((30, 6.0))) == []
    assert watch.wake == START + 2 * HOUR * MINUTE
    found = watch.tick(START + 24 * HOUR * MINUTE)
    assert moved(found) == [(120, 0, 1), (180, 1, 0), (300, 0, 1), (330, 1, 0)]


def test_outside_its_hours_a_pending_level_is_dropped() -> None:
    watch = node(**HIGH, **{"for": "20 minutes"}, hours=["00:00-01:00", "02:00-03:00"])
    watch.take(readings((50, 6.0)))
    assert moved(watch.tick(START + 150 * MINUTE)) == [(140, 0, 1)]


def test_a_silent_series_is_told_at_its_time_and_ends_with_its_next_reading() -> None:
    watch = node(silent={"blue": "30 minutes", "red": "2 hours"})
    watch.take(readings((10, 1.0)))
    assert moved(watch.tick(START + 300 * MINUTE)) == [(40, 0, 1), (130, 1, 4)]
    assert moved(watch.take(readings((301, 1.0)))) == [(301, 4, 0)]
    assert watch.wake == START + 331 * MINUTE


def test_a_series_that_never_sent_anything_is_silent_from_when_it_was_watched() -> None:
    assert moved(node(silent="30 minutes").tick(START + HOUR * MINUTE)) == [(30, 0, 1)]


def test_an_age_that_must_be_over_a_number_is_seen_a_millisecond_later() -> None:
    watch = node(levels={"blue": "age > 60"})
    watch.take(readings((0, 1.0)))
    assert [at for _, at, *_ in watch.tick(START + 5 * MINUTE)] == [START + MINUTE + 1]


def test_the_highest_level_that_fires_is_the_warnings() -> None:
    watch = node(levels={"blue": "value > 1", "yellow": "value > 2", "red": "value > 4"})
    found = watch.take(readings((0, 1.5), (1, 5.0), (2, 3.0), (3, 0.0)))
    assert moved(found) == [(0, 0, 1), (1, 1, 4), (2, 4, 2), (3, 2, 0)]


def test_a_warning_rises_when_it_has_stood_too_long_and_its_rule_still_holds() -> None:
    watch = node(**HIGH, keep="90 minutes", escalate={"after": "1 hours", "to": "orange"})
    watch.take(readings((0, 6.0)))
    assert moved(watch.tick(START + 90 * MINUTE)) == [(60, 1, 3)]
    assert moved(watch.take(readings((91, 1.0)), START + 200 * MINUTE)) == [(181, 3, 0)]
    watch.take(readings((210, 6.0), (240, 1.0)))
    assert moved(watch.tick(START + 400 * MINUTE)) == [(330, 1, 0)]


def test_a_higher_level_falls_only_after_a_time_but_its_end_waits_for_nothing() -> None:
    watch = node(levels={"blue": "value > 1", "red": "value > 4"}, downgrade={"after": "1 hours"})
    assert moved(watch.take(readings((0, 5.0), (10, 2.0), (40, 5.0), (50, 2.0)))) == [(0, 0, 4)]
    assert moved(watch.tick(START + 200 * MINUTE)) == [(110, 4, 1)]
    found = watch.take(readings((201, 5.0), (202, 0.0)))
    assert moved(found) == [(201, 1, 4), (202, 4, 0)]


def test_each_transition_says_why_and_at_which_value() -> None:
    watch = node(
        levels={"blue": "value > 1", "red": "value > 4"}, escalate={"after": "1 hours", "to": "orange"}
    )
    rows = readings((0, 2.0), (70, 5.0), (71, 3.0), (72, 0.0))
    series, at, value = (np.array([row[n] for row in rows]) for n in range(3))
    known, holds = np.frombuffer(watch.known, KNOWN), np.array([LONG])
    new, _ = measured(known, series, at, value, np.zeros(4, np.int16), holds)
    found = watch.play(Timeline.of(known, new, holds), None).transitions
    assert [(Why(one["why"]), one["value"]) for one in found] == [
        (Why.REACHED, 2.0), (Why.ESCALATED, 2.0), (Why.REACHED, 5.0), (Why.FELL, 3.0), (Why.ENDED, 0.0),
    ]  # fmt: skip


def test_another_series_of_the_thing_is_part_of_the_rule_and_moves_the_watch() -> None:
    one = monitor(levels={"blue": "value > other.rain + 1"})
    watch = Node.of(one, [0], [LONG, 5 * MINUTE], other__rain=[1])
    assert watch.take([(0, START, 3.0)]) == []
    assert watch.take([(1, START + MINUTE, 2.5)]) == []
    assert moved(watch.take([(1, START + 2 * MINUTE, 1.0)])) == [(2, 0, 1)]
    assert watch.tick(START + HOUR * MINUTE) == []
    assert moved(watch.take([(1, START + 70 * MINUTE, 9.0)])) == [(70, 1, 0)]


def test_readings_of_two_series_at_one_instant_are_seen_together() -> None:
    one = monitor(levels={"blue": "value - other.rain > 3"})
    watch = Node.of(one, [0], [LONG, LONG], other__rain=[1])
    both = [(0, START, 10.0), (1, START, 9.0), (0, START + MINUTE, 20.0), (1, START + MINUTE, 19.0)]
    assert watch.take(both) == []


def test_a_thing_without_the_other_series_leaves_the_rule_unknown() -> None:
    watch = Node.of(monitor(levels={"blue": "value > other.rain"}), [0], [LONG], other__rain=[-1])
    assert watch.take(readings((0, 100.0))) == []


def test_a_reading_that_comes_after_its_time_counts_from_when_time_moved_the_watch() -> None:
    watch = node(**HIGH, **{"for": "10 minutes"})
    watch.take(readings((0, 6.0)))
    assert moved(watch.tick(START + 11 * MINUTE)) == [(10, 0, 1)]
    assert moved(watch.take(readings((9, 1.0)))) == [(10, 1, 0)]


def test_a_reading_that_is_older_than_the_newest_changes_nothing() -> None:
    watch = node(**HIGH)
    watch.take(readings((10, 1.0)))
    assert watch.take(readings((5, 6.0))) == []


def test_readings_that_change_nothing_leave_the_bytes_of_the_watches_as_they_were() -> None:
    watch = node(**HIGH, **{"for": "10 minutes"})
    watch.take(readings((0, 6.0), (20, 7.0)))
    before = watch.watches
    watch.take(readings((30, 6.5), (31, 8.0)))
    assert watch.watches == before
    assert len(before) == WATCH.itemsize


def test_a_hundred_thousand_readings_of_one_series_that_say_the_same_take_no_time() -> None:
    watch = node(**HIGH)
    many = readings(*((n, 6.0) for n in range(100_000)))
    began = time.process_time()
    assert moved(watch.take(many)) == [(0, 0, 1)]
    assert time.process_time() - began < 5  # a step for each of them would take many seconds


def test_nothing_happens_where_there_is_nothing() -> None:
    empty = Node.of(monitor(**HIGH), [], [])
    played = empty.play(Timeline.of(np.zeros(0, KNOWN), NO_ROWS, np.zeros(0, np.int64)), START)
    assert len(played.state) == len(played.transitions) == len(played.wake) == 0


def test_every_one_of_ten_thousand_series_that_falls_silent_is_told_within_its_window() -> None:
    chance = np.random.default_rng(10_000)
    count, window, hours = 10_000, 20, 6
    stops = chance.integers(0, hours * HOUR - window - 1, count)
    offset = chance.integers(0, MINUTE, count)
    watch = Node.of(monitor(silent=f"{window} minutes"), range(count), [LONG] * count)
    told: dict[int, int] = {}
    for minute in range(hours * HOUR):
        sending = np.flatnonzero(minute <= stops)
        batch = [(int(one), START + minute * MINUTE + int(offset[one]), 1.0) for one in sending]
        now = START + (minute + 1) * MINUTE
        for who, at, before, after in watch.take(batch, now):
            assert (before, after) == (0, 1) and who not in told and at <= now
            told[who] = at
    expected = START + stops * MINUTE + offset + window * MINUTE
    assert len(told) == count
    assert [told[one] for one in range(count)] == expected.tolist()
