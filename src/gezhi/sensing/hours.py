"""Hours, days and windows of a city's clock, for many instants at once. Pure.

Instants are int64 milliseconds since 1970 UTC. A city's clock runs by a fixed offset: China has one hour for all and
no summer time.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]
Bools = NDArray[np.bool_]

SECOND: Final = 1_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
BEIJING: Final = 8 * HOUR
FAR: Final = np.int64(2**62)  # never

_MINUTES: Final = 1_440
_EPOCH: Final = date(1970, 1, 1)


def hour_of(at: Int64, offset: int) -> Float64:
    """0 to 23."""
    return ((at + offset) // HOUR % 24).astype(np.float64)


def weekday_of(at: Int64, offset: int) -> Float64:
    """1 Monday to 7 Sunday; 1 January 1970 was a Thursday."""
    return (((at + offset) // DAY + 3) % 7 + 1).astype(np.float64)


def month_of(at: Int64, offset: int) -> Float64:
    """1 to 12."""
    months = (at + offset).astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
    return (months % 12 + 1).astype(np.float64)


def next_hour(at: Int64, offset: int) -> Int64:
    """The next whole hour after each instant."""
    later: Int64 = ((at + offset) // HOUR + 1) * HOUR - offset
    return later


class Windows:
    """Parts of the day, "22:00-06:00". The first minute is inside, the last is not."""

    def __init__(self, windows: Iterable[str]) -> None:
        inside = np.zeros(_MINUTES, np.bool_)
        for window in windows:
            start, end = (_minute(one) for one in window.split("-"))
            hours = range(start, end if end > start else end + _MINUTES)
            inside[[minute % _MINUTES for minute in hours]] = True
        self._inside = inside
        self._until = _until_change(inside)

    def inside(self, at: Int64, offset: int) -> Bools:
        return self._inside[(at + offset) // MINUTE % _MINUTES]

    def next_change(self, at: Int64, offset: int) -> Int64:
        """When one of them next opens or closes, after each instant."""
        minute = (at + offset) // MINUTE
        until = self._until[minute % _MINUTES]
        return np.where(until > 0, (minute + until) * MINUTE - offset, FAR)


class Dated:
    """Numbers that hold from the midnight of their day on; the first of them before, too. None at all: unknown."""

    def __init__(self, values: Iterable[tuple[date, float]]) -> None:
        pairs = sorted(values) or [(date.min, np.nan)]
        self._since = np.array([(day - _EPOCH).days * DAY for day, _ in pairs], np.int64)
        self._values = np.array([value for _, value in pairs], np.float64)

    def at(self, at: Int64, offset: int) -> Float64:
        began = np.searchsorted(self._since, at + offset, side="right") - 1
        found: Float64 = self._values[np.maximum(began, 0)]
        return found


def _minute(text: str) -> int:
    hour, minute = text.split(":")
    return int(hour) * 60 + int(minute)


def _until_change(inside: Bools) -> Int64:
    """From each minute of the day, in how many minutes another one begins; 0: never."""
    changes = np.flatnonzero(inside != np.roll(inside, 1))
    if not changes.size:
        return np.zeros(_MINUTES, np.int64)
    round_the_clock = np.append(changes, changes[0] + _MINUTES)
    minutes = np.arange(_MINUTES)
    later: Int64 = round_the_clock[np.searchsorted(round_the_clock, minutes, side="right")] - minutes
    return later
