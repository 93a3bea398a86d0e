"""Where a release into a river was: upstream candidates by when, how strongly and where not the water showed it.

For each candidate the release's hour, its amount and how fast the river really runs are unknown; they are tried or
averaged out. A gauge that the water should have reached and that read nothing speaks against a candidate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, sqrt

import numpy as np
from scipy.special import ndtr

from gezhi.sensing.tracing.plume import Numbers
from gezhi.sensing.tracing.river import River, Spot, Way

CANDIDATES_AT_MOST = 100_000
GAUGES_AT_MOST = 200
SPEED_ERROR = 0.25  # standard error of the logarithm of the river's speed: a common one for the whole network
TIME_SHARE = 0.08  # standard error of an arrival as a share of the travel time: each gauge's own
TIME_LEAST = 900.0  # s; readings are some minutes apart
PEAK_ERROR = 0.5  # standard error of the logarithm of a peak
MISSED, MISTAKEN = 0.05, 0.02  # chance that a gauge overlooks what it should read; reads what is not there
HALF_LOG_TURN = 0.9189  # of 2 pi
SPEEDS = np.exp(SPEED_ERROR * np.linspace(-2.5, 2.5, 21))
SPEED_WEIGHTS = np.exp(-0.5 * np.linspace(-2.5, 2.5, 21) ** 2)


@dataclass(frozen=True)
class Gauge:
    """What a station on the river saw. `arrived`: seconds on any clock at which it first rose, None when it did not;
    `peak` its highest value above the usual (any unit, the same at all); `seen_until`: when it was last read; `floor`:
    the least rise that it would have shown."""

    key: str
    spot: Spot
    seen_until: float
    arrived: float | None = None
    peak: float | None = None
    floor: float = 0.0

    def __post_init__(self) -> None:
        if self.arrived is not None and self.arrived > self.seen_until:
            raise ValueError(f"Gauge {self.key} rose after it was last read.")
        if self.peak is not None and (self.arrived is None or self.peak <= 0):
            raise ValueError(f"Gauge {self.key}: a peak is above 0 and has an arrival.")


@dataclass(frozen=True)
class Outlet:
    """A place from which it may have come; `weight`: how much likelier than others it is before anything is read."""

    key: str
    spot: Spot
    weight: float = 1.0


@dataclass(frozen=True)
class Suspected:
    """An outlet or stretch as a place to inspect, no finding against anyone. `released` is when, if it was there:
    mean and standard error in seconds on the gauges' clock; None where no gauge that rose lies below it."""

    key: str
    share: float
    released: float | None
    within: float | None


def traced(
    river: River, gauges: Sequence[Gauge], outlets: Sequence[Outlet], lasts: float, decay: float = 0.0
) -> list[Suspected]:
    """All outlets, likeliest first; the shares sum to 1. `lasts`: how long before the first arrival the release may
    have been, seconds. `decay`: share lost a second. Raises ValueError when no gauge rose."""
    if not any(gauge.arrived is not None for gauge in gauges):
        raise ValueError("No gauge rose: there is nothing to trace.")
    if not 1 <= len(outlets) <= CANDIDATES_AT_MOST or len(gauges) > GAUGES_AT_MOST:
        raise ValueError(f"Give 1 to {CANDIDATES_AT_MOST} outlets and at most {GAUGES_AT_MOST} gauges.")
    ways = [river.ways_to(gauge.spot) for gauge in gauges]
    told = []
    for outlet in outlets:
        river.checked(outlet.spot)
        each = [river.way(outlet.spot, gauge.spot, way) for gauge, way in zip(gauges, ways, strict=True)]
        told.append(_told(gauges, each, lasts, decay))
    evidence = np.array([one[0] for one in told]) + np.log([outlet.weight for outlet in outlets])
    share = np.exp(evidence - evidence.max())
    share /= share.sum()
    found = [
        Suspected(outlet.key, float(part), when, within)
        for outlet, part, (_evidence, when, within) in zip(outlets, share, told, strict=True)
    ]
    return sorted(found, key=lambda one: (-one.share, one.key))


