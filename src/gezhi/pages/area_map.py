"""The places of an area with the things that stand in it, each state with a shape of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gezhi.pages.choropleth import HEIGHT, MARGIN, WIDTH, Shaded, choropleth
from gezhi.pages.grid_map import frame_of, points_of
from gezhi.pages.sensing import ThingRow
from gezhi.places.queries import children, outlines

MOST: Final = 300  # things that are drawn


@dataclass(frozen=True, slots=True)
class Spot:
    """`state`: of sensing.looking.State."""

    x: float
    y: float
    state: str
    words: str
    thing_id: int


@dataclass(frozen=True, slots=True)
class AreaMap:
    places: list[Shaded]
    spots: list[Spot]
    more: int
    simulated: bool
    width: int = WIDTH
    height: int = HEIGHT


def area_map(code: str, rows: Sequence[ThingRow]) -> AreaMap | None:
    """Three statements. None when nothing of it has a shape."""
    shapes = outlines(children(code).values_list("code", flat=True)) or outlines([code])
    drawn = choropleth(shapes, {})
    if drawn is None:
        return None
    frame = frame_of([point for one in shapes for point in points_of(one)], WIDTH, HEIGHT, MARGIN)
    placed = [row for row in rows if row.thing.lon is not None and row.thing.lat is not None]
    spots = [
        Spot(
            *frame.at(row.thing.lon or 0.0, row.thing.lat or 0.0),
            row.state,
            f"{row.thing.name} · {row.words}",
            row.thing.pk,
        )
        for row in reversed(placed[:MOST])
    ]
    return AreaMap(drawn.places, spots, max(0, len(placed) - MOST), drawn.simulated)
