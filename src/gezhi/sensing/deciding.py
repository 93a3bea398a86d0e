"""What becomes of each reading of a batch, by what its series had and what its datastream can measure. Pure.

Nothing that a device sends is silently changed: what cannot be is refused, what may be wrong is marked and kept.
"""

from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.blocks import States
from gezhi.sensing.columns import Bools, Columns, Float64, Int16, Int32, Int64, Mark

OLDEST: Final = 946_684_800_000  # ms; 2000-01-01 UTC: a clock that was never set says 1970
AHEAD: Final = 600_000  # ms that a clock may be fast; 2099 is refused
OFF: Final = 120_000  # ms; a reading from further ahead than this is marked: the clock is wrong
MINUTE: Final = 60_000
Rows = NDArray[np.intp]
_Number = TypeVar("_Number", np.float64, np.int64)

REASONS: Final = ("unknown-series", "not-a-number", "too-old", "from-the-future")


@dataclass(frozen=True)
class Limits:
    """By number of the series. `known`: there is such a datastream. NaN: no limit. `every`, `stuck`: ms, 0: none."""

    known: Bools
    low: Float64
    high: Float64
    max_step: Float64  # a minute
    every: Int64
    stuck: Int64
    stale: Int64  # for how many ms a reading holds

    def knows(self, series: Int32) -> Bools:
        inside = (series > 0) & (series < len(self.known))
        found: Bools = inside & self.known[np.where(inside, series, 0)]
        return found


def refused(columns: Columns, limits: Limits, now: int) -> NDArray[np.int8]:
    """The position in REASONS of what is wrong with each row, -1 where nothing is. `now`: ms."""
    found = np.full(len(columns), -1, np.int8)
    found[columns.at > now + AHEAD] = REASONS.index("from-the-future")
    found[columns.at < OLDEST] = REASONS.index("too-old")
    found[~np.isfinite(columns.value)] = REASONS.index("not-a-number")
    found[~limits.knows(columns.series)] = REASONS.index("unknown-series")
    return found


@dataclass(frozen=True)
class Split:
    """Positions of rows. `ahead`: later than anything their series had, by series and time; `behind`: not later;
    `echoes`: of a series and instant that came before in this batch, whose position `echoed` says."""

    ahead: Rows
    behind: Rows
    echoes: Rows
    echoed: Rows


def split(columns: Columns, where: Rows, states: States) -> Split:
    """`where`: the place of each row's series in `states`."""
    order = np.lexsort((columns.at, where))
    place, at = where[order], columns.at[order]
    first = np.ones(len(order), np.bool_)
    first[1:] = (place[1:] != place[:-1]) | (at[1:] != at[:-1])
    leader = np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    later = at > states["last_at"][place]
    return Split(order[first & later], order[first & ~later], order[~first], order[leader[~first]])


def marked(columns: Columns, where: Rows, limits: Limits, states: States, now: int) -> tuple[Int16, Int64]:
    """Of rows that are ahead, sorted by series and time: their marks with the device's own, and since when each value
    has stood unmoved."""
    begins = np.ones(len(where), np.bool_)
    begins[1:] = where[1:] != where[:-1]
    before: Float64 = _before(states["last_value"], columns.value, where, begins)
    since: Int64 = _before(states["last_at"], columns.at, where, begins)
    same = _same_since(columns, where, begins, before, states)
    series, gap = columns.series, columns.at - since
    known, every, stuck = since > 0, limits.every[series], limits.stuck[series]
    found = columns.mark | in_range(columns, limits)
    with np.errstate(invalid="ignore"):
        jumps = np.abs(columns.value - before) * MINUTE > limits.max_step[series] * gap
    found[known & jumps] |= Mark.JUMP
    found[known & (every > 0) & (gap > 2 * every)] |= Mark.GAP
    found[(stuck > 0) & (columns.at - same >= stuck)] |= Mark.STUCK
    found[columns.at > now + OFF] |= Mark.CLOCK
    return found, same


def in_range(columns: Columns, limits: Limits) -> Int16:
    with np.errstate(invalid="ignore"):
        outside = (columns.value < limits.low[columns.series]) | (columns.value > limits.high[columns.series])
    return np.where(outside, np.int16(Mark.OUT_OF_RANGE), np.int16(0))


def _before(known: NDArray[_Number], rows: NDArray[_Number], where: Rows, begins: Bools) -> NDArray[_Number]:
    shifted = np.empty_like(rows)
    shifted[1:] = rows[:-1]
    shifted[begins] = known[where[begins]]
    return shifted


def _same_since(columns: Columns, where: Rows, begins: Bools, before: Float64, states: States) -> Int64:
    """Runs of one value: each begins where the value moves, or where its series' last run began."""
    moved = columns.value != before
    anchors = moved | begins
    start = np.where(moved, columns.at, states["same_since"][where])
    found: Int64 = start[np.maximum.accumulate(np.where(anchors, np.arange(len(where)), 0))]
    return found
