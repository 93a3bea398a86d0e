"""Coordinate systems at the edge.

Inside, all is WGS-84 (CGCS2000 is centimetres off), degrees, lon before lat.

GCJ-02 is the offset that maps published in China must carry, BD-09 a further offset of one map vendor.
Neither has an official inverse: it is found by fixed-point iteration, which converges below 1e-9 degree.
Outside the rectangle in which the offset is defined, all three systems are the same.
"""

from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Degrees = NDArray[np.float64]

SYSTEMS: Final = ("wgs84", "gcj02", "bd09")
_SEMI_MAJOR: Final = 6378245.0  # Krasovsky 1940, metres
_ECCENTRICITY2: Final = 0.00669342162296594323
_BD_PI: Final = np.pi * 3000.0 / 180.0
_ROUNDS: Final = 8


class Extent(NamedTuple):
    west: float
    south: float
    east: float
    north: float


CHINA: Final = Extent(73.0, 3.0, 136.0, 54.0)
_OFFSET_AREA: Final = Extent(72.004, 0.8293, 137.8347, 55.8271)


class Trouble(IntEnum):
    """Why a pair of numbers is no usable position; 0 is none."""

    NONE = 0
    NOT_FINITE = 1
    OUT_OF_RANGE = 2
    AXES_SWAPPED = 3
    OUTSIDE_EXTENT = 4


TROUBLE_WORDS: Final = {
    Trouble.NOT_FINITE: "lon and lat must both be finite numbers",
    Trouble.OUT_OF_RANGE: "lon must lie in -180..180 and lat in -90..90",
    Trouble.AXES_SWAPPED: "lon and lat look swapped: give lon (73..136 in China) first, then lat (3..54)",
    Trouble.OUTSIDE_EXTENT: "the position lies outside the area that this node serves",
}


def _degrees(value: ArrayLike) -> Degrees:
    return np.asarray(value, dtype=np.float64)


def _within(lon: Degrees, lat: Degrees, extent: Extent) -> NDArray[np.bool_]:
    return (lon >= extent.west) & (lon <= extent.east) & (lat >= extent.south) & (lat <= extent.north)


def _waves(x: Degrees, y: Degrees) -> tuple[Degrees, Degrees]:
    """The offset in metres, east and north, for degrees relative to 105 E, 35 N."""
    root, product = np.sqrt(np.abs(x)), x * y
    shared = 20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * product + 0.1 * root
    east += (shared + 20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * product + 0.2 * root
    north += (shared + 20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    return east, north


def _gcj_offset(lon: Degrees, lat: Degrees) -> tuple[Degrees, Degrees]:
    east, north = _waves(lon - 105.0, lat - 35.0)
    radians = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY2 * np.sin(radians) ** 2
    meridian = _SEMI_MAJOR * (1.0 - _ECCENTRICITY2) / (magic * np.sqrt(magic))
    parallel = _SEMI_MAJOR / np.sqrt(magic) * np.cos(radians)
    return np.degrees(east / parallel), np.degrees(north / meridian)


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    x, y = _degrees(lon), _degrees(lat)
    inside = _within(x, y, _OFFSET_AREA)
    east, north = _gcj_offset(np.where(inside, x, 105.0), np.where(inside, y, 35.0))
    return np.where(inside, x + east, x), np.where(inside, y + north, y)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    x, y = _degrees(lon), _degrees(lat)
    inside = _within(x, y, _OFFSET_AREA)
    target_x, target_y = np.where(inside, x, 105.0), np.where(inside, y, 35.0)
    found_x, found_y = target_x, target_y
    for _ in range(_ROUNDS):
        east, north = _gcj_offset(found_x, found_y)
        found_x, found_y = target_x - east, target_y - north
    return np.where(inside, found_x, x), np.where(inside, found_y, y)


def gcj02_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    x, y = _degrees(lon), _degrees(lat)
    inside = _within(x, y, _OFFSET_AREA)
    near_x, near_y = np.where(inside, x, 105.0), np.where(inside, y, 35.0)
    radius = np.hypot(near_x, near_y) + 0.00002 * np.sin(near_y * _BD_PI)
    angle = np.arctan2(near_y, near_x) + 0.000003 * np.cos(near_x * _BD_PI)
    return (
        np.where(inside, radius * np.cos(angle) + 0.0065, x),
        np.where(inside, radius * np.sin(angle) + 0.006, y),
    )


def bd09_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    x, y = _degrees(lon), _degrees(lat)
    inside = _within(x, y, _OFFSET_AREA)
    target_x, target_y = np.where(inside, x, 105.0), np.where(inside, y, 35.0)
    found_x, found_y = target_x, target_y
    for _ in range(_ROUNDS):
        there_x, there_y = gcj02_to_bd09(found_x, found_y)
        found_x, found_y = found_x + (target_x - there_x), found_y + (target_y - there_y)
    return np.where(inside, found_x, x), np.where(inside, found_y, y)


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Degrees, Degrees]:
    return gcj02_to_wgs84(*bd09_to_gcj02(lon, lat))


def to_wgs84(lon: ArrayLike, lat: ArrayLike, system: str) -> tuple[Degrees, Degrees]:
    match system:
        case "wgs84":
            return _degrees(lon), _degrees(lat)
        case "gcj02":
            return gcj02_to_wgs84(lon, lat)
        case "bd09":
            return bd09_to_wgs84(lon, lat)
    raise ValueError(f"{system!r} is no known coordinate system; known are {', '.join(SYSTEMS)}")


def looks_swapped(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """True where the pair lies in China only when read as lat, lon."""
    x, y = _degrees(lon), _degrees(lat)
    return np.asarray(_within(y, x, CHINA) & ~_within(x, y, CHINA))


def troubles(lon: ArrayLike, lat: ArrayLike, extent: Extent | None = None) -> NDArray[np.uint8]:
    """One Trouble value for each pair; without an extent any place on Earth will do."""
    x, y = _degrees(lon), _degrees(lat)
    finite = np.isfinite(x) & np.isfinite(y)
    on_earth = _within(x, y, Extent(-180.0, -90.0, 180.0, 90.0))
    outside = ~_within(x, y, extent) if extent else np.zeros(x.shape, dtype=np.bool_)
    conditions = [~finite, looks_swapped(x, y), ~on_earth, outside]
    kinds = [Trouble.NOT_FINITE, Trouble.AXES_SWAPPED, Trouble.OUT_OF_RANGE, Trouble.OUTSIDE_EXTENT]
    return np.select(conditions, [np.uint8(kind) for kind in kinds], np.uint8(Trouble.NONE)).astype(np.uint8)
