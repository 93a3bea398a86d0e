"""A grid, its neighbours and a point as numbers for an SVG drawing; no outside map is needed."""

import json
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from gezhi.places.queries import NoShapes, Outline, neighbours_of

WIDTH: Final = 320
HEIGHT: Final = 220
_MARGIN: Final = 0.45
_NAME_WIDE: Final = 40  # pixels; a name so near the point moves above it
_NAME_HIGH: Final = 32

Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Patch:
    """One grid: an SVG path, and where its name stands ("" when the middle lies outside the drawing)."""

    path: str
    name: str
    full_name: str
    own: bool
    x: float
    y: float

    @property
    def named(self) -> bool:
        return 20 < self.x < WIDTH - 20 and 12 < self.y < HEIGHT - 4


@dataclass(frozen=True, slots=True)
class Frame:
    """Degrees to pixels, north up, lengths true at the middle latitude."""

    west: float
    north: float
    scale: float
    squeeze: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        return (
            round((lon - self.west) * self.squeeze * self.scale, 1),
            round((self.north - lat) * self.scale, 1),
        )


@dataclass(frozen=True, slots=True)
class GridMap:
    patches: list[Patch]
    spot: tuple[float, float] | None
    simulated: bool
    frame: Frame
    width: int = WIDTH
    height: int = HEIGHT


def grid_map(code: str, lon: float | None, lat: float | None) -> GridMap | None:
    """None when the place has no shape. One statement."""
    try:
        outlines = neighbours_of(code) if code else []
    except NoShapes:
        return None
    return drawing(outlines, lon, lat) if outlines else None


def drawing(outlines: Sequence[Outline], lon: float | None, lat: float | None) -> GridMap:
    """`outlines`: the grid itself first."""
    frame = frame_of(list(points_of(outlines[0])), WIDTH, HEIGHT, _MARGIN)
    spot = frame.at(lon, lat) if lon is not None and lat is not None else None
    patches = [_patch(outline, frame, spot, own=outline is outlines[0]) for outline in outlines]
    return GridMap([*patches[1:], patches[0]], spot, outlines[0].simulated, frame)


def rings_of(outline: Outline) -> Iterator[Ring]:
    shape = json.loads(outline.geojson)
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    for polygon in polygons:
        yield from polygon


def points_of(outline: Outline) -> Iterator[tuple[float, float]]:
    for ring in rings_of(outline):
        yield from ((point[0], point[1]) for point in ring)


def frame_of(points: Sequence[tuple[float, float]], width: int, height: int, margin: float) -> Frame:
    """`margin`: share of the points' own extent that is shown around them."""
    west, east = min(x for x, _ in points), max(x for x, _ in points)
    south, north = min(y for _, y in points), max(y for _, y in points)
    squeeze = math.cos(math.radians((south + north) / 2))
    wide, high = (east - west) * squeeze or 1e-6, (north - south) or 1e-6
    scale = min(width / wide, height / high) / (1 + margin)
    return Frame(
        west=(west + east) / 2 - width / scale / squeeze / 2,
        north=(south + north) / 2 + height / scale / 2,
        scale=scale,
        squeeze=squeeze,
    )


def _patch(outline: Outline, frame: Frame, spot: tuple[float, float] | None, *, own: bool) -> Patch:
    rings = [[frame.at(point[0], point[1]) for point in ring] for ring in rings_of(outline)]
    path = "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings)
    xs, ys = [x for ring in rings for x, _ in ring], [y for ring in rings for _, y in ring]
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    if spot and abs(spot[0] - x) < _NAME_WIDE and abs(spot[1] - y) < _NAME_HIGH:
        y = spot[1] - _NAME_HIGH / 2
    return Patch(path, outline.name, outline.full_name, own, round(x, 1), round(y, 1))
