"""Every place that a map draws. A place without a shape is the union of those in it."""

from collections import defaultdict
from collections.abc import Container, Mapping
from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from gezhi.lib.codes import CITY, GRID, ancestor_at, level_of
from gezhi.places.raster import Shapes


@dataclass(frozen=True)
class Areas:
    """The places of one level, by code. Shapes are in WGS-84 degrees."""

    codes: list[str]
    names: list[str]
    shapes: Shapes


def areas_by_level(shapes: Mapping[str, BaseGeometry], names: Mapping[str, str]) -> dict[int, Areas]:
    """Grids to cities; a name that nobody knows is empty."""
    own: dict[int, dict[str, BaseGeometry]] = defaultdict(dict)
    for code, shape in shapes.items():
        own[level_of(code)][code] = shape
    found: dict[int, Areas] = {}
    below: dict[str, BaseGeometry] = {}
    for level in range(GRID, CITY - 1, -1):
        below = _joined(below, level, own[level]) | own[level]
        codes = sorted(below)
        drawn = np.array([below[code] for code in codes], dtype=object)
        found[level] = Areas(codes, [names.get(code, "") for code in codes], drawn)
    return found


def _joined(below: Mapping[str, BaseGeometry], level: int, own: Container[str]) -> dict[str, BaseGeometry]:
    """The unions of what lies a level down, without the places that have a shape of their own."""
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    for code, shape in below.items():
        if (parent := ancestor_at(code, level)) not in own:
            parts[parent].append(shape)
    return {code: _union(inside) for code, inside in parts.items()}


def _union(shapes: list[BaseGeometry]) -> BaseGeometry:
    """Borders that neighbours share vanish; where they overlap the slow way joins them."""
    try:
        joined = shapely.coverage_union_all(shapes)
    except shapely.GEOSException:
        return shapely.union_all(shapes)
    return joined if joined.is_valid else shapely.union_all(shapes)
