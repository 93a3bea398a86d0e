"""Releases into a river whose place is known, carried by another model than the one that traces them.

The water's speed differs from reach to reach; the cloud is an advection-dispersion pulse sampled every quarter of an
hour with noise, and a gauge's arrival is when it first stays above its floor.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.tracing.river import Reach, River, Spot
from gezhi.sensing.tracing.upstream import Gauge

STEP = 900.0  # s
DISPERSION = 12.0  # m2/s
FLOOR = 0.05
WATCHED = 60 * 3600.0


@dataclass(frozen=True)
class Case:
    river: River
    gauges: list[Gauge]
    source: Spot


def network(seed: int, forks: int = 4) -> list[Reach]:
    """A tree whose mouth is `0`; two reaches of 2 to 6 km meet at every node, `forks` levels up."""
    chance = np.random.default_rng(seed)
    reaches: list[Reach] = []

    def grow(node: str, level: int, discharge: float) -> None:
        if level == forks:
            return
        share = chance.uniform(0.3, 0.7)
        for side, part in enumerate((share, 1 - share)):
            above = f"{node}{side + 1}"
            metres, speed = float(chance.uniform(2000, 6000)), float(chance.uniform(0.3, 0.8))
            reaches.append(Reach(above, node, metres, speed, discharge * part))
            grow(above, level + 1, discharge * part)

    grow("0", 0, 40.0)
    return reaches


def river_case(seed: int, gauges: int = 6) -> Case:
    """At least one gauge rises."""
    chance = np.random.default_rng(seed + 10_000)
    reaches = network(seed)
    told = River(reaches)
    common = float(np.exp(0.15 * chance.normal()))
    true = [r.speed * common * float(np.exp(0.15 * chance.normal())) for r in reaches]
    while True:
        source = _spot(chance, reaches)
        places = [_spot(chance, reaches) for _one in range(gauges - 1)] + [Spot(0, reaches[0].metres * 0.9)]
        grams = float(np.exp(chance.uniform(np.log(2e5), np.log(5e6))))
        seen = [_gauge(chance, told, true, source, spot, grams, f"g{i}") for i, spot in enumerate(places)]
        if any(gauge.arrived is not None for gauge in seen):
            return Case(told, seen, source)


def way_metres(river: River, start: Spot, end: Spot) -> float | None:
    legs = _legs(river, start, end)
    return None if legs is None else float(sum(length for _reach, length in legs))


def _legs(river: River, start: Spot, end: Spot) -> list[tuple[int, float]] | None:
    """Reaches and metres from a spot down to another; None when it does not lead there."""
    out, at, along = [], start.reach, start.along
    while True:
        if at == end.reach:
            return [*out, (at, end.along - along)] if end.along >= along else None
        out.append((at, river.reaches[at].metres - along))
        below = river.reaches[at].below
        following = [number for number, reach in enumerate(river.reaches) if reach.above == below]
        if not following:
            return None
        at, along = following[0], 0.0


def _spot(chance: np.random.Generator, reaches: list[Reach]) -> Spot:
    number = int(chance.integers(len(reaches)))
    return Spot(number, float(chance.uniform(0, reaches[number].metres)))


def _gauge(
    chance: np.random.Generator,
    river: River,
    true: list[float],
    source: Spot,
    spot: Spot,
    grams: float,
    key: str,
) -> Gauge:
    legs = _legs(river, source, spot)
    if legs is None or sum(length for _reach, length in legs) < 50:
        return Gauge(key, spot, WATCHED, floor=FLOOR)
    times = np.arange(0, WATCHED, STEP)
    read = _cloud(times - 3 * 3600, legs, true, grams / river.reaches[spot.reach].discharge)
    read = np.maximum(
        0, read * (1 + 0.1 * chance.normal(size=len(read))) + 0.01 * chance.normal(size=len(read))
    )
    above = read > FLOOR
    both = np.flatnonzero(above[:-1] & above[1:])
    if not len(both):
        return Gauge(key, spot, WATCHED, floor=FLOOR)
    return Gauge(key, spot, WATCHED, float(times[both[0]]), float(read.max()), FLOOR)


def _cloud(
    since: NDArray[np.float64], legs: list[tuple[int, float]], true: list[float], load: float
) -> NDArray[np.float64]:
    """mg/L at a place `legs` below a release at time 0: a pulse that moves and spreads."""
    metres = sum(length for _reach, length in legs)
    speed = metres / sum(length / true[reach] for reach, length in legs)
    time = np.maximum(since, 1.0)
    width = np.sqrt(2 * DISPERSION * time)
    pulse = speed / (width * np.sqrt(2 * np.pi)) * np.exp(-((metres - speed * time) ** 2) / (2 * width**2))
    return np.where(since > 0, load * pulse, 0.0)
