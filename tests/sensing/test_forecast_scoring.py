"""Scores by hand, peers by hand."""

import numpy as np
import pytest

from gezhi.sensing.forecasting.detecting import detection, spells
from gezhi.sensing.forecasting.panel import Panel
from gezhi.sensing.forecasting.peers import climatology, day_before, persistence
from gezhi.sensing.forecasting.scoring import best_cut, coverage, hits_of, reliability, skill

YES, NO = True, False


def test_warnings_are_counted_as_hits_misses_and_false_ones() -> None:
    found = hits_of(np.array([YES, YES, NO, NO, NO]), np.array([YES, NO, YES, NO, NO]))
    assert (found.hits, found.missed, found.false, found.quiet) == (1, 1, 1, 2)
    assert found.csi == pytest.approx(1 / 3)
    assert (found.pod, found.far, found.base_rate) == (0.5, 0.5, 0.4)


def test_where_nothing_came_and_nothing_was_said_there_is_no_csi() -> None:
    assert np.isnan(hits_of(np.array([NO]), np.array([NO])).csi)


def test_the_cut_is_the_probability_with_the_best_csi() -> None:
    chance = np.array([0.9, 0.8, 0.7, 0.6, 0.1])
    assert best_cut(chance, np.array([YES, NO, YES, NO, NO])) == 0.7
    assert best_cut(np.array([0.5, 0.5, 0.1]), np.array([YES, NO, NO])) == 0.5
    with pytest.raises(ValueError, match="Nothing came"):
        best_cut(chance, np.zeros(5, bool))


def test_the_cut_is_never_worse_than_any_other() -> None:
    chance = np.random.default_rng(0)
    for _case in range(50):
        said = chance.random(40).round(1)
        came = chance.random(40) < said
        came[0] = True
        best = hits_of(said >= best_cut(said, came), came).csi
        assert all(hits_of(said >= cut, came).csi <= best + 1e-12 for cut in np.unique(said))


def test_skill_and_coverage_are_shares() -> None:
    assert skill(8, 10) == pytest.approx(0.2)
    assert skill(12, 10) == pytest.approx(-0.2)
    assert coverage(np.array([0.0, 0, 0]), np.array([1.0, 1, 1]), np.array([1.0, 0.5, 2])) == pytest.approx(
        2 / 3
    )


def test_reliability_puts_what_was_said_beside_what_came() -> None:
    [low, high] = reliability(np.array([0.1, 0.15, 0.95]), np.array([NO, YES, YES]))
    assert low == (pytest.approx(0.125), 0.5, 2)
    assert high == (0.95, 1.0, 1)


def test_peers_know_only_what_was_known() -> None:
    values = np.arange(100, dtype=np.float32).reshape(-1, 1)
    assert persistence(values, 6)[50, 0] == 44
    assert day_before(values, 6)[50, 0] == 26
    assert day_before(values, 24)[50, 0] == 26
    assert day_before(values, 25)[50, 0] == 2
    assert np.isnan(persistence(values, 6)[5, 0])


def test_climatology_is_the_mean_of_the_month_and_hour_before_the_test() -> None:
    values = np.zeros((96, 1, 1), np.float32)
    values[3] = 10
    values[27] = 20
    values[75] = 500
    usual = climatology(Panel(0, ("a",), ("pm",), values), "pm", 72)
    assert usual[75, 0] == pytest.approx(10)  # three January nights at 3 o'clock: 10, 20, 0
    assert usual[76, 0] == 0


def test_attacks_are_scored_by_how_soon_and_how_rightly() -> None:
    attacked = np.array([NO, YES, YES, YES, YES, NO, NO, YES, YES, NO])
    alarm = np.array([NO, NO, YES, YES, NO, NO, YES, NO, NO, NO])
    told = detection(alarm, attacked)
    assert (told.attacks, told.found) == (2, 1)
    assert told.soon == pytest.approx(1 - (1 / 4 + 1) / 2)
    assert told.right == pytest.approx((2 / 6 + 3 / 4) / 2)
    assert told.score == pytest.approx((told.soon + told.right) / 2)


def test_perfect_alarms_score_one_and_silence_a_quarter() -> None:
    attacked = np.array([NO, YES, YES, NO])
    assert detection(attacked, attacked).score == 1
    assert detection(np.zeros(4, bool), attacked).score == 0.25
    with pytest.raises(ValueError, match="attacked and clean hours"):
        detection(np.zeros(4, bool), np.zeros(4, bool))


def test_spells_are_runs_of_true() -> None:
    assert spells(np.array([YES, YES, NO, YES])) == [(0, 2), (3, 4)]
    assert spells(np.array([NO])) == []
