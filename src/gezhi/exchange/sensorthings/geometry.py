"""Geometries of places: GeoJSON in, and what `$filter` asks of them, decided by GEOS. Pure.

Coordinates are WGS 84, longitude first. Distances and lengths are in degrees, as other SensorThings servers say them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray

from gezhi.exchange.sensorthings.expressions import BadQuery
from gezhi.exchange.sensorthings.values import Shape

MOST_POINTS: Final = 10_000  # of one geometry
Geometries = NDArray[np.object_]
Box = tuple[float, float, float, float]  # west, south, east, north
_HOLDS: Final[Mapping[str, Callable[..., NDArray[np.bool_]]]] = {
    "geo.intersects": shapely.intersects,
    "st_intersects": shapely.intersects,
    "st_equals": shapely.equals,
    "st_disjoint": shapely.disjoint,
    "st_touches": shapely.touches,
    "st_within": shapely.within,
    "st_overlaps": shapely.overlaps,
    "st_crosses": shapely.crosses,
    "st_contains": shapely.contains,
}
_ANYWHERE: Final = ("st_disjoint", "geo.distance", "geo.length", "st_relate")


def near(shape: Shape) -> Box | None:
    """The box outside of which the function holds for nothing; None: there is no such box. Raises BadQuery."""
    if shape.function in _ANYWHERE:
        return None
    west, south, east, north = (float(one) for one in _given(shape.wkt).bounds)
    return west, south, east, north


def _given(wkt: str) -> shapely.Geometry:
    try:
        found = shapely.from_wkt(wkt.partition(";")[2] if wkt.upper().startswith("SRID") else wkt)
    except (shapely.errors.ShapelyError, ValueError) as error:
        raise BadQuery(f"{wkt[:60]!r} is no geometry; write WKT such as POINT(121.5 29.9).") from error
    if found is None or found.is_empty or shapely.get_num_coordinates(found) > MOST_POINTS:
        raise BadQuery(f"A geometry has 1 to {MOST_POINTS} points.")
    return found


def answered(shape: Shape, ids: Sequence[int], texts: Sequence[str]) -> object:
    """What stands for the shape in its statement: ids, or the JSON of a value for each id. `texts`: the GeoJSON of
    each; what is none is left out. Raises BadQuery."""
    found = shapely.from_geojson([geometry_in(text) for text in texts], on_invalid="ignore")
    numbers, is_one = np.array(ids, np.int64), ~shapely.is_missing(found)
    numbers, found = numbers[is_one], found[is_one]
    if shape.function in ("geo.distance", "geo.length"):
        values = shapely.length(found) if shape.function == "geo.length" else _distances(shape, found)
        pairs = zip(numbers.tolist(), values.tolist(), strict=True)
        return json.dumps({str(number): value for number, value in pairs if value == value})
    chosen: list[int] = numbers[_holds(shape, found)].tolist()
    return chosen


def _distances(shape: Shape, found: Geometries) -> NDArray[np.float64]:
    values: NDArray[np.float64] = shapely.distance(found, _given(shape.wkt))
    return values


def _holds(shape: Shape, found: Geometries) -> NDArray[np.bool_]:
    given = _given(shape.wkt)
    shapely.prepare(given)
    pair = (given, found) if shape.swapped else (found, given)
    if shape.function == "st_relate":
        holds: NDArray[np.bool_] = shapely.relate_pattern(*pair, shape.pattern)
        return holds
    return _HOLDS[shape.function](*pair)


def geometry_in(text: str) -> str:
    """The geometry of a Feature, anything else as it is."""
    if '"Feature"' not in text:
        return text
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return json.dumps(found.get("geometry")) if isinstance(found, dict) and found.get("geometry") else text


def box_of(value: object) -> Box | None:
    """Around a GeoJSON value. None: it is none. Raises BadQuery for one that is broken or too large."""
    if not isinstance(value, dict) or "type" not in value:
        return None
    text = geometry_in(json.dumps(value))
    try:
        found = shapely.from_geojson(text)
    except (shapely.errors.ShapelyError, ValueError) as error:
        raise BadQuery("it is no GeoJSON geometry of RFC 7946") from error
    if found is None or found.is_empty:
        return None
    if shapely.get_num_coordinates(found) > MOST_POINTS:
        raise BadQuery(f"it has more than {MOST_POINTS} points")
    box = tuple(float(one) for one in found.bounds)
    if not all(np.isfinite(box)) or box[0] < -180 or box[2] > 180 or box[1] < -90 or box[3] > 90:
        raise BadQuery("its coordinates are not longitudes (-180 to 180) and latitudes (-90 to 90)")
    return box[0], box[1], box[2], box[3]
