"""Soil campaigns: how many samples, where, and what they show over the years."""

import numpy as np
import pytest
from shapely import Point, Polygon

from gezhi.sensing.soil import grid_points, samples_needed, spacing_for, stratified_points, trend

FIELD = Polygon([(0, 0), (1000, 0), (1000, 400), (500, 400), (500, 1000), (0, 1000)])  # m; 70 ha


def test_the_number_of_samples_goes_with_the_variation() -> None:
    assert samples_needed(0.3, 0.2) == 9  # (1.96 x 0.3 / 0.2)2 = 8.64
    assert samples_needed(0.05, 0.3) == 3
    with pytest.raises(ValueError, match="above 0"):
        samples_needed(0, 0.2)


def test_a_grid_with_the_spacing_for_a_number_has_about_that_number() -> None:
    points = grid_points(FIELD, spacing_for(FIELD.area, 70))
    assert 60 <= len(points) <= 80
    assert all(FIELD.contains(Point(*point)) for point in points)
    near = np.hypot(*(points[:, None] - points).transpose(2, 0, 1))
    assert near[near > 0].min() == pytest.approx(100)


def test_a_shifted_grid_is_repeatable_and_another() -> None:
    one, again, other = (grid_points(FIELD, 100, turn) for turn in (7, 7, 8))
    np.testing.assert_array_equal(one, again)
    assert not np.array_equal(one, other)


def test_every_cell_in_the_ground_gets_its_random_points() -> None:
    points = stratified_points(FIELD, 100, seed=5, each=2)
    assert len(points) == 2 * 70
    assert all(FIELD.contains(Point(*point)) for point in points)
    cells = {(int(x // 100), int(y // 100)) for x, y in points}
    assert len(cells) == 70
    np.testing.assert_array_equal(points, stratified_points(FIELD, 100, seed=5, each=2))


def test_a_ground_that_cannot_be_laid_out_is_refused() -> None:
    with pytest.raises(ValueError, match="at most 20000"):
        grid_points(FIELD, 1)
    with pytest.raises(ValueError, match="crosses itself"):
        grid_points(Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]), 1)
    with pytest.raises(ValueError, match="above 0 m"):
        stratified_points(FIELD, 0, 1)


def test_a_steady_rise_is_a_certain_trend_and_an_outlier_changes_it_little() -> None:
    years = list(range(2010, 2022))
    values = [10 + 0.5 * place for place in range(12)]
    values[6] = 90
    found = trend(years, values)
    assert found is not None
    assert found.is_certain
    assert found.slope == pytest.approx(0.5, abs=0.05)
    assert found.low <= found.slope <= found.high


def test_chance_is_called_a_trend_about_as_often_as_the_test_says() -> None:
    chance = np.random.default_rng(0)
    years = list(range(12))
    told = [trend(years, list(chance.normal(size=12))) for _case in range(400)]
    assert 0.02 < np.mean([one.is_certain for one in told if one]) < 0.08


def test_equal_values_have_no_trend_and_three_years_show_none() -> None:
    level = trend([1, 2, 3, 4, 5], [7.0] * 5)
    assert level is not None
    assert (level.slope, level.p, level.is_certain) == (0, 1, False)
    assert trend([1, 2, 3], [1, 2, 3]) is None
    assert trend([1, 1, 2, 3, 4], [1.0, 1, 2, 3, float("nan")]) is None
    with pytest.raises(ValueError, match="2 years for 3 values"):
        trend([1, 2], [1, 2, 3])
