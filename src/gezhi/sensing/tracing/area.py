"""The area in which a source may stand, and what stands in it to be inspected."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, MultiPolygon, Polygon, box, unary_union
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

from gezhi.sensing.tracing.plume import Numbers

METRES_A_DEGREE = 111_320.0  # of latitude


@dataclass(frozen=True)
class Ground:
    """A flat ground in metres around a middle, good to 0.1 % within 30 km."""

    lon: float
    lat: float

    def metres(self, lon: Numbers, lat: Numbers) -> tuple[Numbers, Numbers]:
        return (lon - self.lon) * METRES_A_DEGREE * self._narrow(), (lat - self.lat) * METRES_A_DEGREE

    def degrees(self, east: Numbers, north: Numbers) -> tuple[Numbers, Numbers]:
        return self.lon + east / (METRES_A_DEGREE * self._narrow()), self.lat + north / METRES_A_DEGREE

    def _narrow(self) -> float:
        return float(np.cos(np.radians(self.lat)))


@dataclass(frozen=True)
class Site:
    """An enterprise or outlet that could be the source."""

    key: str
    lon: float
    lat: float


@dataclass(frozen=True)
class ToInspect:
    """A site inside the area; `share` of the likelihood among the sites inside. It is no finding against anyone: it
    says where to look first."""

    key: str
    share: float


def most_likely(likely: Numbers, share: float) -> NDArray[np.bool_]:
    """The fewest candidates that together hold at least this share of the likelihood."""
    if not 0 < share < 1:
        raise ValueError(f"The share lies between 0 and 1; got {share}.")
    order = np.argsort(-likely, kind="stable")
    count = int(np.searchsorted(np.cumsum(likely[order]), share * likely.sum())) + 1
    chosen = np.zeros(len(likely), dtype=bool)
    chosen[order[:count]] = True
    return chosen


def outline(ground: Ground, east: Numbers, north: Numbers, step: float) -> MultiPolygon:
    """Cells of `step` metres around the candidates, joined, in degrees."""
    half = step / 2 * 1.000001  # so that neighbours touch
    west, south = ground.degrees(east - half, north - half)
    right, top = ground.degrees(east + half, north + half)
    joined: BaseGeometry = unary_union(box(west, south, right, top))
    return MultiPolygon([joined]) if isinstance(joined, Polygon) else MultiPolygon(joined)


def stretch_line(line: LineString, share_from: float, share_to: float) -> LineString:
    """The part of a reach's line, in degrees, between two shares of its length, for the map."""
    if not 0 <= share_from < share_to <= 1:
        raise ValueError(
            f"A stretch runs from a lower to a higher share of its reach; got {share_from}, {share_to}."
        )
    return LineString(substring(line, share_from, share_to, normalized=True))


def to_inspect(
    sites: Iterable[Site],
    ground: Ground,
    east: Numbers,
    north: Numbers,
    likely: Numbers,
    step: float,
    share: float,
) -> list[ToInspect]:
    """Sites whose cell belongs to the area that holds `share` of the likelihood, likeliest first."""
    inside = most_likely(likely, share)
    found = []
    for site in sites:
        at_east, at_north = ground.metres(np.array([site.lon]), np.array([site.lat]))
        apart = np.maximum(np.abs(east - at_east), np.abs(north - at_north))
        cell = int(np.argmin(apart))
        if apart[cell] <= step / 2 * 1.000001 and inside[cell]:
            found.append((site.key, float(likely[cell])))
    whole = sum(value for _key, value in found)
    ranked = sorted(found, key=lambda one: (-one[1], one[0]))
    return [ToInspect(key, value / whole) for key, value in ranked]


def middle(east: Numbers, north: Numbers, likely: Numbers) -> tuple[float, float]:
    """The point with the least expected distance to the source (geometric median by Weiszfeld's steps)."""
    x, y = float(east @ likely), float(north @ likely)
    for _step in range(60):
        weight = likely / np.maximum(np.hypot(east - x, north - y), 1.0)
        x, y = float(east @ weight / weight.sum()), float(north @ weight / weight.sum())
    return x, y
