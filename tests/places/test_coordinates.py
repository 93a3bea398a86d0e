"""Conversion between WGS-84, GCJ-02 and BD-09, and what is no position."""

import numpy as np
import pytest

from gezhi.places.coordinates import (
    CHINA,
    Extent,
    Trouble,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    looks_swapped,
    to_wgs84,
    troubles,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)  # fmt: skip


def points(count: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    chance = np.random.default_rng(1)
    return chance.uniform(CHINA.west, CHINA.east, count), chance.uniform(CHINA.south, CHINA.north, count)


def test_published_pairs_are_met() -> None:
    assert np.allclose(wgs84_to_gcj02(116.404, 39.915), (116.41024449916938, 39.91640428150164), atol=1e-9)
    assert np.allclose(gcj02_to_bd09(116.404, 39.915), (116.41036949371029, 39.92133699351021), atol=1e-9)


@pytest.mark.parametrize(
    ("there", "back"), [(wgs84_to_gcj02, gcj02_to_wgs84), (wgs84_to_bd09, bd09_to_wgs84)]
)
def test_there_and_back_is_the_same_point(there, back) -> None:  # type: ignore[no-untyped-def]
    lon, lat = points()
    again = back(*there(lon, lat))
    assert np.abs(again[0] - lon).max() < 1e-9
    assert np.abs(again[1] - lat).max() < 1e-9


def test_the_offset_is_hundreds_of_metres_in_china_and_nothing_elsewhere() -> None:
    lon, lat = points()
    moved = np.hypot(*(np.array(wgs84_to_gcj02(lon, lat)) - (lon, lat)))
    assert (moved > 0.0005).mean() > 0.99
    assert moved.max() < 0.02
    assert wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)
    assert bd09_to_wgs84(-71.06, 42.36) == (-71.06, 42.36)


def test_not_a_number_stays_not_a_number() -> None:
    assert np.isnan(to_wgs84(np.array([np.nan]), np.array([30.0]), "bd09")[0][0])


def test_an_unknown_system_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="wgs84, gcj02, bd09"):
        to_wgs84(120.0, 30.0, "cgcs54")


def test_swapped_axes_are_noticed() -> None:
    assert looks_swapped(29.87, 121.55)
    assert not looks_swapped(121.55, 29.87)


def test_each_trouble_has_its_name() -> None:
    lon = np.array([121.55, np.nan, np.inf, 29.87, 500.0, -71.06])
    lat = np.array([29.87, 29.87, 29.87, 121.55, 10.0, 42.36])
    ningbo = Extent(120.8, 28.8, 122.4, 30.6)
    assert [Trouble(k).name for k in troubles(lon, lat, ningbo)] == [
        "NONE", "NOT_FINITE", "NOT_FINITE", "AXES_SWAPPED", "OUT_OF_RANGE", "OUTSIDE_EXTENT",
    ]  # fmt: skip
    assert troubles(lon, lat)[-1] == Trouble.NONE


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("system", ["gcj02", "bd09"])
def test_numbers_far_off_the_earth_come_back_as_they_are(system: str) -> None:
    lon, lat = to_wgs84([1e308, -1e308, 121.5], [1e308, 5.0, 29.8], system)
    assert (lon[:2] == [1e308, -1e308]).all()
    assert (lat[:2] == [1e308, 5.0]).all()
    assert abs(lon[2] - 121.5) < 0.02
