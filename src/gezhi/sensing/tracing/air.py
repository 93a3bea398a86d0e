"""Where a source in the air stands: a matched filter over the plumes of all places where it might.

Each candidate place is tried with each hour's wind. What it would make at every sensor is compared with what was read,
whatever its strength and within what the wind vane may err. Square roots are compared, because turbulence makes errors
grow with the value.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.tracing.plume import SLOWEST, Numbers, Wind, downwind, unit_plume

CANDIDATES_AT_MOST = 40_000
TURNS = np.linspace(-2, 2, 9)  # of the vane's error
STRENGTHS = np.geomspace(1 / 4, 4, 13)  # of the square root of the best strength
UNSTEADY = 0.25  # standard error of the logarithm of the root of an hour's strength
SHARE_OF_BACKGROUND = 30  # per cent of sensors that an hour's plume surely does not reach
FINER = 4  # parts of a cell's side in the second look
CELLS_LOOKED_AT_AGAIN = 200
SURELY = 0.999  # share of the likelihood that the second look holds
# Evidence is divided by CAUTION for READINGS readings and by its root more for more: real air is no steady plume, and
# what a model gets wrong does not average out. Found on synthetic cases, see docs/adr/0025.
CAUTION = 8.0
READINGS = 480


@dataclass(frozen=True)
class Search:
    """`east`, `north` float64[candidates]: metres on a local ground. `vane`: standard error of the wind's direction in
    degrees. `height` of the release in metres."""

    east: Numbers
    north: Numbers
    vane: float = 6.0
    height: float = 10.0

    def __post_init__(self) -> None:
        if not 1 <= len(self.east) <= CANDIDATES_AT_MOST or self.east.shape != self.north.shape:
            raise ValueError(
                f"Give 1 to {CANDIDATES_AT_MOST} candidates with east and north; got {len(self.east)}."
            )


@dataclass(frozen=True)
class Sensors:
    """`east`, `north` float64[sensors] in metres; `read` float64[hours, sensors] in g/m3, NaN where nothing was."""

    east: Numbers
    north: Numbers
    read: Numbers

    def __post_init__(self) -> None:
        if self.read.ndim != 2 or self.read.shape[1] != len(self.east) or len(self.east) != len(self.north):
            raise ValueError(f"Readings {self.read.shape} do not fit {len(self.east)} sensors.")
        if len(self.east) < 3:
            raise ValueError(f"A source is traced with at least 3 sensors; got {len(self.east)}.")


def grid(width: float, step: float) -> tuple[Numbers, Numbers]:
    """East and north of a square of candidates around the middle, `step` metres apart."""
    line = np.arange(-width / 2, width / 2 + step / 2, step)
    east, north = np.meshgrid(line, line)
    return east.ravel(), north.ravel()


@dataclass(frozen=True)
class Traced:
    """Cells of `step` metres and how likely each holds the source; they sum to 1."""

    east: Numbers
    north: Numbers
    likely: Numbers
    step: float


def traced(search: Search, step: float, sensors: Sensors, winds: Sequence[Wind]) -> Traced:
    """Candidates on a grid of `step` metres, then once more in the likeliest cells, four times as fine. Where more than
    200 cells are likely, the first answer stands: a finer one would feign what is not known."""
    likely = posterior(search, sensors, winds)
    order = np.argsort(-likely, kind="stable")
    count = int(np.searchsorted(np.cumsum(likely[order]), SURELY)) + 1
    if count > CELLS_LOOKED_AT_AGAIN:
        return Traced(search.east, search.north, likely, step)
    inside = (np.arange(FINER) - (FINER - 1) / 2) * step / FINER
    over, up = (axis.ravel() for axis in np.meshgrid(inside, inside))
    cells = order[: max(count, min(len(order), 9))]
    east = (search.east[cells, None] + over).ravel()
    north = (search.north[cells, None] + up).ravel()
    fine = replace(search, east=east, north=north)
    return Traced(east, north, posterior(fine, sensors, winds), step / FINER)


def posterior(search: Search, sensors: Sensors, winds: Sequence[Wind]) -> Numbers:
    """float64[candidates] that sum to 1: how likely each is the place of the one source. Calm hours say nothing.
    Raises ValueError when no hour can be used."""
    if len(winds) != len(sensors.read):
        raise ValueError(f"{len(winds)} hours of wind for {len(sensors.read)} of readings.")
    blowing = np.array([wind.speed >= SLOWEST for wind in winds], dtype=bool)
    usable = np.flatnonzero(blowing & (np.isfinite(sensors.read).sum(axis=1) >= 3))
    seen = rooted(sensors.read[usable]) if len(usable) else np.empty((0, 0))
    if not np.nansum(seen) > 0:
        raise ValueError("No hour has wind and readings above the background; nothing can be traced.")
    hours = [_hour(search, sensors, winds[int(hour)], row) for hour, row in zip(usable, seen, strict=True)]
    readings = int(np.isfinite(seen).sum())
    best, noise = _best(hours, readings)
    evidence = sum(_evidence(hour, best, noise) for hour in hours)
    likely = _over_strengths(np.asarray(evidence)) / (CAUTION * sqrt(readings / READINGS))
    weight = np.exp(likely - likely.max())
    return np.asarray(weight / weight.sum())


def rooted(read: Numbers) -> Numbers:
    """Square roots of what rises above each hour's background, which most sensors share."""
    background = np.nanpercentile(read, SHARE_OF_BACKGROUND, axis=1, keepdims=True)
    return np.asarray(np.sqrt(np.maximum(read - background, 0)))


