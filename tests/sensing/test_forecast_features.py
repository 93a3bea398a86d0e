"""What a forecast looks at: the past and the clock, nothing else."""

import numpy as np
import pytest

from gezhi.sensing.forecasting.features import (
    MEMORY,
    Plan,
    features,
    ground_of,
    present,
    rolling,
    rolling_mean,
)
from gezhi.sensing.forecasting.panel import Panel, gathered

PLAN = Plan("pm", ("wind",), beside=2)


def panel(hours: int = 400, series: int = 4, seed: int = 1) -> Panel:
    chance = np.random.default_rng(seed)
    values = chance.gamma(2, 30, (hours, series, 2)).astype(np.float32)
    values[chance.random(values.shape) < 0.05] = np.nan
    return Panel(400_000, tuple("abcdefgh"[:series]), ("pm", "wind"), values)


def changed_after(given: Panel, hour: int, by: float) -> Panel:
    values = given.values.copy()
    values[hour + 1 :] = values[hour + 1 :] * 3 + by
    return Panel(given.start, given.series, given.variables, values)


@pytest.mark.parametrize("later", [1e6, -5.0, np.nan, -1e30])
def test_what_comes_later_changes_no_feature(later: float) -> None:
    given = panel()
    ground = ground_of(given, PLAN)
    for hour in (0, 1, 25, 200, 398):
        rows = np.array([hour])
        names, before = features(given, PLAN, ground, rows)
        _names, after = features(changed_after(given, hour, later), PLAN, ground, rows)
        assert before.shape == (1, 4, len(names))
        np.testing.assert_array_equal(before, after)


def test_each_feature_but_the_clocks_depends_on_something_that_was_read() -> None:
    given = panel()
    ground = ground_of(given, PLAN)
    rows = np.array([399])
    names, before = features(given, PLAN, ground, rows)
    other = Panel(given.start, given.series, given.variables, given.values[::-1] + 7)
    _names, after = features(other, PLAN, ground, rows)
    same = {
        name
        for place, name in enumerate(names)
        if np.array_equal(before[..., place], after[..., place], True)
    }
    assert same == {"hour", "weekday", "season, sine", "season, cosine", "usual mean", "usual ninth decile"}


def test_the_last_days_are_enough_for_the_same_features() -> None:
    given = panel()
    ground = ground_of(given, PLAN)
    _names, whole = features(given, PLAN, ground, np.array([399]))
    _names, recent = features(given.cut(400 - MEMORY, 400), PLAN, ground, np.array([MEMORY - 1]))
    np.testing.assert_allclose(whole, recent, rtol=1e-5)


def test_the_hour_and_the_weekday_are_those_of_the_places_clock() -> None:
    monday_three = Panel(4 * 24, ("a",), ("pm",), np.ones((4, 1, 1), np.float32))  # 1970-01-05 was a Monday
    names, rows = features(monday_three, Plan("pm"), ground_of(monday_three, Plan("pm")), np.array([3]))
    column = dict(zip(names, rows[0, 0], strict=True))
    assert (column["hour"], column["weekday"]) == (3, 0)


def test_a_short_gap_is_bridged_and_a_long_one_is_not() -> None:
    values = np.array([5, np.nan, np.nan, np.nan, np.nan], np.float32).reshape(-1, 1, 1)
    now = present(Panel(0, ("a",), ("pm",), values), "pm")[:, 0]
    assert now[:4].tolist() == [5, 5, 5, 5]
    assert np.isnan(now[4])


def test_rolling_figures_are_those_of_the_window() -> None:
    values = panel().of("pm")
    for hours in (3, 6, 24):
        window = values[200 - hours + 1 : 201]
        np.testing.assert_allclose(rolling_mean(values, hours)[200], np.nanmean(window, axis=0), rtol=1e-5)
        np.testing.assert_array_equal(rolling(values, hours, np.fmax)[200], np.nanmax(window, axis=0))
        np.testing.assert_array_equal(rolling(values, hours, np.fmin)[200], np.nanmin(window, axis=0))


def test_the_neighbours_that_are_looked_at_are_the_most_alike() -> None:
    chance = np.random.default_rng(0)
    one, other = chance.normal(size=(2, 500))
    values = np.column_stack((one, other, one + 0.1 * chance.normal(size=500)))[:, :, None].astype(np.float32)
    ground = ground_of(Panel(0, ("a", "b", "c"), ("pm",), values), Plan("pm", beside=1))
    assert ground.near[0].tolist() == [2]
    assert ground.near[2].tolist() == [0]


def test_readings_in_any_order_make_an_hourly_panel_of_means() -> None:
    made = gathered(
        ("a", "b"),
        ("pm",),
        np.array([12, 10, 10, 11]),
        np.array([1, 0, 0, 0]),
        np.array([0, 0, 0, 0]),
        np.array([8, 1, 3, np.nan], np.float32),
    )
    assert made.start == 10
    np.testing.assert_array_equal(made.of("pm"), [[2, np.nan], [np.nan, np.nan], [np.nan, 8]])


def test_a_clock_that_is_far_off_makes_no_endless_panel() -> None:
    with pytest.raises(ValueError, match="is a clock wrong"):
        gathered(
            tuple(map(str, range(1000))),
            ("pm",),
            np.array([0, 10**6]),
            np.array([0, 1]),
            np.array([0, 0]),
            np.array([1, 1], np.float32),
        )


def test_a_panel_whose_names_do_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="ask for"):
        Panel(0, ("a",), ("pm",), np.zeros((3, 2, 1), np.float32))
    with pytest.raises(ValueError, match="stands twice"):
        Panel(0, ("a", "a"), ("pm",), np.zeros((3, 2, 1), np.float32))
    with pytest.raises(ValueError, match=r"'so2' is not in the panel\. It has: pm, wind"):
        panel().of("so2")
