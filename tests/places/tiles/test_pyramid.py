"""The whole city in tiles: no gap, no overlap, every level drawn."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
import pytest
import shapely
from shapely.geometry.base import BaseGeometry

from gezhi.lib.codes import CITY, COUNTY, GRID, LEVELS, TOWN, VILLAGE
from gezhi.places.tiles.drawing import EXTENT, FINEST, drawn, on_plane, rounded
from gezhi.places.tiles.outlines import areas_by_level
from gezhi.places.tiles.pyramid import ZOOMS, Tile, layers_told, pyramid

Decode = Callable[[bytes, str], dict[int, tuple[dict[str, object], BaseGeometry]]]
Grids = dict[str, BaseGeometry]
NAMES = {"330200000000": "宁波市", "330203000000": "海曙区", "330203001001": "万安社区"}


@pytest.fixture(scope="module")
def tiles(grids: Grids) -> list[Tile]:
    return list(pyramid(areas_by_level(grids, NAMES)))


def plane_of(grids: Grids) -> np.ndarray:
    return shapely.transform(np.array(list(grids.values()), dtype=object), on_plane)


def moved(tile: Tile, decode: Decode, layer: str) -> dict[int, BaseGeometry]:
    """In the tile itself, in units of its zoom."""
    corner = np.array([tile.column, tile.row]) * EXTENT
    box = shapely.box(*corner, *(corner + EXTENT))
    found = decode(tile.data, layer)
    return {
        number: shapely.transform(shape, lambda points: points + corner).intersection(box)
        for number, (_, shape) in found.items()
    }


@pytest.mark.parametrize("zoom", ZOOMS[GRID])
def test_neighbours_keep_their_common_borders(grids: Grids, zoom: int) -> None:
    assert shapely.coverage_is_valid(rounded(drawn(plane_of(grids), zoom)))


def test_every_point_of_the_city_is_in_exactly_one_grid(
    grids: Grids, tiles: list[Tile], decode: Decode
) -> None:
    found: dict[int, list[BaseGeometry]] = defaultdict(list)
    for tile in tiles:
        if tile.zoom == 14:
            for number, shape in moved(tile, decode, "grid").items():
                found[number].append(shape)
    shapes = np.array([shapely.union_all(parts) for parts in found.values()], dtype=object)
    assert sorted(found) == sorted(int(code) for code in grids)
    outline = shapely.union_all(drawn(plane_of(grids), 14)).buffer(-2)
    points = _points_in(outline, 4000)
    near = shapely.distance(shapely.union_all(shapely.boundary(shapes)), points) <= 1
    hits = np.bincount(shapely.STRtree(shapes).query(points, predicate="within")[0], minlength=len(points))
    assert near.mean() < 0.05
    assert set(hits[~near].tolist()) == {1}


def _points_in(outline: BaseGeometry, count: int) -> np.ndarray:
    chance = np.random.default_rng(3)
    west, north, east, south = outline.bounds
    points = shapely.points(chance.uniform(west, east, count), chance.uniform(north, south, count))
    return points[shapely.contains(outline, points)]


def test_the_finest_zoom_leaves_nothing_out(grids: Grids, tiles: list[Tile], decode: Decode) -> None:
    parts = defaultdict(list)
    for tile in tiles:
        if tile.zoom == FINEST:
            for number, shape in moved(tile, decode, "grid").items():
                parts[number].append(shape)
    exact = shapely.transform(plane_of(grids), lambda points: points * (EXTENT << FINEST))
    for code, shape in zip(grids, exact, strict=True):
        whole = shapely.union_all(parts[int(code)])
        assert shapely.hausdorff_distance(whole.boundary, shape.boundary) < 1.01


def test_levels_above_are_drawn_where_only_grids_have_shapes(tiles: list[Tile], decode: Decode) -> None:
    city, county = (
        decode(_first(tiles, zoom).data, LEVELS[level]) for zoom, level in ((6, CITY), (8, COUNTY))
    )
    assert [one for one, _ in city.values()] == [{"name": "宁波市"}]
    assert {number: told["name"] for number, (told, _) in county.items()} == {
        330203000000: "海曙区", 330205000000: "",
    }  # fmt: skip
    villages = set().union(*(decode(tile.data, "village") for tile in tiles if tile.zoom == 11))
    assert villages == {330203001001, 330203001002, 330205001001}


def _first(tiles: list[Tile], zoom: int) -> Tile:
    return next(tile for tile in tiles if tile.zoom == zoom)


def test_a_place_has_one_label_at_each_zoom(tiles: list[Tile], decode: Decode) -> None:
    labels = [decode(tile.data, "label") for tile in tiles if tile.zoom == 12]
    told = [facts["level"] for found in labels for facts, _ in found.values()]
    assert sorted(told) == [COUNTY] * 2 + [TOWN] * 2 + [VILLAGE] * 3


def test_names_of_grids_come_close_up(tiles: list[Tile], decode: Decode) -> None:
    far, close = (next(iter(decode(_first(tiles, zoom).data, "grid").values()))[0] for zoom in (13, 14))
    assert (far, close) == ({}, {"name": ""})


def test_a_shape_of_its_own_is_kept(grids: Grids) -> None:
    own = shapely.box(121, 29, 122, 30)
    areas = areas_by_level({**grids, "330203000000": own}, NAMES)
    at = areas[COUNTY].codes.index("330203000000")
    assert areas[COUNTY].shapes[at].equals(own)
    assert areas[CITY].codes == ["330200000000"]


def test_overlapping_grids_are_joined_and_drawn_all_the_same() -> None:
    over = {
        f"330203001001{n:03d}": shapely.box(121.5 + n * 0.01, 29.8, 121.515 + n * 0.01, 29.81)
        for n in (1, 2, 3)
    }
    areas = areas_by_level(over, {})
    assert areas[VILLAGE].shapes[0].is_valid
    assert areas[VILLAGE].shapes[0].area == pytest.approx(0.00035)
    assert len(list(pyramid(areas))) > 10


def test_the_layers_are_told(tiles: list[Tile]) -> None:
    assert {str(one["id"]) for one in layers_told()} == {"city", "county", "town", "village", "grid", "label"}
    assert {tile.zoom for tile in tiles} == set(range(6, 16))
