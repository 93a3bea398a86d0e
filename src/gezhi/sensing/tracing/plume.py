"""The steady Gaussian plume of a point source over flat ground.

Spread by Briggs' open-country curves (1973) of Pasquill's classes, as tabled in Hanna, Briggs, Hosker: Handbook on
Atmospheric Diffusion, DOE/TIC-11223 (1982), table 4.5. Metres, degrees, seconds, grams.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
CLASSES = "ABCDEF"
SLOWEST = 0.5  # m/s; in calmer air there is no plume to trace
NEAREST = 10.0  # m downwind; nearer the curves do not hold

ACROSS = (0.22, 0.16, 0.11, 0.08, 0.06, 0.04)
# upward spread = a x (1 + b x) ** c
UPWARD = (
    (0.20, 0.0, 1.0),
    (0.12, 0.0, 1.0),
    (0.08, 0.0002, -0.5),
    (0.06, 0.0015, -0.5),
    (0.03, 0.0003, -1.0),
    (0.016, 0.0003, -1.0),
)


@dataclass(frozen=True)
class Wind:
    """One hour: where it blows *from* in degrees clockwise from north, m/s, and Pasquill's class A to F."""

    degrees: float
    speed: float
    stability: str = "D"

    def __post_init__(self) -> None:
        if self.stability not in CLASSES or len(self.stability) != 1:
            raise ValueError(f"Stability is one of A, B, C, D, E, F; got '{self.stability}'.")
        if not np.isfinite(self.degrees) or not np.isfinite(self.speed) or self.speed < 0:
            raise ValueError(
                f"Wind needs a direction and a speed of at least 0; got {self.degrees}, {self.speed}."
            )


def downwind(east: Numbers, north: Numbers, degrees: float) -> tuple[Numbers, Numbers]:
    """Metres along and across the wind of points that lie `east` and `north` of a source."""
    towards = np.radians(degrees) + np.pi
    sine, cosine = np.sin(towards), np.cos(towards)
    return east * sine + north * cosine, east * cosine - north * sine


def unit_plume(along: Numbers, across: Numbers, wind: Wind, height: float) -> Numbers:
    """g/m3 at the ground for 1 g/s released at `height`; 0 upwind."""
    place = CLASSES.index(wind.stability)
    x = np.maximum(along, NEAREST)
    sideways = ACROSS[place] * x / np.sqrt(1 + 0.0001 * x)
    a, b, c = UPWARD[place]
    upward = a * x * (1 + b * x) ** c
    shape = np.exp(-0.5 * (across / sideways) ** 2 - 0.5 * (height / upward) ** 2)
    value = shape / (np.pi * max(wind.speed, SLOWEST) * sideways * upward)
    return np.asarray(np.where(along >= NEAREST, value, 0.0))


def stability_of(speed: float, sun: bool, strong: bool = False) -> str:
    """Pasquill's class by wind at 10 m and light, without a cloud cover: `strong` is bright midday sun."""
    steps = (2.0, 3.0, 5.0, 6.0)
    row = sum(speed >= step for step in steps)
    if not sun:
        return "FEDDD"[row]
    return "AABCC"[row] if strong else "BBCDD"[row]
