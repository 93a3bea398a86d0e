"""Places shaded by a number, each with the number written on it: nothing is told by colour alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from gezhi.pages.grid_map import Frame, frame_of, points_of, rings_of
from gezhi.places.queries import Outline

WIDTH: Final = 640
HEIGHT: Final = 440
MARGIN: Final = 0.05
COARSE: Final = 4.0  # pixels; for a page that has to be light
WIDE_TEXT: Final = 15.0  # pixels of a name where the map has its own width; css/public.css has both
NARROW_TEXT: Final = 26.0  # and on a phone, where the whole drawing shrinks
_LINES: Final = 2.3  # a name and its number, in heights of the name
_LATIN: Final = 0x2E7F  # the last sign before those of Chinese
_FINE: Final = 1.0  # pixels; points nearer to the one before are left out

Point = tuple[float, float]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Shaded:
    """`step`: 0 for none, else 1 to 3, drawn with a pattern of its own. `room`: "" where its name may stand in every
    drawing, "wide" only in a wide one, "none" where others have the room already."""

    code: str
    name: str
    full_name: str
    path: str
    number: int
    step: int
    x: float
    y: float
    room: str = ""


@dataclass(frozen=True, slots=True)
class Choropleth:
    places: list[Shaded]
    simulated: bool
    width: int = WIDTH
    height: int = HEIGHT


def choropleth(
    outlines: Sequence[Outline], numbers: Mapping[str, int], fine: float = _FINE
) -> Choropleth | None:
    """`numbers` by code; `fine`: pixels, the fewer the heavier. None when no place has a shape."""
    if not outlines:
        return None
    points = [point for outline in outlines for point in points_of(outline)]
    frame = frame_of(points, WIDTH, HEIGHT, MARGIN)
    most = max(numbers.values(), default=0)
    places = [_shaded(outline, frame, numbers.get(outline.code, 0), most, fine) for outline in outlines]
    wide = _roomy(places, range(len(places)), WIDE_TEXT)
    narrow = _roomy(places, wide, NARROW_TEXT)
    rooms = ["" if at in narrow else "wide" if at in wide else "none" for at in range(len(places))]
    told = [replace(one, room=room) for one, room in zip(places, rooms, strict=True)]
    return Choropleth(told, any(outline.simulated for outline in outlines))


def _roomy(places: Sequence[Shaded], among: Iterable[int], size: float) -> frozenset[int]:
    """Those `among` the places whose names stand clear of each other, the largest numbers first."""
    placed: dict[int, Box] = {}
    for at in sorted(among, key=lambda at: -places[at].number):
        box = _box(places[at], size)
        if not any(_meet(box, other) for other in placed.values()):
            placed[at] = box
    return frozenset(placed)


def _box(one: Shaded, size: float) -> Box:
    """Chinese signs are as wide as high, others about half."""
    ems = max(len(str(one.number)) * 0.7, sum(1.0 if ord(sign) > _LATIN else 0.55 for sign in one.name))
    return one.x - ems * size / 2, one.y - size, one.x + ems * size / 2, one.y + (_LINES - 1) * size


def _meet(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _shaded(outline: Outline, frame: Frame, number: int, most: int, fine: float) -> Shaded:
    rings = [_thinned([frame.at(point[0], point[1]) for point in ring], fine) for ring in rings_of(outline)]
    path = "".join("M" + "L".join(f"{x:g} {y:g}" for x, y in ring) + "Z" for ring in rings)
    largest = max(rings, key=len)
    x, y = _middle(largest)
    step = 0 if not number else 1 + min(2, 3 * number // (most + 1))
    return Shaded(outline.code, outline.name, outline.full_name, path, number, step, x, y)


def _thinned(ring: Sequence[Point], fine: float) -> list[Point]:
    kept = [ring[0]]
    for x, y in ring[1:]:
        if abs(x - kept[-1][0]) + abs(y - kept[-1][1]) >= fine:
            kept.append((x, y) if fine == _FINE else (round(x), round(y)))
    return kept


def _middle(ring: Sequence[Point]) -> Point:
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return round((min(xs) + max(xs)) / 2, 1), round((min(ys) + max(ys)) / 2, 1)
