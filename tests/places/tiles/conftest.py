"""A small city on one jittered mesh, and tiles as somebody else's decoder sees them."""

import gzip
from collections.abc import Callable, Mapping

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from numpy.typing import NDArray
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

Decoded = Mapping[int, tuple[dict[str, object], BaseGeometry]]
SIDE, STEP = 14, 0.004  # grids in a row, degrees


@pytest.fixture(scope="session")
def decode() -> Callable[[bytes, str], Decoded]:
    """id -> (properties, geometry in units of the tile, y southward) of a layer; gzipped or not."""

    def decoded(tile: bytes, layer: str) -> Decoded:
        plain = gzip.decompress(tile) if tile[:2] == b"\x1f\x8b" else tile
        layers = mapbox_vector_tile.decode(plain, default_options={"y_coord_down": True})
        features = layers.get(layer, {"features": []})["features"]
        found = {one["id"]: (one["properties"], shape(one["geometry"])) for one in features}
        assert len(found) == len(features)
        return found

    return decoded


@pytest.fixture(scope="session")
def grids() -> dict[str, BaseGeometry]:
    """Octagons that share every corner: two villages of one town, and one of another."""
    chance = np.random.default_rng(5)
    half = np.stack(np.meshgrid(np.arange(2 * SIDE + 1), np.arange(2 * SIDE + 1)), axis=-1)
    mesh = (half / 2 + chance.uniform(-0.12, 0.12, half.shape)) * STEP + (121.5, 29.8)
    return {_code(row, column): _octagon(mesh, row, column) for row in range(SIDE) for column in range(SIDE)}


def _code(row: int, column: int) -> str:
    village = ("330203001001", "330203001002", "330205001001")[min(row // 5, 2)]
    return f"{village}{(row % 5) * SIDE + column + 1:03d}"


def _octagon(mesh: NDArray[np.float64], row: int, column: int) -> BaseGeometry:
    ring = np.array([(0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (1, 2), (0, 2), (0, 1)])
    across, down = (ring + (2 * column, 2 * row)).T
    return shapely.Polygon(mesh[down, across])
