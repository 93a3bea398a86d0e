"""A small part of `python -m tests.sensing.skill`: recorded series are read and forecast better than by peers."""

import numpy as np
import pytest

from gezhi.sensing.forecasting.backtesting import backtest
from gezhi.sensing.forecasting.panel import Panel
from gezhi.sensing.forecasting.training import Effort, train
from tests.sensing.recorded import Absent, batadal, beijing, hour_of
from tests.sensing.skill import LIMIT, plan

SMALL = Effort(
    rounds=40, tail_rounds=25, onset_rounds=30, several=1, rate=0.15, held_back=180 * 24, rows_at_most=15_000
)


@pytest.fixture(scope="module")
def recorded() -> Panel:
    try:
        return beijing()
    except Absent as absent:
        pytest.skip(str(absent))


def test_the_recorded_air_is_read_with_its_gaps(recorded: Panel) -> None:
    assert recorded.values.shape == (35_064, 6, 14)
    assert 0.01 < np.isnan(recorded.of("PM2.5")).mean() < 0.03
    assert recorded.start == hour_of(2013, 3, 1)


def test_a_little_learning_forecasts_recorded_air_better_than_persistence(recorded: Panel) -> None:
    begin = hour_of(2014, 9, 1) - recorded.start
    test = hour_of(2016, 3, 1) - recorded.start
    made = train(recorded.cut(begin, test), plan(), (6,), LIMIT, "2016-03-01", SMALL)
    part = recorded.cut(begin, test + 60 * 24)
    [found] = backtest(made, part, test - begin, part.hours)
    assert found.over("persistence") > 0.08
    assert found.onset.csi > found.always.csi
    assert found.onset.csi > found.by_forecast.csi
    assert 0.8 < found.inside < 0.97


def test_the_recorded_attacks_are_seven_and_seven() -> None:
    from gezhi.sensing.forecasting.detecting import spells

    try:
        known, test = batadal("known"), batadal("test")
    except Absent as absent:
        pytest.skip(str(absent))
    assert [len(spells(one[3])) for one in (known, test)] == [7, 7]
    assert (known[2].shape, test[2].shape) == ((4_177, 43), (2_089, 43))
