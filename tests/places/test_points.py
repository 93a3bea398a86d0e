"""A CSV of points gets its place codes."""

import numpy as np
import pytest
import shapely

from gezhi.places.coordinates import wgs84_to_bd09
from gezhi.places.locate import Locator
from gezhi.places.points import PointsRefused, locate_rows


@pytest.fixture
def locator() -> Locator:
    return Locator.of(["330203001001001"], [5], np.array([shapely.box(121.5, 29.8, 121.6, 29.9)]))


def test_other_columns_stay_and_the_code_is_appended(locator: Locator) -> None:
    rows = [["id", "Lat", " LON"], ["7", "29.85", "121.55"], ["8", "29.85", "121.75"]]
    batches = list(locate_rows(locator, rows, "wgs84", 1))
    assert [row for batch in batches for row in batch.rows] == [
        ["id", "Lat", " LON", "place_code"],
        ["7", "29.85", "121.55", "330203001001001"],
        ["8", "29.85", "121.75", ""],
    ]
    assert [batch.done for batch in batches] == [0, 1, 2]


def test_bad_rows_are_named_by_line_and_keep_their_place(locator: Locator) -> None:
    rows = [
        ["lon", "lat"],
        ["121.55", "29.85"],
        ["x", "29.85"],
        ["29.85", "121.55"],
        ["121.55"],
        ["1e999", "1"],
    ]
    batch = list(locate_rows(locator, rows, "wgs84", 10))[1]
    assert [row[-1] for row in batch.rows] == ["330203001001001", "", "", "", ""]
    assert [(line, words.split()[0:4]) for line, words in batch.bad][1] == (4, ["lon", "and", "lat", "look"])
    assert [line for line, _ in batch.bad] == [3, 4, 5, 6]


def test_other_coordinate_systems_are_converted(locator: Locator) -> None:
    lon, lat = (str(float(v)) for v in wgs84_to_bd09(121.5001, 29.8001))
    found = list(locate_rows(locator, [["lon", "lat"], [lon, lat]], "bd09", 10))
    assert found[1].rows[0][-1] == "330203001001001"


def test_a_file_without_the_columns_is_refused_with_what_it_has(locator: Locator) -> None:
    with pytest.raises(PointsRefused, match="it has x, y"):
        list(locate_rows(locator, [["x", "y"]], "wgs84", 10))
    with pytest.raises(PointsRefused, match="it has none"):
        list(locate_rows(locator, [], "wgs84", 10))
