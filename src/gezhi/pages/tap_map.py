"""Places to be pointed at, with what turns a point of the drawing into degrees."""

from collections.abc import Sequence
from dataclasses import dataclass

import shapely

from gezhi.pages.choropleth import COARSE, HEIGHT, MARGIN, WIDTH, Shaded, choropleth
from gezhi.pages.grid_map import Frame, frame_of, points_of
from gezhi.places.queries import Outline


@dataclass(frozen=True, slots=True)
class TapPlace:
    """`lon`, `lat`: a point inside it, for whoever chooses it by keyboard."""

    shape: Shaded
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class TapMap:
    places: list[TapPlace]
    frame: Frame
    simulated: bool
    width: int = WIDTH
    height: int = HEIGHT


def tap_map(outlines: Sequence[Outline]) -> TapMap | None:
    """None when no place has a shape."""
    drawn = choropleth(outlines, {}, COARSE)
    if drawn is None:
        return None
    points = [point for outline in outlines for point in points_of(outline)]
    places = [
        TapPlace(shape, *_inside(outline)) for shape, outline in zip(drawn.places, outlines, strict=True)
    ]
    return TapMap(places, frame_of(points, WIDTH, HEIGHT, MARGIN), drawn.simulated)


def _inside(outline: Outline) -> tuple[float, float]:
    point = shapely.point_on_surface(shapely.from_geojson(outline.geojson))
    return round(point.x, 6), round(point.y, 6)
