"""A way walked, from its positions: only its summary is kept. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import asin, cos, isfinite, radians, sin, sqrt
from typing import Final

EARTH: Final = 6_371_000.0  # metres
MOST: Final = 2_000  # positions of one round
LEAP: Final = 1_000.0  # metres; between two positions in a row, more is a mistake of the receiver

Position = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Track:
    points: int = 0
    metres: int = 0


def metres_between(one: Position, other: Position) -> float:
    """`lon`, `lat` in WGS-84 degrees; great circle."""
    (lon1, lat1), (lon2, lat2) = one, other
    height = sin(radians(lat2 - lat1) / 2) ** 2
    width = cos(radians(lat1)) * cos(radians(lat2)) * sin(radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH * asin(min(1.0, sqrt(height + width)))


def track_of(positions: Sequence[Position]) -> Track:
    steps = [metres_between(*pair) for pair in pairwise(positions)]
    return Track(len(positions), round(sum(step for step in steps if step <= LEAP)))


def read_positions(text: str) -> list[Position]:
    """`121.5,29.8 121.6,29.8`: longitude and latitude, oldest first. What is no position is left out."""
    pairs = (part.split(",") for part in text.split()[:MOST])
    return [found for pair in pairs if len(pair) == 2 and (found := read_position(*pair))]


def read_position(lon: str, lat: str) -> Position | None:
    try:
        found = float(lon), float(lat)
    except ValueError:
        return None
    good = all(map(isfinite, found)) and abs(found[0]) <= 180 and abs(found[1]) <= 90
    return found if good else None
