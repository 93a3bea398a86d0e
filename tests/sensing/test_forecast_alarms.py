"""What cannot be is noticed: a network of tanks and pumps, one of whose sensors begins to lie."""

import numpy as np
import pytest
from numpy.typing import NDArray

from gezhi.sensing.forecasting.alarming import Rule, alarms, chosen, cusum, held, settled
from gezhi.sensing.forecasting.detecting import detection
from gezhi.sensing.forecasting.expecting import Network, learn

NAMES = ("level", "inflow", "outflow", "pump")
RULE = Rule(1.5, 9.0, 1.5, 6)


def tanks(hours: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    chance = np.random.default_rng(seed)
    clock = np.arange(hours) % 24
    outflow = 10 + 4 * np.sin(2 * np.pi * clock / 24) + chance.normal(0, 0.2, hours)
    level, pump = np.full(hours, 4.0), np.zeros(hours)
    for hour in range(1, hours):
        runs = level[hour - 1] < 3 or (pump[hour - 1] == 1 and level[hour - 1] < 6)
        pump[hour] = float(runs)
        level[hour] = level[hour - 1] + (18 * pump[hour] - outflow[hour]) / 20
    inflow = 18 * pump + chance.normal(0, 0.2, hours)
    return np.column_stack((level + chance.normal(0, 0.02, hours), inflow, outflow, pump)), clock


@pytest.fixture(scope="module")
def network() -> Network:
    made, _surprises = learn(NAMES, *tanks(1_200, 0), np.ones(1_200, bool), rounds=25)
    return made


def test_a_switch_is_looked_at_and_not_expected(network: Network) -> None:
    assert network.called() == ("level", "inflow", "outflow", "pump")
    values, clock = tanks(100, 1)
    assert not network.surprises(values, clock)[:, 3].any()
    values[50, 3] = 2
    assert np.flatnonzero(network.surprises(values, clock)[:, 3]).tolist() == [50]


def test_a_sensor_that_stands_still_is_noticed_and_named(network: Network) -> None:
    values, clock = tanks(400, 1)
    values[200:260, 0] = values[199, 0]
    told = alarms(network.surprises(values, clock), RULE)
    assert not told.on[20:200].any()
    begun = int(np.flatnonzero(told.on[200:260])[0]) + 200
    assert begun < 215
    assert told.reasons(begun, network.called())[0] == "level"


def test_hours_that_are_not_clean_are_not_learned_from() -> None:
    values, clock = tanks(900, 6)
    clean = np.ones(900, bool)
    clean[400:460] = False
    values[~clean, 1] = 99
    _made, surprises = learn(NAMES, values, clock, clean, rounds=20)
    assert (np.abs(surprises[400:460, 1]) > 3).all()
    assert (np.abs(surprises[clean, 1]) > 3).mean() < 0.02


def test_a_clean_past_raises_little(network: Network) -> None:
    values, clock = tanks(1_000, 2)
    assert alarms(network.surprises(values, clock), RULE).on.mean() < 0.02


def test_what_has_become_usual_surprises_no_more() -> None:
    surprises = np.random.default_rng(0).normal(0, 1, (1_000, 2))
    surprises[:, 1] += 5
    after = settled(surprises)
    assert abs(np.median(after[400:, 1])) < 0.5
    np.testing.assert_array_equal(after[:336], surprises[:336])


def test_settling_looks_at_the_past_only() -> None:
    surprises = np.random.default_rng(0).normal(0, 1, (1_000, 2))
    later = surprises.copy()
    later[700:] += 100
    np.testing.assert_array_equal(settled(surprises)[:700], settled(later)[:700])


def test_a_sum_grows_with_surprise_falls_without_and_has_a_roof() -> None:
    assert cusum(np.array([[3.0], [3], [0], [9]]), 1.0, 6.0)[:, 0].tolist() == [2, 4, 3, 6]


def test_an_alarm_is_held_for_its_hours() -> None:
    assert held(np.array([False, True, False, False, False]), 2).tolist() == [False, True, True, True, False]
    assert held(np.array([False, False]), 5).tolist() == [False, False]


def test_the_rule_that_is_chosen_is_the_best_of_those_given(network: Network) -> None:
    values, clock = tanks(600, 5)
    values[300:360, 2] += 3
    attacked = np.zeros(600, bool)
    attacked[300:360] = True
    surprises = network.surprises(values, clock)
    best = chosen(surprises, attacked)
    score = detection(alarms(surprises, best).on, attacked).score
    assert score > 0.95
    assert score >= detection(alarms(surprises, RULE).on, attacked).score


def test_too_little_past_or_too_few_sensors_are_refused() -> None:
    values, clock = tanks(600, 0)
    with pytest.raises(ValueError, match="at least 500"):
        learn(NAMES, values, clock, np.arange(600) < 300)
    with pytest.raises(ValueError, match="two sensors"):
        learn(("a", "b"), np.column_stack((values[:, 0], values[:, 3])), clock, np.ones(600, bool))
