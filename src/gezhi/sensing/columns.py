"""Readings as columns, and what became of them: the shapes that every adapter and the one door share.

A row is one reading: its series (the datastream's id), its time in whole milliseconds since 1970 UTC, its value and the
marks that its device set. Columns may hold values that are not finite and times that cannot be: the door refuses those
and says so, row by row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, IntFlag
from functools import cached_property
from typing import Final, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Bools = NDArray[np.bool_]
Int8 = NDArray[np.int8]
Int16 = NDArray[np.int16]
Int32 = NDArray[np.int32]
Int64 = NDArray[np.int64]
Float64 = NDArray[np.float64]


class Mark(IntFlag):
    """Why a value is to be used with care; 0 is a good one. The low byte is the device's word (HJ 212-2017, 6.3.4.3,
    and -2025), the high byte is what was found when the reading came."""

    GOOD = 0
    STOPPED = 1  # F
    MAINTAINED = 2  # M
    MANUAL = 4  # S: a set value
    FAULTY = 8  # D
    CALIBRATING = 16  # C
    OVER_RANGE = 32  # T: beyond what the device can measure
    CUT_OFF = 64  # B: no link between device and station
    ASSUMED = 128  # the device gave no usable time; the time of receipt stands in
    OUT_OF_RANGE = 256
    JUMP = 512
    STUCK = 1024
    GAP = 2048
    CLOCK = 4096


FROM_DEVICE: Final = Mark(0xFF)
# A value with one of these says nothing of what was to be measured: to monitors it is unknown.
UNUSABLE: Final = (
    Mark.STOPPED | Mark.MAINTAINED | Mark.FAULTY | Mark.CALIBRATING | Mark.CUT_OFF | Mark.OUT_OF_RANGE
)


class Fate(IntEnum):
    """AGAIN: the same series, time and value were there. CONTRADICTING: the same series and time with another value,
    which stays. REFUSED: kept nowhere."""

    NEW = 0
    AGAIN = 1
    CONTRADICTING = 2
    REFUSED = 3


@dataclass(frozen=True, slots=True)
class Columns:
    """n readings in order of arrival."""

    series: Int32
    at: Int64
    value: Float64
    mark: Int16

    def __post_init__(self) -> None:
        lengths = {len(self.series), len(self.at), len(self.value), len(self.mark)}
        if len(lengths) > 1:
            raise ValueError(f"series, at, value and mark must be of one length, not {sorted(lengths)}")

    @classmethod
    def of(cls, series: ArrayLike, at: ArrayLike, value: ArrayLike, mark: ArrayLike | None = None) -> Self:
        """From lists or arrays; without marks every reading is good."""
        numbers = np.asarray(series, np.int32)
        marks = np.zeros(len(numbers), np.int16) if mark is None else np.asarray(mark, np.int16)
        return cls(numbers, np.asarray(at, np.int64), np.asarray(value, np.float64), marks)

    @classmethod
    def joined(cls, parts: Sequence["Columns"]) -> "Columns":
        """One after the other."""
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return NOTHING
        return cls(
            np.concatenate([part.series for part in parts]),
            np.concatenate([part.at for part in parts]),
            np.concatenate([part.value for part in parts]),
            np.concatenate([part.mark for part in parts]),
        )

    def __len__(self) -> int:
        return len(self.series)

    def __getitem__(self, rows: slice | Bools | NDArray[np.intp]) -> "Columns":
        return Columns(self.series[rows], self.at[rows], self.value[rows], self.mark[rows])


NOTHING: Final = Columns.of([], [], [])


@dataclass(frozen=True)
class Taken:
    """What became of each row. `fate`: Fate by row. `behind`: rows not later than what their series already had; such
    a row can be new, again or contradicting, and its series is marked late."""

    fate: Int8
    behind: Bools

    @classmethod
    def all_new(cls, count: int) -> Self:
        return cls(np.zeros(count, np.int8), np.zeros(count, np.bool_))

    def __len__(self) -> int:
        return len(self.fate)

    def __getitem__(self, rows: slice) -> "Taken":
        return Taken(self.fate[rows], self.behind[rows])

    @cached_property
    def _counts(self) -> list[int]:
        counts: list[int] = np.bincount(self.fate, minlength=len(Fate)).tolist()
        return counts

    @property
    def new(self) -> int:
        return self._counts[Fate.NEW]

    @property
    def again(self) -> int:
        return self._counts[Fate.AGAIN]

    @property
    def contradicting(self) -> int:
        return self._counts[Fate.CONTRADICTING]

    @property
    def refused(self) -> int:
        return self._counts[Fate.REFUSED]

    @property
    def late(self) -> int:
        """New rows among those behind their series."""
        return int(np.count_nonzero(self.behind & (self.fate == Fate.NEW)))


Take = Callable[[Columns, str, datetime], Taken]
"""The one door: columns, the source's name, now (aware, UTC). When it returns, what it took is committed."""
