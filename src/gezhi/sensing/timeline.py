"""What was known of each series at any instant of a batch: its state before, then the rows that come to it. Pure."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.hours import Bools, Float64, Int64
from gezhi.sensing.measuring import AT_BITS, Known, Rows, usable

_FIELDS = {"value": "last_value", "step": "step", "rate": "rate", "z": "z", "mark": "last_mark"}


@dataclass(frozen=True)
class Timeline:
    """Of m series and n rows: m + n moments, sorted by series and time, the first of each series being its state.

    `stale`: for how many ms a reading of each series holds; afterwards its value is unknown.
    """

    at: Int64
    columns: dict[str, Float64]
    first: Int64
    count: Int64
    stale: Int64
    _key: Int64

    @classmethod
    def of(cls, known: Known, rows: Rows, stale: Int64) -> Self:
        """`known`: before the rows."""
        series = len(known)
        count = np.bincount(rows.series, minlength=series).astype(np.int64)
        first = np.arange(series) + np.concatenate([[0], np.cumsum(count)[:-1]]) if series else count
        places = np.arange(len(rows)) + rows.series + 1
        at = np.empty(series + len(rows), np.int64)
        at[first], at[places] = known["last_at"], rows.at
        columns = {name: np.empty(len(at)) for name in _FIELDS}
        for name, field in _FIELDS.items():
            columns[name][first], columns[name][places] = known[field], rows.columns[name]
        columns["value"][first] = usable(known["last_value"], known["last_mark"])
        whose = np.repeat(np.arange(series), count + 1)
        return cls(at, columns, first, count, stale, (whose << AT_BITS) | at)

    def moment(self, series: NDArray[np.intp], at: Int64) -> Int64:
        """The newest moment of each series at each instant; of a series that is ahead of it, its state."""
        found = np.searchsorted(self._key, (series.astype(np.int64) << AT_BITS) | at, side="right") - 1
        return np.maximum(found, self.first[series])

    def fresh(self, moment: Int64, series: NDArray[np.intp], at: Int64) -> Bools:
        fresh: Bools = (self.at[moment] > 0) & (at - self.at[moment] <= self.stale[series])
        return fresh

    def expiry(self, moment: Int64, series: NDArray[np.intp]) -> Int64:
        """From when on what was known then is no more."""
        ends: Int64 = self.at[moment] + self.stale[series] + 1
        return ends

    def rows_of(self, series: NDArray[np.intp]) -> tuple[NDArray[np.intp], Int64]:
        """The instants of the rows of these series, -1 standing for none: positions in `series`, and when."""
        given = np.flatnonzero(series >= 0)
        counts = self.count[series[given]]
        who = np.repeat(given, counts)
        offsets = np.arange(len(who)) - np.repeat(np.cumsum(counts) - counts, counts)
        return who, self.at[np.repeat(self.first[series[given]] + 1, counts) + offsets]
