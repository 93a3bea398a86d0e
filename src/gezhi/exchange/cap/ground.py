"""Which places a notice is about: those whose codes it names and those that its polygons and circles touch. Pure."""

import math
from collections.abc import Iterable, Mapping
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from gezhi.exchange.cap.notice import Area, Circle
from gezhi.lib.codes import ancestors

_METRES: Final = 111_320.0  # a degree of latitude
_CORNERS: Final = 64


def places_of(areas: Iterable[Area], ground: Mapping[str, BaseGeometry]) -> list[str]:
    """Codes, in order, none inside another that is named too. `ground`: the shapes of places, WGS-84.

    A code that this node does not know stays: whoever passes the notice on may. Of shapes, only places that more than
    a border of is touched count.
    """
    codes, shapes = list(ground), list(ground.values())
    tree = shapely.STRtree(shapes)
    found: set[str] = set()
    for area in areas:
        found.update(area.codes)
        for shape in shapes_of(area):
            touched = tree.query(shape, predicate="intersects")
            found.update(codes[at] for at in touched.tolist() if shapes[at].intersection(shape).area > 0)
    return sorted(code for code in found if not _inside_another(code, found))


def shapes_of(area: Area) -> list[BaseGeometry]:
    """A ring that crosses itself is mended."""
    rings: list[BaseGeometry] = [shapely.make_valid(shapely.Polygon(ring)) for ring in area.polygons]
    return rings + [_round(circle) for circle in area.circles]


def _round(circle: Circle) -> BaseGeometry:
    """A polygon of 64 corners: a metre off for each 800 of its radius, outwards."""
    radius = max(circle.km, 0.001) * 1000 / math.cos(math.pi / _CORNERS)
    east = radius / (_METRES * max(math.cos(math.radians(circle.lat)), 0.01))
    north = radius / _METRES
    turns = (2 * math.pi * n / _CORNERS for n in range(_CORNERS))
    return shapely.Polygon(
        [(circle.lon + east * math.cos(t), circle.lat + north * math.sin(t)) for t in turns]
    )


def _inside_another(code: str, codes: set[str]) -> bool:
    return not codes.isdisjoint(ancestors(code))
