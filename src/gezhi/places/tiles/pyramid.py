"""All tiles of a city: which level is drawn at which zoom, and each tile's layers in one."""

import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import shapely

from gezhi.lib.codes import CITY, COUNTY, GRID, LEVELS, TOWN, VILLAGE
from gezhi.places.raster import Int64, Shapes, middles
from gezhi.places.tiles.cutting import cut
from gezhi.places.tiles.drawing import EXTENT, FINEST, drawn, on_plane
from gezhi.places.tiles.encoding import Features, encoded, encoded_points
from gezhi.places.tiles.outlines import Areas

COARSEST: Final = 6
ZOOMS: Final = {
    CITY: range(6, 11),
    COUNTY: range(6, 16),
    TOWN: range(9, 16),
    VILLAGE: range(11, 16),
    GRID: range(12, 16),
}
NAMED_FROM: Final = 14  # grids: further out their names make half of a tile
LABELS: Final = "label"
_EFFORT: Final = 6  # of gzip; 9 takes twice the time for 1 % less


@dataclass(frozen=True)
class Tile:
    """`data`: gzipped."""

    zoom: int
    column: int
    row: int
    data: bytes


@dataclass(frozen=True)
class _Level:
    """The places of a level on the plane."""

    level: int
    ids: Int64
    names: list[str]
    shapes: Shapes
    middles: Int64  # n x 2, in units of the finest zoom


def pyramid(areas: Mapping[int, Areas]) -> Iterator[Tile]:
    """Zoom by zoom. Empty tiles are left out."""
    levels = [_on_plane(level, areas[level]) for level in ZOOMS if areas[level].codes]
    for zoom in range(COARSEST, FINEST + 1):
        layers: dict[tuple[int, int], list[bytes]] = defaultdict(list)
        for column, row, layer in _layers([one for one in levels if zoom in ZOOMS[one.level]], zoom):
            layers[column, row].append(layer)
        for (column, row), parts in layers.items():
            yield Tile(zoom, column, row, zlib.compress(b"".join(parts), _EFFORT, wbits=31))


def layers_told() -> list[dict[str, object]]:
    """The layers as TileJSON describes them."""
    told: list[dict[str, object]] = [
        {"id": LEVELS[level], "minzoom": zooms[0], "maxzoom": zooms[-1], "fields": {"name": "String"}}
        for level, zooms in ZOOMS.items()
    ]
    fields = {"name": "String", "level": "Number"}
    return [*told, {"id": LABELS, "minzoom": COARSEST, "maxzoom": FINEST, "fields": fields}]


def _on_plane(level: int, areas: Areas) -> _Level:
    ids = np.array([int(code) for code in areas.codes], dtype=np.int64)
    spots = np.rint(on_plane(middles(areas.shapes)) * (EXTENT << FINEST)).astype(np.int64)
    return _Level(level, ids, areas.names, shapely.transform(areas.shapes, on_plane), spots)


def _layers(levels: Sequence[_Level], zoom: int) -> Iterator[tuple[int, int, bytes]]:
    for level in levels:
        names = level.names if _is_named(level.level, zoom) else []
        yield from encoded(cut(drawn(level.shapes, zoom)), Features(LEVELS[level.level], level.ids, names))
    named = [level for level in levels if _is_named(level.level, zoom)]
    if named:
        yield from encoded_points(
            np.concatenate([one.middles for one in named]) >> (FINEST - zoom), _labels(named)
        )


def _is_named(level: int, zoom: int) -> bool:
    return level != GRID or zoom >= NAMED_FROM


def _labels(levels: Sequence[_Level]) -> Features:
    """One point for each place of these levels."""
    names = [name for level in levels for name in level.names]
    told = [level.level for level in levels for _ in level.names]
    return Features(LABELS, np.concatenate([level.ids for level in levels]), names, told)
