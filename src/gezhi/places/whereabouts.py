"""Where places are: the middle and the box of each. A place without a shape is where the places in it are."""

from collections.abc import Iterable

import numpy as np

from gezhi.lib.codes import GRID, place_range
from gezhi.places.raster import UNITS, Arrays, Int64

Point = tuple[float, float]
Box = tuple[float, float, float, float]


class Whereabouts:
    """Answers from a snapshot's arrays in WGS-84 degrees; shared by the threads of a process."""

    def __init__(self, arrays: Arrays) -> None:
        order = np.argsort(arrays.codes, kind="stable")
        self._codes = arrays.codes[order]
        self._levels = arrays.levels[order]
        self._boxes: Int64 = arrays.boxes[order]
        self._middles: Int64 = arrays.middles[order]

    def centres(self, codes: Iterable[str]) -> dict[str, Point]:
        """code -> (lon, lat), for the codes that have a shape or hold one that has."""
        found = {code: middle for code in codes if (middle := self._middle(code)) is not None}
        return {code: (float(lon) / UNITS, float(lat) / UNITS) for code, (lon, lat) in found.items()}

    def bounds_of(self, code: str) -> Box | None:
        """west, south, east, north."""
        boxes = self._boxes[self._inside(code)]
        if len(boxes) == 0:
            return None
        west, south = boxes[:, :2].min(axis=0).tolist()
        east, north = boxes[:, 2:].max(axis=0).tolist()
        return west / UNITS, south / UNITS, east / UNITS, north / UNITS

    def grids_in_box(self, west: float, south: float, east: float, north: float, limit: int) -> list[str]:
        """Grids whose boxes touch this one, by code, at most `limit`."""
        low_x, low_y, high_x, high_y = (round(side * UNITS) for side in (west, south, east, north))
        boxes = self._boxes
        met = (boxes[:, 0] <= high_x) & (boxes[:, 2] >= low_x) & (self._levels == GRID)
        met &= (boxes[:, 1] <= high_y) & (boxes[:, 3] >= low_y)
        return [code.decode() for code in self._codes[np.flatnonzero(met)[:limit]].tolist()]

    def _inside(self, code: str) -> slice:
        """The place itself, or where it has no shape everything in it."""
        low, high = (bound.encode() for bound in place_range(code))
        at = int(np.searchsorted(self._codes, code.encode()))
        if at < len(self._codes) and self._codes[at] == code.encode():
            return slice(at, at + 1)
        return slice(int(np.searchsorted(self._codes, low)), int(np.searchsorted(self._codes, high)))

    def _middle(self, code: str) -> list[int] | None:
        """Of a place without a shape: the middle of a place in it that is nearest to the mean of all."""
        points = self._middles[self._inside(code)]
        if len(points) == 0:
            return None
        away = points - points.mean(axis=0)
        middle: list[int] = points[int(np.argmin((away**2).sum(axis=1)))].tolist()
        return middle
