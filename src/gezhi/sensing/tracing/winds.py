"""One wind for each hour, of the vanes that a city has."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.tracing.plume import Wind, stability_of

Numbers = NDArray[np.float64]
CALM = Wind(0.0, 0.0)
DAWN, DUSK = 6, 18  # o'clock between which there is sun


@dataclass(frozen=True)
class Vane:
    """Hours by the clock of the place, with the speed (m/s) and direction (degrees it blows from) read then."""

    hour: NDArray[np.int64]
    speed: Numbers
    degrees: Numbers


def winds(vanes: Sequence[Vane], first: int, hours: int) -> list[Wind]:
    """Of the hours from `first` on: the mean speed, and the mean direction as a vector. An hour of which nobody read
    anything is calm, which says nothing."""
    hour = np.concatenate([one.hour for one in vanes] or [np.zeros(0, np.int64)]) - first
    speed = np.concatenate([one.speed for one in vanes] or [np.zeros(0)])
    angle = np.radians(np.concatenate([one.degrees for one in vanes] or [np.zeros(0)]))
    fit = (hour >= 0) & (hour < hours) & np.isfinite(speed) & np.isfinite(angle)
    hour, speed, angle = hour[fit], speed[fit], angle[fit]
    count, total, east, north = (
        np.bincount(hour, weights=values, minlength=hours)
        for values in (np.ones(len(hour)), speed, speed * np.sin(angle), speed * np.cos(angle))
    )
    found = []
    for place in range(hours):
        if not count[place]:
            found.append(CALM)
            continue
        mean = float(total[place] / count[place])
        blows = float(np.degrees(np.arctan2(east[place], north[place])) % 360)
        sun = DAWN <= (first + place) % 24 < DUSK
        found.append(Wind(blows, mean, stability_of(mean, sun)))
    return found
