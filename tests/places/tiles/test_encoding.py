"""Our tiles, read by a decoder that we did not write, say what shapely's own clipping says."""

from collections.abc import Callable

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from gezhi.places.tiles.cutting import cut
from gezhi.places.tiles.drawing import EXTENT
from gezhi.places.tiles.encoding import Features, encoded, encoded_points
from gezhi.places.tiles.varints import packed, sizes, unpacked

COLUMN, ROW = 13_700, 6_700  # a tile of zoom 14, so that the plane's numbers are as large as they are
Decode = Callable[[bytes, str], dict[int, tuple[dict[str, object], BaseGeometry]]]
Tiles = dict[tuple[int, int], bytes]
names = st.text(st.characters(codec="utf-8"), max_size=12)


@st.composite
def stars(draw: st.DrawFn) -> BaseGeometry:
    """A polygon around a point, with a hole at times, from less than a unit to several tiles wide."""
    x, y = (draw(st.floats(-3.0 * EXTENT, 3.0 * EXTENT)) for _ in range(2))
    size = draw(st.sampled_from([0.6, 3.0, 40.0, 700.0, 4000.0, 14000.0]))
    reach = draw(st.lists(st.floats(0.35, 1.0), min_size=3, max_size=24))
    turn = np.linspace(0, 2 * np.pi, len(reach), endpoint=False)
    ring = np.column_stack([np.cos(turn), np.sin(turn)]) * np.array(reach)[:, None] * size
    hole = [ring * 0.3 + (x, y)] if draw(st.booleans()) else []
    return shapely.Polygon(ring + (x, y), hole)


@st.composite
def areas(draw: st.DrawFn) -> BaseGeometry:
    """One star, or several apart from each other; always valid."""
    parts = draw(st.lists(stars(), min_size=1, max_size=3))
    whole = shapely.union_all(parts) if len(parts) > 1 else parts[0]
    valid = shapely.make_valid(whole)
    return shapely.multipolygons([part for part in shapely.get_parts(valid) if part.geom_type == "Polygon"])


def tiles_of(shapes: list[BaseGeometry], features: Features) -> Tiles:
    moved = [
        shapely.transform(one, lambda points: points + np.array([COLUMN, ROW]) * EXTENT) for one in shapes
    ]
    pieces = cut(np.array(moved, dtype=object))
    return {(column - COLUMN, row - ROW): layer for column, row, layer in encoded(pieces, features)}


def within_tile(shape: BaseGeometry, column: int, row: int) -> BaseGeometry:
    moved = shapely.transform(shape, lambda points: points - np.array([column, row]) * EXTENT)
    return shapely.intersection(moved, shapely.box(0, 0, EXTENT, EXTENT)).buffer(0)


def lies_in(inner: BaseGeometry, outer: BaseGeometry) -> bool:
    return bool(shapely.difference(inner, outer).area < 0.001)


@settings(max_examples=60)
@given(st.lists(st.tuples(areas(), names), min_size=1, max_size=3))
def test_tiles_hold_what_clipping_gives_to_one_unit(
    decode: Decode, told: list[tuple[BaseGeometry, str]]
) -> None:
    shapes, called = [shape for shape, _ in told], [name for _, name in told]
    ids = np.arange(len(told)) + 330203001001001
    tiles = tiles_of(shapes, Features("grid", ids, called))
    drawn = {at: decode(tile, "grid") for at, tile in tiles.items()}
    for number, shape in enumerate(shapes):
        for column, row in _tiles_met(shape):
            most, least = (within_tile(shape.buffer(unit), column, row) for unit in (1, -1))
            properties, found = drawn.get((column, row), {}).get(int(ids[number]), ({}, shapely.Polygon()))
            assert not properties or properties == {"name": called[number]}
            seen = within_tile(found, 0, 0)
            assert lies_in(seen, most)
            assert lies_in(least, seen)


def _tiles_met(shape: BaseGeometry) -> list[tuple[int, int]]:
    west, north, east, south = (int(side // EXTENT) for side in shape.bounds)
    return [(column, row) for column in range(west, east + 1) for row in range(north, south + 1)]


@settings(max_examples=60)
@given(st.lists(areas(), min_size=1, max_size=3))
def test_rings_are_valid_and_turn_as_the_specification_says(
    decode: Decode, shapes: list[BaseGeometry]
) -> None:
    for tile in tiles_of(shapes, Features("grid", np.arange(len(shapes)) + 1)).values():
        for _, found in decode(tile, "grid").values():
            assert found.is_valid
            for part in shapely.get_parts(found):
                assert part.exterior.is_ccw  # with y southward: clockwise on the map
                assert not any(hole.is_ccw for hole in part.interiors)


def test_a_shape_that_hangs_over_a_little_is_not_clipped(decode: Decode) -> None:
    shape = shapely.box(EXTENT - 50, 100, EXTENT + 1000, 300)
    tiles = tiles_of([shape], Features("grid", np.array([7])))
    assert sorted(tiles) == [(0, 0), (1, 0)]
    assert decode(tiles[0, 0], "grid")[7][1].equals(shape)


def test_points_are_in_one_tile_with_name_and_level(decode: Decode) -> None:
    points = np.array([[10, 20], [EXTENT + 5, 30], [11, 21]]) + np.array([COLUMN, ROW]) * EXTENT
    features = Features("label", np.array([1, 2, 3]), ["海曙区", "江北区", "海曙区"], [2, 2, 4])
    tiles = {column - COLUMN: decode(layer, "label") for column, _, layer in encoded_points(points, features)}
    assert {at: list(found) for at, found in tiles.items()} == {0: [1, 3], 1: [2]}
    assert tiles[0][3][0] == {"name": "海曙区", "level": 4}
    assert tiles[1][2][1].equals(shapely.Point(5, 30))


def test_the_largest_code_travels_whole(decode: Decode) -> None:
    tiles = tiles_of([shapely.box(0, 0, 9, 9)], Features("grid", np.array([8299999999999999])))
    assert list(decode(tiles[0, 0], "grid")) == [8299999999999999]


@given(st.lists(st.integers(0, 2**53), min_size=1))
def test_varints_are_read_back(numbers: list[int]) -> None:
    data, size = packed(np.array(numbers))
    assert unpacked(data.tobytes()).tolist() == numbers
    assert size.tolist() == sizes(np.array(numbers)).tolist()


@pytest.mark.parametrize("number", [127, 128, 16383, 16384, 2**53 - 1])
def test_a_varint_has_seven_bits_a_byte(number: int) -> None:
    assert packed(np.array([number]))[0].tobytes()[-1] < 0x80
    assert len(packed(np.array([number]))[0]) == -(-number.bit_length() // 7)
