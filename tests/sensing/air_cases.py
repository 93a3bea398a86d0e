"""Sources in the air whose place is known: made by the same plume that traces them, or by another kind of air.

The other air is not a steady plume. Twelve releases an hour, each 5 minutes in a direction of its own (a meander with
memory), spread by the strength of turbulence and the travel time instead of by Briggs' curves, by a class that changes
from day to night, with patches in the concentration, a strength that changes, and a wind that the vane tells wrongly.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.tracing.air import Sensors
from gezhi.sensing.tracing.plume import Wind, downwind, stability_of, unit_plume

Numbers = NDArray[np.float64]
WIDTH = 10_000.0
HEIGHT = 10.0
PARTS = 12
# class: standard deviation of direction in radians, and of the upward wind as a share of speed (25 to 2.5
# degrees from class A to F, as textbooks give it)
TURBULENCE = {
    "A": (0.44, 0.26),
    "B": (0.35, 0.18),
    "C": (0.26, 0.13),
    "D": (0.17, 0.075),
    "E": (0.09, 0.045),
    "F": (0.045, 0.03),
}


@dataclass(frozen=True)
class Case:
    east: float
    north: float
    sensors: Sensors
    winds: list[Wind]

    def hottest(self) -> float:
        """Metres from the source to the sensor with the highest mean."""
        place = int(np.nanmean(self.sensors.read, axis=0).argmax())
        return float(np.hypot(self.sensors.east[place] - self.east, self.sensors.north[place] - self.north))


def air_case(
    seed: int, sensors: int = 20, hours: int = 24, vane: float = 6.0, other_air: bool = False
) -> Case:
    """`vane`: standard error in degrees of the direction that the tracing is told."""
    chance = np.random.default_rng(seed)
    east, north = chance.uniform(-WIDTH / 2, WIDTH / 2, (2, sensors))
    source = chance.uniform(-0.4 * WIDTH, 0.4 * WIDTH, 2)
    true = _weather(chance, hours)
    released = float(np.exp(chance.uniform(np.log(5), np.log(200))))
    rows = []
    for hour, wind in enumerate(true):
        if other_air:
            strength = released * np.exp(0.4 * chance.normal()) * (1.3 if 7 <= hour % 24 < 19 else 0.6)
            plume = _puffs(chance, east - source[0], north - source[1], wind)
            plume = plume * np.exp(0.35 * chance.normal(size=sensors) - 0.06)
        else:
            along, across = downwind(east - source[0], north - source[1], np.float64(wind.degrees))
            strength, plume = released, unit_plume(along, across, wind, HEIGHT)
        rows.append(_read(chance, strength * plume))
    told = [_told(chance, wind, vane, other_air, hour) for hour, wind in enumerate(true)]
    return Case(float(source[0]), float(source[1]), Sensors(east, north, np.array(rows)), told)


def _weather(chance: np.random.Generator, hours: int) -> list[Wind]:
    """From midnight on. The direction wanders as it does at Beijing's stations from 2013 to 2017: with steps of 35
    degrees the mean wind of a day is 0.56 of its speed in the median, there 0.56 to 0.58."""
    degrees = chance.uniform(0, 360) + np.cumsum(chance.normal(0, 35, hours))
    speed = np.clip(2.2 + np.cumsum(chance.normal(0, 0.4, hours)), 0.8, 7.0)
    return [
        Wind(float(degrees[hour] % 360), float(speed[hour]), _class(float(speed[hour]), hour))
        for hour in range(hours)
    ]


def _class(speed: float, hour: int) -> str:
    return stability_of(speed, sun=7 <= hour % 24 < 18, strong=11 <= hour % 24 < 15)


def _told(chance: np.random.Generator, wind: Wind, vane: float, other_air: bool, hour: int) -> Wind:
    """What the weather station says. In the other air its speed errs too, and the class is what the speed suggests."""
    degrees = float((wind.degrees + vane * chance.normal()) % 360)
    if not other_air:
        return Wind(degrees, wind.speed, wind.stability)
    speed = float(max(0.6, wind.speed * np.exp(0.15 * chance.normal())))
    return Wind(degrees, speed, _class(speed, hour))


def _read(chance: np.random.Generator, risen: Numbers) -> Numbers:
    """g/m3: a background of 30 micrograms that all share, with 10 % and 2 micrograms of noise; one reading in fifty is
    lost."""
    background = 30e-6 * np.exp(0.2 * chance.normal())
    read = (background + risen) * (1 + 0.1 * chance.normal(size=len(risen))) + 2e-6 * chance.normal(
        size=len(risen)
    )
    return np.where(chance.random(len(risen)) < 0.02, np.nan, np.maximum(read, 0))


def _puffs(chance: np.random.Generator, east: Numbers, north: Numbers, wind: Wind) -> Numbers:
    sideways, upward = TURBULENCE[wind.stability]
    turn, out = 0.0, np.zeros(len(east))
    for _part in range(PARTS):
        turn = 0.7 * turn + 0.71 * chance.normal(0, np.degrees(sideways) * 0.7)
        speed = wind.speed * float(np.exp(0.2 * chance.normal()))
        along, across = downwind(east, north, np.float64(wind.degrees + turn))
        x = np.maximum(along, 10.0)
        seconds = x / speed
        wide = sideways * 0.7 * x / (1 + np.sqrt(seconds / 1000))
        tall = np.minimum(upward * x / (1 + np.sqrt(seconds / 300) * (wind.stability in "EF")), 800.0)
        rise = np.exp(-0.5 * (HEIGHT / tall) ** 2) * np.exp(-0.5 * (across / wide) ** 2)
        out += np.where(along > 10, rise / (np.pi * speed * wide * tall), 0.0) / PARTS
    return out
