"""Forecasters made of a small artificial past: what they say, how they are kept, what they refuse."""

from dataclasses import replace

import numpy as np
import pytest

from gezhi.sensing.forecasting.backtesting import backtest, with_skill
from gezhi.sensing.forecasting.features import MEMORY, Plan, common, features, ground_of
from gezhi.sensing.forecasting.keeping import digest, packed, unpacked
from gezhi.sensing.forecasting.model import Forecaster
from gezhi.sensing.forecasting.panel import Panel
from gezhi.sensing.forecasting.training import APART, Effort, parts, train
from gezhi.sensing.forecasting.trees import Trees

PLAN = Plan("level", ("rain",), beside=1)
QUICK = Effort(
    rounds=30, tail_rounds=20, onset_rounds=20, several=1, leaves=15, rate=0.15, leaf_rows=20, held_back=600
)
SERIES = ("upper", "lower", "pond")
KNOWN = 2_000


def waters(hours: int = 2_600, seed: int = 3) -> Panel:
    """Levels rise two hours after rain and fall slowly; `lower` follows `upper` by three hours."""
    chance = np.random.default_rng(seed)
    rain = np.where(chance.random(hours) < 0.04, chance.gamma(2, 8, hours), 0)
    level = np.zeros((hours, 3))
    for hour in range(3, hours):
        level[hour, 0] = 0.93 * level[hour - 1, 0] + rain[hour - 2]
        level[hour, 1] = 0.9 * level[hour - 1, 1] + 0.1 * level[hour - 3, 0]
        level[hour, 2] = 0.95 * level[hour - 1, 2] + 0.8 * rain[hour - 2]
    level += 20 + chance.normal(0, 0.5, level.shape)
    values = np.stack((level, np.broadcast_to(rain[:, None], level.shape)), axis=2).astype(np.float32)
    values[chance.random(values.shape) < 0.01] = np.nan
    return Panel(420_000, SERIES, ("level", "rain"), values)


@pytest.fixture(scope="module")
def made() -> Forecaster:
    return train(waters().cut(0, KNOWN), PLAN, (1, 3), 33.0, "2026-01-01", QUICK)


def test_a_forecaster_beats_persistence_and_says_so_of_itself(made: Forecaster) -> None:
    skills = backtest(made, waters(), KNOWN, 2_600)
    assert [one.hours for one in skills] == [1, 3]
    for one in skills:
        assert one.over("persistence") > 0.1
        assert 0.8 < one.inside < 0.97
        assert one.is_useful
        assert one.onset.csi > one.always.csi
        assert {name for name, _ours, _peer in one.by_series} == set(SERIES)
    assert with_skill(made, skills).skill["+3 h MAE"] == skills[1].error


def test_what_is_said_now_is_what_a_test_over_the_past_says(made: Forecaster) -> None:
    panel = waters().cut(0, 2_400)
    told = made.now(panel)
    again = made.at(panel, np.array([100, 2_399]))
    for one, other in zip(told, again, strict=True):
        np.testing.assert_allclose(one.middle[0], other.middle[1], rtol=1e-6)
        np.testing.assert_array_equal(one.warns[0], other.warns[1])


def test_the_interval_holds_the_middle_and_nothing_is_below_zero(made: Forecaster) -> None:
    for one in made.at(waters(), np.arange(MEMORY, 2_500)):
        assert np.nanmin(one.low) >= 0
        assert (one.low <= one.middle)[np.isfinite(one.middle)].all()
        assert (one.middle <= one.high)[np.isfinite(one.middle)].all()


def test_onset_is_only_told_of_a_series_that_is_not_over_the_threshold_yet(made: Forecaster) -> None:
    panel = waters()
    panel.values[2_399, 0, 0] = 80
    told = made.now(panel.cut(0, 2_400))[0]
    assert np.isnan(told.chance[0, 0])
    assert not told.warns[0, 0]
    assert 0 <= told.chance[0, 2] <= 1


def test_a_series_that_has_long_been_silent_gets_no_forecast(made: Forecaster) -> None:
    panel = waters()
    panel.values[2_380:2_400, 1, 0] = np.nan
    told = made.now(panel.cut(0, 2_400))[0]
    assert np.isnan(told.middle[0, 1])
    assert np.isnan(told.low[0, 1])
    assert not told.warns[0, 1]
    assert np.isfinite(told.middle[0, [0, 2]]).all()


def test_the_past_that_was_learned_from_is_no_test(made: Forecaster) -> None:
    with pytest.raises(ValueError, match="that is no test"):
        backtest(made, waters(), KNOWN - 1, 2_600)


