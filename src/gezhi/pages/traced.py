"""A traced area on a drawing: grids around, cells that may hold the source, stations, places to inspect."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely import LineString
from shapely.geometry.base import BaseGeometry

from gezhi.pages.grid_map import Frame, Ring, frame_of, rings_of
from gezhi.places.queries import Outline

WIDTH: Final = 720
HEIGHT: Final = 520
MARGIN: Final = 0.06


@dataclass(frozen=True, slots=True)
class Spot:
    """`mark`: what stands beside it, a number or a name."""

    x: float
    y: float
    mark: str
    title: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """Paths and points of an SVG; `simulated`: the grids' shapes are."""

    grids: list[tuple[str, str]]
    area: str
    rivers: str
    stretches: str
    stations: list[Spot]
    sites: list[Spot]
    middle: tuple[float, float] | None
    simulated: bool
    width: int = WIDTH
    height: int = HEIGHT


Point = tuple[float, float]


def drawn(
    box: tuple[float, float, float, float],
    outlines: Sequence[Outline],
    area: BaseGeometry | None,
    stations: Sequence[tuple[str, float, float]],
    sites: Sequence[tuple[str, str, float, float]],
    middle: Point | None = None,
    rivers: Sequence[LineString] = (),
    stretches: Sequence[LineString] = (),
) -> Drawn:
    """`box`: what is shown, degrees. `stations`: name, lon, lat; `sites`: mark, title, lon, lat. `stretches`: of the
    rivers, where it may have come from."""
    west, south, east, north = box
    frame = frame_of([(west, south), (east, north)], WIDTH, HEIGHT, MARGIN)
    return Drawn(
        grids=[(_path(rings_of(one), frame), one.full_name) for one in outlines],
        area="" if area is None else _path(_rings(area), frame),
        rivers=_lines(rivers, frame),
        stretches=_lines(stretches, frame),
        stations=[Spot(*frame.at(lon, lat), "", name) for name, lon, lat in stations],
        sites=[Spot(*frame.at(lon, lat), mark, title) for mark, title, lon, lat in sites],
        middle=frame.at(*middle) if middle else None,
        simulated=any(one.simulated for one in outlines),
    )


def _rings(area: BaseGeometry) -> list[Ring]:
    shape = json.loads(shapely.to_geojson(area))
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return [ring for polygon in polygons for ring in polygon]


def _lines(lines: Sequence[LineString], frame: Frame) -> str:
    return "".join(
        "M" + "L".join(f"{x:g} {y:g}" for x, y in (frame.at(*point) for point in one.coords)) for one in lines
    )


def _path(rings: Iterable[Ring], frame: Frame) -> str:
    return "".join(
        "M" + "L".join(f"{x:g} {y:g}" for x, y in (frame.at(point[0], point[1]) for point in ring)) + "Z"
        for ring in rings
    )
