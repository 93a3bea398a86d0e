"""The middle and the box of places, also of those that have no shape of their own."""

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from gezhi.lib.codes import COUNTY, GRID
from gezhi.places import raster
from gezhi.places.whereabouts import Whereabouts

COUNTY_CODE, VILLAGE_CODE = "330203000000", "330203001001"
WEST, EAST, RING = f"{VILLAGE_CODE}001", f"{VILLAGE_CODE}002", f"{VILLAGE_CODE}003"
SHAPES: dict[str, BaseGeometry] = {
    COUNTY_CODE: shapely.box(121.0, 29.0, 122.0, 30.0),
    WEST: shapely.box(121.5, 29.5, 121.6, 29.6),
    EAST: shapely.box(121.6, 29.5, 121.7, 29.6),
    RING: shapely.box(121.7, 29.5, 121.9, 29.7).difference(shapely.box(121.72, 29.52, 121.88, 29.68)),
}


@pytest.fixture(scope="module")
def known() -> Whereabouts:
    shapes = np.array(list(SHAPES.values()), dtype=object)
    return Whereabouts(raster.build(list(SHAPES), [COUNTY, GRID, GRID, GRID], shapes))


def test_a_centre_lies_inside_also_where_the_middle_is_a_hole(known: Whereabouts) -> None:
    found = known.centres(SHAPES)
    assert all(SHAPES[code].contains(shapely.Point(found[code])) for code in SHAPES)
    assert found[WEST] == pytest.approx((121.55, 29.55))


def test_a_village_without_a_shape_is_where_its_grids_are(known: Whereabouts) -> None:
    assert known.centres([VILLAGE_CODE])[VILLAGE_CODE] in known.centres([WEST, EAST, RING]).values()
    assert known.bounds_of(VILLAGE_CODE) == pytest.approx((121.5, 29.5, 121.9, 29.7))
    assert known.bounds_of(COUNTY_CODE) == pytest.approx((121.0, 29.0, 122.0, 30.0))


def test_places_that_nothing_draws_are_left_out(known: Whereabouts) -> None:
    assert known.centres(["330205000000", "330203001001009"]) == {}
    assert known.bounds_of("330205000000") is None


def test_the_grids_of_a_box_come_by_code_and_no_more_than_asked(known: Whereabouts) -> None:
    assert known.grids_in_box(121.55, 29.52, 121.65, 29.58, 10) == [WEST, EAST]
    assert known.grids_in_box(121.55, 29.52, 121.65, 29.58, 1) == [WEST]
    assert known.grids_in_box(120.0, 29.0, 120.5, 29.5, 10) == []