def test_learning_looks_at_nothing_after_its_last_hour(made: Forecaster) -> None:
    other = waters()
    other.values[KNOWN:] = 99
    again = train(other.cut(0, KNOWN), PLAN, (1, 3), 33.0, "2026-01-01", QUICK)
    assert packed(again) == packed(made)


def test_other_series_than_those_learned_are_refused(made: Forecaster) -> None:
    panel = waters()
    strange = Panel(panel.start, ("upper", "lower", "lake"), panel.variables, panel.values)
    with pytest.raises(ValueError, match="was made for upper, lower, pond"):
        made.now(strange)


def test_a_forecaster_made_before_there_were_more_columns_still_speaks(made: Forecaster) -> None:
    shared = common(made.columns)
    older = replace(
        made, columns=made.columns[:shared], aheads=tuple(replace(one, onset=None) for one in made.aheads)
    )
    assert shared < len(made.columns)
    for one, other in zip(older.now(waters()), made.now(waters()), strict=True):
        np.testing.assert_array_equal(one.middle, other.middle)


def test_a_forecaster_made_for_columns_that_are_no_more_is_refused(made: Forecaster) -> None:
    with pytest.raises(ValueError, match="make it again"):
        replace(made, columns=("moon", *made.columns[1:])).now(waters())


def test_every_part_of_the_past_has_its_say_in_the_cut_and_none_is_told_by_itself() -> None:
    at = np.repeat(np.arange(MEMORY, KNOWN), 3)
    found = list(parts(at, 24))
    np.testing.assert_array_equal(sum(part.astype(int) for part, _others in found), np.ones(len(at)))
    for part, others in found:
        assert others.any()
        assert np.abs(at[part][:, None] - at[others][None, ::3]).min() > APART + 24


def test_a_past_that_is_too_short_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 2000 are needed"):
        train(waters().cut(0, 500), PLAN, (1,), 33.0, "2026-01-01", QUICK)


def test_a_series_of_which_nothing_was_read_is_named() -> None:
    panel = waters().cut(0, KNOWN)
    values = panel.values.copy()
    values[:, 1, 0] = np.nan
    with pytest.raises(ValueError, match="Nothing was read of level at lower"):
        train(Panel(panel.start, SERIES, panel.variables, values), PLAN, (1,), 33.0, "2026-01-01", QUICK)


def test_without_enough_onsets_no_onset_is_warned_of() -> None:
    calm = train(waters().cut(0, KNOWN), PLAN, (1,), 10_000.0, "2026-01-01", QUICK)
    assert calm.aheads[0].onset is None
    assert not calm.now(waters())[0].warns.any()


def test_a_kept_forecaster_says_the_same_and_its_bytes_are_the_same(made: Forecaster) -> None:
    content = packed(made)
    back = unpacked(content, digest(content))
    assert replace(back, aheads=(), ground=made.ground) == replace(made, aheads=())
    for one, other in zip(back.now(waters()), made.now(waters()), strict=True):
        np.testing.assert_array_equal(one.middle, other.middle)
        np.testing.assert_array_equal(one.chance, other.chance)
    assert packed(back) == content


def test_a_file_that_was_changed_is_refused(made: Forecaster) -> None:
    content = packed(made)
    changed = content[:-40] + bytes([content[-40] ^ 1]) + content[-39:]
    with pytest.raises(ValueError, match="is not the forecaster"):
        unpacked(changed, digest(content))


@pytest.mark.parametrize("content", [b"", b"PK\x05\x06" + bytes(18), b"no archive at all"])
def test_a_file_that_is_no_forecaster_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="The file is no"):
        unpacked(content, digest(content))


def test_our_reading_of_the_trees_is_that_of_the_library_that_made_them() -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor

    panel = waters()
    _names, rows = features(panel, PLAN, ground_of(panel, PLAN), np.arange(200, 1_200))
    flat = rows.reshape(-1, rows.shape[2])
    learned = HistGradientBoostingRegressor(max_iter=25, early_stopping=False)
    learned.fit(flat, np.nan_to_num(flat[:, 0]) ** 1.5)
    np.testing.assert_allclose(Trees.of(learned).raw(flat), learned.predict(flat), rtol=1e-5, atol=1e-4)


def test_trees_that_lead_nowhere_are_refused(made: Forecaster) -> None:
    trees = made.aheads[0].middle
    with pytest.raises(ValueError, match="'low' names a node that is not there"):
        replace(trees, low=trees.low + 10**6)
    with pytest.raises(ValueError, match="not finite"):
        replace(trees, value=np.full_like(trees.value, np.nan))
    with pytest.raises(ValueError, match="rows have 2"):
        trees.raw(np.zeros((1, 2), np.float32))
