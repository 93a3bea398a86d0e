"""The same matter: whether a report speaks of a case that is open already. Pure.

Near in place, same category, recent, and not about something else in words. Reports with a point are compared
within a radius; those without, inside their place and with a stricter likeness of words.
"""

import math
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import pairwise

from gezhi.cases.contact import masked_text

Cell = tuple[int, str]  # match key, category
RADIUS = 60.0  # metres
NEAR = 15.0  # metres; so near, one part of the city is meant whatever the words
WINDOW = timedelta(days=14)
LIKE_WITH_POINT = 0.18  # share of common character pairs
LIKE_WITHOUT_POINT = 0.55
CELL = 0.002  # degrees, over 150 m at 45 degrees of latitude: larger than twice the radius
METRES_PER_DEGREE = 111_320.0
TITLE = 120  # characters of a text that stand for it
_ROW = 1_000_000  # of cells from south to north: more than there are from west to east
PER_CELL = 20  # newest open cases that are compared in one cell: bounds the cost of a report


@dataclass(frozen=True, slots=True)
class Matter:
    """A report, or an open case, as this decision sees it. `case_id` 0: a report."""

    case_id: int
    category: str
    place_code: str
    at: datetime
    lon: float | None
    lat: float | None
    text: str


def title_of(text: str) -> str:
    """Nobody is reached by a title: numbers that were written into the text are masked."""
    return " ".join(masked_text(text[: 4 * TITLE]).split())[:TITLE]


@lru_cache(maxsize=16384)
def pairs_of(text: str) -> frozenset[str]:
    """The character pairs of the title, without white space."""
    dense = "".join(title_of(text).split())
    return frozenset(map("".join, pairwise(dense))) if len(dense) > 1 else frozenset(dense)


def match_key(lon: float | None, lat: float | None, place_code: str) -> int:
    """Where a case is looked for: its cell of the earth, or its place when it has no point (negative)."""
    if lon is None or lat is None:
        return -1 - zlib.crc32(place_code.encode())
    return _cell(lon, lat)


def match_keys(lon: float | None, lat: float | None, place_code: str) -> tuple[int, ...]:
    """The keys under which the same matter may stand, its own first: one to four cells around a point."""
    own = match_key(lon, lat, place_code)
    if lon is None or lat is None:
        return (own,)
    north = RADIUS / METRES_PER_DEGREE
    east = north / max(math.cos(math.radians(lat)), 0.2)
    around = {_cell(lon + x, lat + y) for x in (-east, east) for y in (-north, north)}
    return (own, *(around - {own}))


def keys_within(lon: float, lat: float, metres: float) -> list[int]:
    """The cells that a square of twice as many metres around the point touches."""
    north = metres / METRES_PER_DEGREE
    east = north / max(math.cos(math.radians(lat)), 0.2)
    low, high = _cell(lon - east, lat - north), _cell(lon + east, lat + north)
    rows = range(low // _ROW, high // _ROW + 1)
    columns = range(low % _ROW, high % _ROW + 1)
    return [row * _ROW + column for row in rows for column in columns]


def _cell(lon: float, lat: float) -> int:
    return math.floor((lat + 90) / CELL) * _ROW + math.floor((lon + 180) / CELL)


def same_matter(report: Matter, candidates: Iterable[Matter]) -> Matter | None:
    """The candidate that the report speaks of: the most alike of those that qualify, the older on a tie."""
    scored = [(score, other) for other in candidates if (score := _likeness(report, other)) > 0]
    return min(scored, key=lambda pair: (-pair[0], pair[1].at, _age(pair[1])))[1] if scored else None


def _age(case: Matter) -> tuple[bool, int]:
    """Orders cases by when they were opened: known ones by id, then those of this batch (-1, -2...)."""
    return case.case_id < 0, abs(case.case_id)


def _likeness(report: Matter, other: Matter) -> float:
    if report.category != other.category or abs(report.at - other.at) > WINDOW:
        return 0.0
    if report.lon is None or report.lat is None or other.lon is None or other.lat is None:
        if report.place_code != other.place_code or (report.lon is None) != (other.lon is None):
            return 0.0
        words = _common(report, other)
        return 0.0 if words < LIKE_WITHOUT_POINT else words
    if abs(report.lat - other.lat) * METRES_PER_DEGREE > RADIUS:  # most of a cell, and without trigonometry
        return 0.0
    metres = distance(report.lon, report.lat, other.lon, other.lat)
    if metres > RADIUS:
        return 0.0
    words = _common(report, other)
    return 0.0 if metres > NEAR and words < LIKE_WITH_POINT else 1.0 - metres / RADIUS / 2 + words


def _common(report: Matter, other: Matter) -> float:
    return jaccard(pairs_of(report.text), pairs_of(other.text))


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    union = len(one | other)
    return len(one & other) / union if union else 1.0


def distance(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Metres, on a plane: right to 0.1 % within a few kilometres."""
    east = (other_lon - lon) * math.cos(math.radians((lat + other_lat) / 2))
    return math.hypot(east, other_lat - lat) * METRES_PER_DEGREE
