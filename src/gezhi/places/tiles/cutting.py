"""Which shape is in which tile, and what of it.

A shape that hangs over a tile's edge by less than a tile goes into it whole: that is faster than clipping, and
maps mask each tile. A larger one is clipped a little beyond the edge, by halves of the plane first, so that
a county's border is not walked again for each of a thousand tiles.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gezhi.places.raster import Int64, Shapes, ramp
from gezhi.places.tiles.drawing import EXTENT, rounded

MARGIN: Final = 64  # units around a tile that its borders' lines may need
_OVERHANG: Final = EXTENT

Floats = NDArray[np.float64]
Block = tuple[int, int, int, int]  # of tiles: column, row, columns, rows


@dataclass(frozen=True)
class Pieces:
    """What lies in the tiles of one zoom, by tile and then by feature. `shape` and `feature` are indices."""

    shapes: Shapes
    column: Int64
    row: Int64
    shape: Int64
    feature: Int64


def cut(shapes: Shapes) -> Pieces:
    """`shapes`: the features of one layer in units, rounded here and only once, after clipping."""
    bounds, unclipped = shapely.bounds(shapes), rounded(shapes)
    column, row, feature = _met(bounds)
    large = np.unique(feature[~_fits(bounds[feature], column, row)])
    whole = ~np.isin(feature, large) & ~shapely.is_empty(unclipped)[feature]
    clipped = [(*at, int(one)) for one in large for at in _clipped(shapes[one], _tiles(bounds[one]))]
    pieces = rounded(np.array([piece for piece, *_ in clipped], dtype=object))
    kept = np.flatnonzero(~shapely.is_empty(pieces))
    at = np.array([place for _, *place in clipped], dtype=np.int64).reshape(-1, 3)[kept]
    shape = np.r_[feature[whole], len(shapes) + np.arange(len(kept))]
    column, row = np.r_[column[whole], at[:, 0]], np.r_[row[whole], at[:, 1]]
    feature = np.r_[feature[whole], at[:, 2]]
    order = np.lexsort((feature, row, column))
    every = np.concatenate([unclipped, pieces[kept]])
    return Pieces(every, column[order], row[order], shape[order], feature[order])


def units_of(column: int, row: int, columns: int = 1, rows: int = 1) -> tuple[int, int, int, int]:
    """The box that shapes clipped to a block of tiles may fill."""
    west, north = column * EXTENT, row * EXTENT
    east, south = west + columns * EXTENT, north + rows * EXTENT
    return west - MARGIN, north - MARGIN, east + MARGIN, south + MARGIN


def _met(bounds: Floats) -> tuple[Int64, Int64, Int64]:
    """(column, row, feature) of each tile that a feature's box meets."""
    there = np.flatnonzero(~np.isnan(bounds[:, 0]))
    low = ((bounds[there, :2] - MARGIN) // EXTENT).astype(np.int64)
    wide = ((bounds[there, 2:] + MARGIN) // EXTENT).astype(np.int64) - low + 1
    count = wide.prod(axis=1)
    inside, across = ramp(np.zeros_like(count), count), np.repeat(wide[:, 0], count)
    column, row = (np.repeat(side, count) for side in low.T)
    return column + inside % across, row + inside // across, np.repeat(there, count)


def _fits(bounds: Floats, column: Int64, row: Int64) -> NDArray[np.bool_]:
    """Whether each box hangs over its tile by less than a tile."""
    corner = np.column_stack([column, row]) * EXTENT
    near = (bounds[:, :2] > corner - _OVERHANG) & (bounds[:, 2:] < corner + EXTENT + _OVERHANG)
    return np.asarray(near.all(axis=1))


def _tiles(bounds: Floats) -> Block:
    column, row = ((bounds[:2] - MARGIN) // EXTENT).astype(int).tolist()
    last_column, last_row = ((bounds[2:] + MARGIN) // EXTENT).astype(int).tolist()
    return column, row, last_column - column + 1, last_row - row + 1


def _clipped(shape: BaseGeometry, block: Block) -> Iterator[tuple[BaseGeometry, int, int]]:
    """(what is in it, column, row) of each tile of the block."""
    column, row, columns, rows = block
    if columns == rows == 1:
        yield shape, column, row
        return
    for half in _halves(block):
        inside = _clip(shape, half)
        if inside.area == _area(half):
            yield from _filled(half)
        elif not inside.is_empty:
            yield from _clipped(inside, half)


def _area(block: Block) -> int:
    west, north, east, south = units_of(*block)
    return (east - west) * (south - north)


def _filled(block: Block) -> Iterator[tuple[BaseGeometry, int, int]]:
    column, row, columns, rows = block
    for across, down in product(range(column, column + columns), range(row, row + rows)):
        yield shapely.box(*units_of(across, down)), across, down


def _halves(block: Block) -> tuple[Block, Block]:
    column, row, columns, rows = block
    if columns >= rows:
        left = columns // 2
        return (column, row, left, rows), (column + left, row, columns - left, rows)
    upper = rows // 2
    return (column, row, columns, upper), (column, row + upper, columns, rows - upper)


def _clip(shape: BaseGeometry, block: Block) -> BaseGeometry:
    box = units_of(*block)
    try:
        return shapely.clip_by_rect(shape, *box)
    except shapely.GEOSException:  # rings of fewer corners than a ring needs
        return shapely.intersection(shape, shapely.box(*box))
