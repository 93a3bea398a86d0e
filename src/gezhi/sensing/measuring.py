"""What a reading says beside its value: step and rate since the one before, and how unusual it is. Pure.

The state of a series is one row of a structured array; any array that has the fields of KNOWN will do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.columns import UNUSABLE, Int16
from gezhi.sensing.hours import HOUR, Bools, Float64, Int64

KNOWN: Final = np.dtype([
    ("last_at", "i8"),  # milliseconds since 1970 UTC; 0: no reading yet
    ("last_value", "f8"),
    ("last_mark", "i2"),
    ("step", "f8"),
    ("rate", "f8"),
    ("z", "f8"),
    ("centre", "f8"),
    ("spread", "f8"),
    ("learnt", "i8"),  # readings that centre and spread rest on
])  # fmt: skip
Known = NDArray[np.void]

AT_BITS: Final = 42  # enough for milliseconds until 2109
MEMORY: Final = 256  # readings over which centre and spread forget
LEAST: Final = 30  # readings before z is known
CLIP: Final = 3.0  # spreads beyond which a value teaches no more than one at the edge
_PER_SPREAD: Final = (
    1.2533141373155003  # of a normal variable: standard deviation / mean distance, sqrt(pi / 2)
)


@dataclass(frozen=True, slots=True)
class Rows:
    """n readings, sorted by series and time, each later than what its series had. `columns`: value (NaN: unusable),
    step, rate, z and mark."""

    series: NDArray[np.intp]
    at: Int64
    columns: Mapping[str, Float64]

    def __len__(self) -> int:
        return len(self.at)


NO_ROWS: Final = Rows(
    np.zeros(0, np.intp),
    np.zeros(0, np.int64),
    {name: np.zeros(0) for name in ("value", "step", "rate", "z", "mark")},
)


def nothing_known(count: int) -> Known:
    """The state of series that have sent nothing."""
    known = np.zeros(count, KNOWN)
    for name in ("last_value", "step", "rate", "z"):
        known[name] = np.nan
    return known


def measured(
    known: Known,
    series: NDArray[np.intp],
    at: Int64,
    value: Float64,
    mark: Int16,
    stale: Int64,
    *,
    unusual: bool = True,
) -> tuple[Rows, Known]:
    """`series`: positions in `known`, one per reading, in any order. Readings not later than their series has are left
    out, and of several at one instant all but the first. `stale`: for how many ms a reading of each series holds;
    step and rate over a longer gap are unknown. `unusual`: whether z is kept. Returns the rows and the new state."""
    order = _in_order(known, series, at)
    series, at, told, mark = series[order], at[order], value[order], mark[order]
    value = usable(told, mark)
    begins = _begins(series)
    before, since = (
        _before(usable(known["last_value"], known["last_mark"]), series, value, begins),
        _before(known["last_at"], series, at, begins),
    )
    gap = at - since
    step = np.where((since > 0) & (gap <= stale[series]), value - before, np.nan)
    after = known.copy()
    z = _unusual(after, series, value, begins) if unusual else np.full(len(at), np.nan)
    columns = {
        "value": value,
        "step": step,
        "rate": step / (gap / HOUR),
        "z": z,
        "mark": mark.astype(np.float64),
    }
    last = _lasts(begins)
    after["last_at"][series[last]], after["last_value"][series[last]] = at[last], told[last]
    for name, field in (("step", "step"), ("rate", "rate"), ("z", "z"), ("mark", "last_mark")):
        after[field][series[last]] = columns[name][last]
    return Rows(series, at, columns), after


def usable(value: Float64, mark: Int16) -> Float64:
    """NaN where the mark says that the value is none."""
    found: Float64 = np.where(mark & int(UNUSABLE), np.nan, value)
    return found


def _in_order(known: Known, series: NDArray[np.intp], at: Int64) -> NDArray[np.intp]:
    new = np.flatnonzero(at > known["last_at"][series])
    key = (series[new].astype(np.int64) << AT_BITS) | at[new]
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = sorted_key[1:] != sorted_key[:-1]
    found: NDArray[np.intp] = new[order[first]]
    return found


def _begins(series: NDArray[np.intp]) -> Bools:
    """Where another series begins."""
    begins = np.ones(len(series), np.bool_)
    begins[1:] = series[1:] != series[:-1]
    return begins


def _lasts(begins: Bools) -> NDArray[np.intp]:
    if not begins.size:
        return np.zeros(0, np.intp)
    return np.append(np.flatnonzero(begins)[1:] - 1, len(begins) - 1)


_Number = TypeVar("_Number", np.float64, np.int64)


def _before(
    known: NDArray[_Number], series: NDArray[np.intp], rows: NDArray[_Number], begins: Bools
) -> NDArray[_Number]:
    """What stood before each row in its series."""
    shifted = np.empty_like(rows)
    shifted[1:] = rows[:-1]
    shifted[begins] = known[series[begins]]
    return shifted


def _unusual(known: Known, series: NDArray[np.intp], value: Float64, begins: Bools) -> Float64:
    """z of each row by what its series had before; `known` learns. The n-th readings of all series go together."""
    z = np.full(len(value), np.nan)
    starts = np.flatnonzero(begins)
    counts = np.diff(np.append(starts, len(value)))
    nth = 0
    while starts.size:
        rows = starts + nth
        z[rows] = _learnt(known, series[rows], value[rows])
        nth += 1
        more = counts > nth
        starts, counts = starts[more], counts[more]
    return z


def _learnt(known: Known, series: NDArray[np.intp], value: Float64) -> Float64:
    """Centre and spread move by what is near them and hardly by what is not, so that a spike stays one."""
    centre, spread, learnt = (known[name][series] for name in ("centre", "spread", "learnt"))
    sound = np.isfinite(value)
    distance = np.where(sound & (learnt > 0), value - centre, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(sound & (learnt >= LEAST) & (spread > 0), distance / spread, np.nan)
    edge = np.where((spread > 0) & (learnt >= LEAST), CLIP * spread, np.inf)
    moved = np.clip(distance, -edge, edge)
    share = 1.0 / np.minimum(learnt + 1, MEMORY)
    begun = np.where(sound & (learnt == 0), value, centre)
    known["centre"][series] = np.where(sound, begun + share * moved, centre)
    known["spread"][series] = np.where(sound, spread + share * (_PER_SPREAD * np.abs(moved) - spread), spread)
    known["learnt"][series] = learnt + sound
    return z
