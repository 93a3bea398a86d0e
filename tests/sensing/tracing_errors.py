"""How far traced sources are from the true ones, on synthetic cases: `python -m tests.sensing.tracing_errors [cases]`.

Air: 10 km, 2,601 candidates. `same air` is made by the plume that the tracing uses, `other air` by another model.
"""

import sys
import time

import numpy as np

from gezhi.sensing.tracing.air import Search, grid, posterior
from gezhi.sensing.tracing.area import middle, most_likely
from gezhi.sensing.tracing.river import stretches
from gezhi.sensing.tracing.upstream import Outlet, likeliest, traced
from tests.sensing.air_cases import WIDTH, air_case
from tests.sensing.river_cases import river_case

STEP = 200.0
SHARES = (0.5, 0.9)
SET_UPS = ((20, 24, 6.0), (20, 24, 14.0), (40, 72, 14.0))
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
        likely = posterior(Search(east, north, vane), case.sensors, case.winds)
        x, y = middle(east, north, likely)
        off.append(float(np.hypot(x - case.east, y - case.north)))
        hot.append(case.hottest())
        cell = int(np.argmin(np.hypot(east - case.east, north - case.north)))
        held.append([bool(most_likely(likely, share)[cell]) for share in SHARES])
        wide.append(most_likely(likely, 0.9).sum() * (STEP / 1000) ** 2)
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


def river_errors(cases: int, gauges: int, first: int = FIRST) -> dict[str, float]:
    """Stretches of 200 m as candidates. `right reach`: the likeliest stretch lies on the reach of the source."""
    off, same, held, long, ranks, gauged = [], [], [], [], [], []
    for seed in range(first, first + cases):
        case = river_case(seed, gauges)
        spots = stretches(case.river, 200)
        found = traced(
            case.river, case.gauges, [Outlet(str(i), spot) for i, spot in enumerate(spots)], lasts=48 * 3600
        )
        best = spots[int(found[0].key)]
        same.append(best.reach == case.source.reach)
        off.append(case.metres_off(best))
        near = [
            (abs(s.along - case.source.along), str(i))
            for i, s in enumerate(spots)
            if s.reach == case.source.reach
        ]
        true = min(near)[1]
        held.append([true in {one.key for one in likeliest(found, share)} for share in SHARES])
        long.append(len(likeliest(found, 0.9)) / len(spots))
        ranks.append([one.key for one in found].index(true) / len(spots))
        gauged.append(_nearest_above(case.gauges))
    known = [one for one in off if np.isfinite(one)]
    return {
        "median m along the water": float(np.median(known)),
        "another branch": 1 - len(known) / cases,
        "right reach": float(np.mean(same)),
        **{
            f"held by {share:.0%}": float(np.mean([one[i] for one in held])) for i, share in enumerate(SHARES)
        },
        "network in 90%": float(np.median(long)),
        "gauges that rose": float(np.mean(gauged)),
    }


def _nearest_above(gauges: list) -> int:  # type: ignore[type-arg]
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
        print(_line(f"river, 30 reaches, {gauges} gauges", river_errors(cases, gauges)), flush=True)


if __name__ == "__main__":
    main()
