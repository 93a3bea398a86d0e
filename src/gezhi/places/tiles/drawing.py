"""Shapes on the whole-number plane of one zoom: 4,096 units to a tile, x eastward, y southward.

Neighbours are simplified together, so that they keep sharing their borders, and every corner is rounded by
itself, so that it is rounded alike for all who share it.
"""

from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.places.raster import Shapes

EXTENT: Final = 4096
FINEST: Final = 15
_WHOLE_FROM: Final = 14  # zoom at which no corner is left out: a unit is half a metre
_TOLERANCE: Final = 8  # units, one pixel of a tile drawn at 512
_AREAS: Final = (3, 6)  # GEOS's numbers of polygons and multipolygons
_NORTHMOST: Final = 85.06  # degrees, where the plane ends


def on_plane(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitude and latitude -> web Mercator, 0..1 from the north-west."""
    north = np.radians(np.clip(degrees[:, 1], -_NORTHMOST, _NORTHMOST))
    return np.column_stack([degrees[:, 0] / 360 + 0.5, 0.5 - np.arcsinh(np.tan(north)) / (2 * np.pi)])


def drawn(plane: Shapes, zoom: int) -> Shapes:
    """Shapes in units of a zoom, from shapes on the plane; not rounded yet."""
    units = EXTENT << zoom
    return np.asarray(shapely.transform(_simplified(plane, zoom), lambda points: points * units), object)


def rounded(fine: Shapes) -> Shapes:
    """Valid polygons whose corners are whole numbers, empty where nothing is left; what has no area is dropped."""
    areas = _areas(fine)
    found = shapely.set_precision(areas, 1.0, mode="pointwise")
    broken = ~shapely.is_valid(found)
    found[broken] = _areas(shapely.set_precision(shapely.make_valid(areas[broken]), 1.0))
    return np.asarray(found, object)


def _areas(shapes: Shapes) -> Shapes:
    """What of each has an area."""
    mixed = np.flatnonzero(~np.isin(shapely.get_type_id(shapes), _AREAS))
    found = shapes.copy()
    for at in mixed:
        parts = shapely.get_parts(shapely.get_parts(shapes[at]))
        found[at] = shapely.multipolygons(parts[shapely.get_type_id(parts) == _AREAS[0]])
    return found


def _simplified(plane: Shapes, zoom: int) -> Shapes:
    if zoom >= _WHOLE_FROM or len(plane) == 0:
        return plane
    tolerance = _TOLERANCE / (EXTENT << zoom)
    try:
        found = shapely.coverage_simplify(plane, tolerance)
    except shapely.GEOSException:  # neighbours that overlap may be no coverage at all
        found = shapely.simplify(plane, tolerance)
    return np.asarray(np.where(shapely.is_valid(found), found, plane), object)