def likeliest(found: Sequence[Suspected], share: float) -> list[Suspected]:
    """The fewest that together hold at least this share: the stretch of the network to search."""
    held, out = 0.0, []
    for one in found:
        if held >= share:
            break
        out.append(one)
        held += one.share
    return out


def _told(
    gauges: Sequence[Gauge], ways: Sequence[Way | None], lasts: float, decay: float
) -> tuple[float, float | None, float | None]:
    """Log evidence for one outlet, and when it released."""
    rose = [(gauge, way) for gauge, way in zip(gauges, ways, strict=True) if gauge.arrived is not None]
    reached = [(gauge, way) for gauge, way in rose if way is not None]
    evidence = (len(rose) - len(reached)) * log(MISTAKEN / lasts)
    if not reached:
        return evidence + log(MISTAKEN), None, None
    first = min(gauge.arrived for gauge, _way in rose if gauge.arrived is not None)
    each, when, within = _timing(reached, first, lasts)
    peaks, amount = _peaks(reached, decay)
    each = each + _silence(gauges, ways, when, amount, decay)
    top = each.max()
    weight = np.exp(each - top) * SPEED_WEIGHTS
    total = log(weight.sum() / SPEED_WEIGHTS.sum()) + float(top)
    weight /= weight.sum()
    mean = float(weight @ when)
    return evidence + total + peaks, mean, sqrt(float(weight @ (when - mean) ** 2) + within**2)


def _timing(
    reached: Sequence[tuple[Gauge, Way]], first: float, lasts: float
) -> tuple[Numbers, Numbers, float]:
    """For each speed the log likelihood of the arrivals with the release's hour averaged out over what is possible,
    that hour, and its standard error."""
    seconds = np.array([way.seconds for _gauge, way in reached])
    arrived = np.array([gauge.arrived for gauge, _way in reached], dtype=np.float64)
    weight = 1 / (TIME_LEAST**2 + (TIME_SHARE * seconds) ** 2)
    release = arrived - seconds / SPEEDS[:, None]
    when = release @ weight / weight.sum()
    misfit = ((release - when[:, None]) ** 2) @ weight
    alone = 0.5 * float(np.log(weight).sum()) - 0.5 * log(weight.sum())
    within = 1 / sqrt(weight.sum())
    possible = np.where((when > first - lasts - 2 * within) & (when < first + 2 * within), 0.0, -30.0)
    return alone - 0.5 * misfit + possible - log(lasts) - (len(seconds) - 1) * HALF_LOG_TURN, when, within


def _peaks(reached: Sequence[tuple[Gauge, Way]], decay: float) -> tuple[float, float | None]:
    """Log likelihood of how the peaks relate, the amount averaged out; and the logarithm of the amount, None when no
    peak is known."""
    known = [log(gauge.peak) + _thinned(way, decay) for gauge, way in reached if gauge.peak is not None]
    if not known:
        return 0.0, None
    amount = np.array(known)
    mean = float(amount.mean())
    return float(-0.5 * ((amount - mean) ** 2).sum() / PEAK_ERROR**2), mean


def _thinned(way: Way, decay: float) -> float:
    """Logarithm of how much thinner the peak is at the end of the way: by more water, by decay, by the root of time."""
    return log(way.discharge) + decay * way.seconds + 0.5 * log(max(way.seconds, TIME_LEAST))


def _silence(
    gauges: Sequence[Gauge], ways: Sequence[Way | None], when: Numbers, amount: float | None, decay: float
) -> Numbers:
    """For each speed what the gauges that read nothing say: little where the water was not due or too thin."""
    out = np.zeros(len(SPEEDS))
    for gauge, way in zip(gauges, ways, strict=True):
        if gauge.arrived is not None or way is None:
            continue
        shown = 1.0
        if amount is not None and gauge.floor > 0:
            shown = float(ndtr((amount - _thinned(way, decay) - log(gauge.floor)) / PEAK_ERROR))
        due = when + way.seconds / SPEEDS
        margin = TIME_LEAST + TIME_SHARE * way.seconds
        out += np.where(due + 2 * margin < gauge.seen_until, log(1 - (1 - MISSED) * shown), 0.0)
    return out
