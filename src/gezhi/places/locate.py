"""Points -> places, in batches. See raster.py for how a point is decided."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gezhi.places import raster, snapshot
from gezhi.places.raster import SNAP, UNITS, Arrays, Int32, Int64, Shapes, ramp
from gezhi.places.whereabouts import Whereabouts

_BATCH: Final = 1 << 16
_OFFSETS: Final = tuple((x, y) for x in (-SNAP, 0, SNAP) for y in (-SNAP, 0, SNAP) if (x, y) != (0, 0))


@dataclass(frozen=True)
class Located:
    """index: place in order of rank, -1 outside every polygon and where a coordinate is not a number."""

    index: Int32
    _codes: NDArray[np.object_]
    _levels: NDArray[np.int8]

    @property
    def codes(self) -> list[str]:
        """The code of the finest place that holds each point, "" outside."""
        found: list[str] = self._codes[self.index].tolist()
        return found

    @property
    def levels(self) -> NDArray[np.int8]:
        """0 province to 5 grid, -1 outside."""
        return self._levels[self.index]


class Locator:
    """Answers from a snapshot; safe to share between threads, cheap to open in every process."""

    def __init__(self, arrays: Arrays) -> None:
        self._arrays = arrays
        self._west, self._south, self._shift, self._columns, self._rows = (int(v) for v in arrays.frame)
        self._finest = int(arrays.levels[0])
        self._levels = np.append(arrays.levels, np.int8(-1))

    @classmethod
    def open(cls, folder: Path) -> Self:
        return cls(snapshot.read(folder))

    @classmethod
    def of(cls, codes: Sequence[str], levels: Sequence[int], shapes: Shapes) -> Self:
        """In memory, without a snapshot: for checks and small layers."""
        return cls(raster.build(codes, levels, shapes))

    def __len__(self) -> int:
        return len(self._arrays.codes)

    @cached_property
    def _codes(self) -> NDArray[np.object_]:
        return np.array([*(code.decode() for code in self._arrays.codes.tolist()), ""], dtype=object)

    @cached_property
    def whereabouts(self) -> Whereabouts:
        return Whereabouts(self._arrays)

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """west, south, east, north of everything, in degrees."""
        west, south = self._arrays.boxes[:, :2].min(axis=0) / UNITS
        east, north = self._arrays.boxes[:, 2:].max(axis=0) / UNITS
        return float(west), float(south), float(east), float(north)

    def locate(self, lon: ArrayLike, lat: ArrayLike) -> Located:
        """WGS-84 degrees, any number of points, equal lengths."""
        x, y = np.atleast_1d(np.asarray(lon, np.float64)), np.atleast_1d(np.asarray(lat, np.float64))
        if x.shape != y.shape or x.ndim != 1:
            raise ValueError(f"lon and lat must be two lists of one length, not {x.shape} and {y.shape}")
        index = np.empty(len(x), dtype=np.int32)
        for begin in range(0, len(x), _BATCH):
            part = slice(begin, begin + _BATCH)
            index[part] = self._batch(x[part], y[part])
        return Located(index, self._codes, self._levels)

    def locate_one(self, lon: float, lat: float) -> str:
        return self.locate(lon, lat).codes[0]

    def near(self, code: str, margin: float = 0.0) -> list[str]:
        """Places of the same level whose bounding boxes come within the margin (degrees) of this one's."""
        index = np.flatnonzero(self._arrays.codes == code.encode())
        if len(index) == 0:
            return []
        boxes, reach = self._arrays.boxes, int(margin * UNITS)
        west, south, east, north = boxes[index[0]]
        close = (boxes[:, 0] <= east + reach) & (boxes[:, 2] >= west - reach)
        close &= (boxes[:, 1] <= north + reach) & (boxes[:, 3] >= south - reach)
        close &= self._arrays.levels == self._arrays.levels[index[0]]
        close[index[0]] = False
        return [found.decode() for found in self._arrays.codes[close].tolist()]

    def _batch(self, lon: NDArray[np.float64], lat: NDArray[np.float64]) -> Int32:
        known = (np.abs(lon) <= 180.0) & (np.abs(lat) <= 90.0)
        if not known.all():
            index = np.full(len(lon), -1, dtype=np.int32)
            if known.any():
                index[known] = self._batch(lon[known], lat[known])
            return index
        x, y = raster.to_units(lon), raster.to_units(lat)
        index, open_cracks = self._decide(x, y)
        if len(open_cracks):
            index[open_cracks] = self._snap(x[open_cracks], y[open_cracks], index[open_cracks])
        return index

    def _decide(self, x: Int64, y: Int64) -> tuple[Int32, Int64]:
        """(place of each point or -1, positions of points that may lie in a crack between finer places)."""
        value = self._cell_values(x, y)
        index = np.maximum(value, 0) - 1
        bordered = np.flatnonzero(value < 0)
        finest = self._levels[index] < self._finest
        if len(bordered):
            lists = -1 - value[bordered]
            index[bordered] = self._walk(x[bordered], y[bordered], lists)
            first = self._arrays.pair_place[self._arrays.list_start[lists]]
            finest[bordered] = self._levels[index[bordered]] < self._levels[first]
        cracks = np.flatnonzero(finest)
        if len(cracks):
            cracks = cracks[(value[cracks] < 0) | self._at_cell_border(x[cracks], y[cracks])]
        return index, cracks

    def _cell_values(self, x: Int64, y: Int64) -> Int32:
        column, row = (x - self._west) >> self._shift, (y - self._south) >> self._shift
        inside = (column >= 0) & (column < self._columns) & (row >= 0) & (row < self._rows)
        cell = row * self._columns + column
        if inside.all():
            return self._arrays.cells[cell]
        return np.where(inside, self._arrays.cells[np.where(inside, cell, 0)], np.int32(0))

    def _at_cell_border(self, x: Int64, y: Int64) -> NDArray[np.bool_]:
        mask = (1 << self._shift) - 1
        across, up = (x - self._west) & mask, (y - self._south) & mask
        return np.asarray(np.minimum(np.minimum(across, mask - across), np.minimum(up, mask - up)) <= SNAP)

    def _walk(self, x: Int64, y: Int64, lists: Int32) -> Int32:
        """Tries the places of each point's cell in order of rank, all points at once, one rank a round."""
        arrays = self._arrays
        index = arrays.list_cover[lists] - 1
        waiting = np.arange(len(x))
        pair, end = arrays.list_start[lists], arrays.list_start[lists + 1]
        while len(waiting):
            inside = self._inside(x[waiting], y[waiting], pair)
            index[waiting[inside]] = arrays.pair_place[pair[inside]]
            again = ~inside & (pair + 1 < end)
            waiting, pair, end = waiting[again], pair[again] + 1, end[again]
        return index

    def _inside(self, x: Int64, y: Int64, pair: Int32) -> NDArray[np.bool_]:
        """Even-odd rule: counts the edges west of the point (or under it), in whole numbers."""
        arrays = self._arrays
        start = arrays.pair_start[pair].astype(np.int64)
        count = arrays.pair_start[pair + 1] - start
        owner = np.repeat(np.arange(len(pair)), count)
        x1, y1, x2, y2 = arrays.edges[arrays.refs[ramp(start, count)]].T
        px, py = x[owner], y[owner]
        crosses = (y1 <= py) & (py < y2) & (px >= np.minimum(x1, x2))
        # a product overflows only beyond the edge's box, where the first comparison has decided
        crosses &= (px >= np.maximum(x1, x2)) | ((x2 - x1) * (py - y1) <= (px - x1) * (y2 - y1))
        crossings = np.bincount(owner[crosses], minlength=len(pair))
        return np.asarray((crossings + arrays.pair_parity[pair]) & 1 == 1)

    def _snap(self, x: Int64, y: Int64, index: Int32) -> Int32:
        """Borders that differ by under SNAP units leave slivers: the lowest finer place around wins."""
        best = index.copy()
        for across, up in _OFFSETS:
            found, _ = self._decide(x + across, y + up)
            finer = self._levels[found] > self._levels[index]
            best = np.where(finer & ((best == index) | (found < best)), found, best)
        return best
