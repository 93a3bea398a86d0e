"""How far outside proofs lag: what warns, what refuses, and what is no lag at all."""

from datetime import UTC, datetime, timedelta

import pytest

from gezhi.ledger.freshness import (
    TIMESTAMP,
    WITNESS,
    Freshness,
    Limits,
    State,
    freshness,
    refusing,
    waiting_since,
)

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)
LIMITS = Limits(warn=timedelta(minutes=15), refuse=timedelta(minutes=240))


def ago(minutes: int) -> datetime:
    return NOON - timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("minutes", "state"),
    [(0, "fresh"), (14, "fresh"), (15, "late"), (239, "late"), (240, "stale"), (6000, "stale")],
)
def test_an_entry_that_waits_warns_and_then_stops_acts(minutes: int, state: str) -> None:
    found = freshness(TIMESTAMP, [ago(minutes)], 1, LIMITS, NOON)
    assert (found.state, found.minutes) == (State(state), minutes)


def test_where_nobody_is_asked_nothing_lags_and_nothing_is_refused() -> None:
    assert freshness(TIMESTAMP, [], 1, LIMITS, NOON).state is State.OFF


def test_a_quiet_night_is_no_lag() -> None:
    assert freshness(TIMESTAMP, [None], 1, LIMITS, NOON).state is State.FRESH


def test_nothing_is_refused_where_the_limit_is_zero() -> None:
    limits = Limits(timedelta(minutes=15), timedelta(0))
    assert freshness(TIMESTAMP, [ago(9999)], 1, limits, NOON).state is State.LATE


def test_a_clock_that_went_back_is_no_lag() -> None:
    assert freshness(TIMESTAMP, [ago(-600)], 1, LIMITS, NOON).state is State.FRESH


@pytest.mark.parametrize(("needed", "state"), [(1, "fresh"), (2, "late"), (3, "stale"), (9, "stale")])
def test_as_many_witnesses_count_as_are_needed(needed: int, state: str) -> None:
    waiting = [ago(500), None, ago(20)]
    assert freshness(WITNESS, waiting, needed, LIMITS, NOON).state is State(state)


def test_entries_from_before_anybody_was_asked_wait_since_then() -> None:
    assert waiting_since(ago(5), ago(100_000)) == ago(5)
    assert waiting_since(ago(100), ago(3)) == ago(3)
    assert waiting_since(ago(5), None) is None
    assert waiting_since(None, ago(5)) is None


def test_only_what_is_stale_refuses() -> None:
    late, stale = Freshness(TIMESTAMP, State.LATE), Freshness(WITNESS, State.STALE)
    assert refusing([late]) is None
    assert refusing([late, stale]) is stale
