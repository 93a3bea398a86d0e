"""Soil campaigns: where to take samples, how many, and whether what they show changes over the years.

Counts of samples and the ways of placing them follow HJ/T 166-2004 (土壤环境监测技术规范), 5.2 to 5.4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from shapely import Point, Polygon, box, contains_xy, prepare
from shapely.geometry.base import BaseGeometry

Numbers = NDArray[np.float64]
POINTS_AT_MOST = 20_000
UNIT_AT_LEAST = 3  # points in each unit of monitoring, HJ/T 166-2004, 5.4
TRIES = 400
YEARS_AT_LEAST = 4


def samples_needed(variation: float, deviation: float, t: float = 1.96) -> int:
    """By the coefficient of variation and the relative deviation that is allowed, both shares: N = t2 Cv2 / m2
    (HJ/T 166-2004, 5.3); never fewer than three. `t` is Student's for the confidence wanted."""
    if not (variation > 0 and deviation > 0 and t > 0):
        raise ValueError("Variation, deviation and t must be above 0.")
    return max(UNIT_AT_LEAST, ceil((t * variation / deviation) ** 2))


def spacing_for(area: float, samples: int) -> float:
    """Metres between the lines of a grid with that many samples over an area in m2."""
    if not (area > 0 and samples > 0):
        raise ValueError("Area and number of samples must be above 0.")
    return sqrt(area / samples)


def grid_points(ground: Polygon, spacing: float, turn: int = 0) -> Numbers:
    """float64[points, 2]: centres of the cells of a grid laid over the polygon in metres, that lie in it. `turn` shifts
    the grid by a repeatable chance, so that no campaign walks the same lines as the fields."""
    _refuse(ground, spacing)
    west, south, east, north = ground.bounds
    shift = np.random.default_rng(turn).random(2) * spacing if turn else np.full(2, spacing / 2)
    xs = np.arange(west + shift[0] - spacing, east + spacing, spacing)
    ys = np.arange(south + shift[1] - spacing, north + spacing, spacing)
    x, y = (axis.ravel() for axis in np.meshgrid(xs, ys))
    inside = contains_xy(ground, x, y)
    return np.column_stack((x[inside], y[inside]))


def stratified_points(ground: Polygon, spacing: float, seed: int, each: int = 1) -> Numbers:
    """`each` random points in the part of every grid cell that lies in the polygon (系统随机布点); the same seed gives
    the same points. Parts of less than a hundredth of a cell get none."""
    _refuse(ground, spacing)
    prepare(ground)
    west, south, east, north = ground.bounds
    chance = np.random.default_rng(seed)
    points: list[tuple[float, float]] = []
    for x in np.arange(west, east, spacing):
        for y in np.arange(south, north, spacing):
            part = ground.intersection(box(x, y, x + spacing, y + spacing))
            if part.area >= spacing**2 / 100:
                points += [_random_point(part, chance) for _one in range(each)]
    return np.array(points).reshape(-1, 2)


@dataclass(frozen=True)
class Trend:
    """`slope` a year with its 95 % interval (Theil-Sen); `tau` and `p` of Mann-Kendall's test; `samples` used."""

    slope: float
    low: float
    high: float
    tau: float
    p: float
    samples: int

    @property
    def is_certain(self) -> bool:
        return self.p < 0.05


def trend(years: Sequence[float], values: Sequence[float]) -> Trend | None:
    """Of one point's or unit's values over the years; values that are not finite are left out. None: fewer than four
    different years, which show no trend. Values below a detection limit are given as half of it by whoever calls."""
    from scipy.stats import kendalltau, theilslopes

    at, read = np.asarray(years, dtype=np.float64), np.asarray(values, dtype=np.float64)
    if at.shape != read.shape or at.ndim != 1:
        raise ValueError(f"{at.size} years for {read.size} values.")
    known = np.isfinite(at) & np.isfinite(read)
    at, read = at[known], read[known]
    if len(np.unique(at)) < YEARS_AT_LEAST:
        return None
    slope, _start, low, high = theilslopes(read, at, 0.95)
    tau, p = (float(one) for one in kendalltau(at, read))
    if np.isnan(tau):  # all values are equal
        tau, p = 0.0, 1.0
    return Trend(float(slope), float(low), float(high), tau, p, len(at))


def _random_point(part: BaseGeometry, chance: np.random.Generator) -> tuple[float, float]:
    west, south, east, north = part.bounds
    for _try in range(TRIES):
        x, y = west + chance.random() * (east - west), south + chance.random() * (north - south)
        if contains_xy(part, x, y):
            return float(x), float(y)
    inner: Point = part.representative_point()
    return float(inner.x), float(inner.y)


def _refuse(ground: Polygon, spacing: float) -> None:
    if ground.is_empty or not ground.is_valid:
        raise ValueError("The ground is empty or crosses itself.")
    if not spacing > 0:
        raise ValueError(f"The spacing must be above 0 m; got {spacing}.")
    west, south, east, north = ground.bounds
    cells = ceil((east - west) / spacing + 1) * ceil((north - south) / spacing + 1)
    if cells > POINTS_AT_MOST:
        raise ValueError(f"A grid of {spacing} m has {cells} cells here; at most {POINTS_AT_MOST} are laid.")