@dataclass(frozen=True)
class Hour:
    """Sums over sensors: of read squared; of read x plume and plume squared, float64[candidates, turns]."""

    read: float
    match: Numbers
    plume: Numbers


def _hour(search: Search, sensors: Sensors, wind: Wind, seen: Numbers) -> Hour:
    told = np.isfinite(seen)
    east = sensors.east[told] - search.east[:, None]
    north = sensors.north[told] - search.north[:, None]
    match, plume = [], []
    for turn in TURNS * search.vane:
        along, across = downwind(east, north, wind.degrees + float(turn))
        root = np.sqrt(unit_plume(along, across, wind, search.height))
        match.append(root @ seen[told])
        plume.append((root**2).sum(axis=1))
    return Hour(float((seen[told] ** 2).sum()), np.column_stack(match), np.column_stack(plume))


def _best(hours: Sequence[Hour], readings: int) -> tuple[Numbers, float]:
    """The best root of strength of each candidate, and the noise that the best candidate leaves."""
    weight = _turn_weights()
    match = sum(hour.match @ weight for hour in hours)
    plume = sum(hour.plume @ weight for hour in hours)
    best = match / np.maximum(plume, 1e-30)
    best = np.clip(best, 0, np.percentile(best, 95) * 10 + 1e-12)
    left = np.zeros(len(best))
    for hour in hours:
        left += (hour.read - 2 * best[:, None] * hour.match + best[:, None] ** 2 * hour.plume).min(axis=1)
    return best, float(np.sqrt(max(left.min(), 1e-18) / readings))


def _evidence(hour: Hour, best: Numbers, noise: float) -> Numbers:
    """float64[candidates, strengths]: log likelihood of the hour, over the turns that the vane may have missed."""
    strength = best[:, None] * STRENGTHS
    terms = (
        strength[:, None, :] * hour.match[:, :, None] - strength[:, None, :] ** 2 * hour.plume[:, :, None] / 2
    ) / noise**2
    terms += np.log(_turn_weights())[:, None]
    top = terms.max(axis=(1, 2), keepdims=True)
    likely = np.exp(terms - top).sum(axis=1) @ _unsteady()
    return np.asarray(np.log(likely + 1e-300) + top[:, 0])


def _unsteady() -> Numbers:
    """How an hour's strength lies about the whole time's: float64[strengths, strengths], columns sum to 1."""
    apart = np.log(STRENGTHS)[:, None] - np.log(STRENGTHS)
    weight = np.exp(-0.5 * (apart / UNSTEADY) ** 2)
    return np.asarray(weight / weight.sum(axis=0))


def _over_strengths(evidence: Numbers) -> Numbers:
    top = evidence.max(axis=1, keepdims=True)
    return np.asarray(np.log(np.exp(evidence - top).mean(axis=1)) + top[:, 0])


def _turn_weights() -> NDArray[np.float64]:
    weight = np.exp(-0.5 * TURNS**2)
    return np.asarray(weight / weight.sum())
