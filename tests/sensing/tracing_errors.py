"""How far traced sources are from the true ones, on synthetic cases: `python -m tests.sensing.tracing_errors [cases]`.

Air: 10 km, 2,601 candidates. `same air` is made by the plume that the tracing uses, `other air` by another model.
"""

import sys
import time

import numpy as np

from gezhi.sensing.tracing import air
from gezhi.sensing.tracing.air import Search, Traced, grid
from gezhi.sensing.tracing.area import middle, most_likely
from gezhi.sensing.tracing.river import Spot, stretches
from gezhi.sensing.tracing.upstream import Gauge, Outlet, likeliest, traced
from tests.sensing.air_cases import WIDTH, air_case
from tests.sensing.river_cases import Case, river_case, way_metres

STEP = 200.0
SHARES = (0.5, 0.9)
SET_UPS = ((20, 24, 6.0), (20, 24, 14.0), (40, 72, 14.0))
LASTS = 48 * 3600.0  # s before the first arrival in which the release may have been
FIRST = 50_000  # seeds; the settings of the tracing were chosen on others


def air_errors(
    cases: int, sensors: int, hours: int, vane: float, other_air: bool, first: int = FIRST
) -> dict[str, float]:
    """Metres (median, 90 % of cases), the hottest sensor's, shares of areas that held the source, their km2."""
    east, north = grid(WIDTH, STEP)
    off, hot, held, wide = [], [], [], []
    begin = time.perf_counter()
    for seed in range(first, first + cases):
        case = air_case(seed, sensors, hours, vane, other_air)
        found = air.traced(Search(east, north, vane), STEP, case.sensors, case.winds)
        x, y = middle(found.east, found.north, found.likely)
        off.append(float(np.hypot(x - case.east, y - case.north)))
        hot.append(case.hottest())
        held.append([holds(found, share, case.east, case.north) for share in SHARES])
        wide.append(most_likely(found.likely, 0.9).sum() * (found.step / 1000) ** 2)
    return {
        "median m": float(np.median(off)),
        "9 of 10 m": float(np.percentile(off, 90)),
        "hottest m": float(np.median(hot)),
        **{
            f"held by {share:.0%}": float(np.mean([one[i] for one in held])) for i, share in enumerate(SHARES)
        },
        "area 90% km2": float(np.median(wide)),
        "s a case": (time.perf_counter() - begin) / cases,
    }


def holds(found: Traced, share: float, east: float, north: float) -> bool:
    apart = np.maximum(np.abs(found.east - east), np.abs(found.north - north))
    cell = int(np.argmin(apart))
    return bool(apart[cell] <= found.step / 2 and most_likely(found.likely, share)[cell])


def river_errors(cases: int, gauges: int, first: int = FIRST) -> dict[str, float]:
    """Stretches of 200 m as candidates: how much of the network the areas are and how often they hold the source."""
    held, long, risen = [], [], []
    for seed in range(first, first + cases):
        case = river_case(seed, gauges)
        spots = stretches(case.river, 200)
        outlets = [Outlet(str(number), spot) for number, spot in enumerate(spots)]
        found = traced(case.river, case.gauges, outlets, lasts=LASTS)
        apart = {
            str(i): abs(s.along - case.source.along)
            for i, s in enumerate(spots)
            if s.reach == case.source.reach
        }
        true = min(apart, key=lambda key: apart[key])
        held.append([true in {one.key for one in likeliest(found, share)} for share in SHARES])
        long.append(len(likeliest(found, 0.9)) / len(spots))
        risen.append(_risen(case.gauges))
    return {
        **{
            f"held by {share:.0%}": float(np.mean([one[i] for one in held])) for i, share in enumerate(SHARES)
        },
        "network in 90%": float(np.median(long)),
        "gauges that rose": float(np.mean(risen)),
    }


def outlet_ranks(cases: int, gauges: int, outlets: int = 20, first: int = FIRST) -> dict[str, float]:
    """The source is one of known outlets: how often it is the likeliest, and among the three likeliest. Beside it the
    nearest outlet upstream of the first gauge that rose."""
    places, near = [], []
    for seed in range(first, first + cases):
        case = river_case(seed, gauges)
        chance = np.random.default_rng(seed)
        spots = stretches(case.river, 100)
        known = [spots[int(one)] for one in chance.choice(len(spots), outlets, replace=False)]
        true = int(chance.integers(outlets))
        known[true] = case.source
        found = traced(
            case.river, case.gauges, [Outlet(f"{i:02}", spot) for i, spot in enumerate(known)], LASTS
        )
        places.append([one.key for one in found].index(f"{true:02}"))
        near.append(_nearest_upstream(case, known).index(true))
    return {
        "the likeliest": float(np.mean(np.array(places) == 0)),
        "of the likeliest three": float(np.mean(np.array(places) < 3)),
        "nearest upstream": float(np.mean(np.array(near) == 0)),
        "of the nearest three": float(np.mean(np.array(near) < 3)),
    }


def _nearest_upstream(case: Case, spots: list[Spot]) -> list[int]:
    rose = [(gauge.arrived, gauge) for gauge in case.gauges if gauge.arrived is not None]
    gauge = min(rose, key=lambda one: one[0])[1]
    metres = [way_metres(case.river, spot, gauge.spot) for spot in spots]
    return sorted(range(len(spots)), key=lambda place: np.inf if (way := metres[place]) is None else way)


def _risen(gauges: list[Gauge]) -> int:
    return sum(gauge.arrived is not None for gauge in gauges)


def _line(name: str, figures: dict[str, float]) -> str:
    return f"{name:<44}" + "  ".join(f"{key} {value:.2f}" for key, value in figures.items())


def main() -> None:
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for sensors, hours, vane in SET_UPS:
        for other_air in (False, True):
            name = f"air, {sensors} sensors x {hours} h, {vane:g} deg, {'other' if other_air else 'same'} air"
            print(_line(name, air_errors(cases, sensors, hours, vane, other_air)), flush=True)
    for gauges in (3, 6, 12):
        print(
            _line(f"river, 30 reaches, {gauges} gauges, stretches", river_errors(cases, gauges)), flush=True
        )
        print(
            _line(f"river, 30 reaches, {gauges} gauges, 20 outlets", outlet_ranks(cases, gauges)), flush=True
        )


if __name__ == "__main__":
    main()
