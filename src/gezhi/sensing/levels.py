"""How conditions become levels: for, keep, escalation and downgrade, for many watches at one step. Pure.

Each level of a monitor is an alert of its own in the sense of Prometheus' `for` and `keep_firing_for` (2.42). The
warning's level is the highest that fires; it rises at once, and falls as the monitor says. What is unknown leaves
everything as it is.
"""

from enum import IntEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.hours import FAR, Bools, Int64
from gezhi.sensing.monitors import HIGHEST, Plan

NO, YES, UNKNOWN = 0, 1, -1
Conditions = NDArray[np.int8]  # (n, HIGHEST) of NO, YES, UNKNOWN

WATCH: Final = np.dtype([
    ("began", "i8"),  # when watching began: age counts from here until the first reading
    ("at", "i8"),  # when it last changed, or time alone last made it look
    ("since", "i8", (HIGHEST,)),  # by level: since when its rule holds; 0: it does not
    ("clear", "i8", (HIGHEST,)),  # by level: since when a level that fires is kept though its rule does not hold
    ("firing", "?", (HIGHEST,)),
    ("level", "i1"),  # of the warning: 0 none, 1 blue to 4 red
    ("risen", "?"),  # it has been escalated
    ("raised", "i8"),  # since when it stands
    ("below", "i8"),  # since when a lower level would do
])  # fmt: skip
Watch = NDArray[np.void]

_NUMBERS: Final = np.arange(1, HIGHEST + 1, dtype=np.int8)


class Why(IntEnum):
    """What moved a warning to another level."""

    REACHED = 1  # a rule has held for long enough
    ESCALATED = 2  # it has stood for too long
    FELL = 3  # a lower level is enough by now
    ENDED = 4  # no rule holds, and long enough
    GONE = 5  # nothing watches any more: the monitor or the thing is no longer there


def new_watches(began: Int64) -> Watch:
    watches = np.zeros(len(began), WATCH)
    watches["began"] = began
    return watches


def step(plan: Plan, watches: Watch, at: Int64, conditions: Conditions) -> NDArray[np.int8]:
    """Moves the watches in place to these instants. Gives Why of each, 0 where its level stays."""
    known = np.flatnonzero((conditions != UNKNOWN).any(axis=1))
    if len(known) == len(watches):
        return _moved(plan, watches, at, conditions)
    why, moving = np.zeros(len(watches), np.int8), watches[known]
    why[known] = _moved(plan, moving, at[known], conditions[known])
    watches[known] = moving
    return why


def _moved(plan: Plan, watches: Watch, at: Int64, conditions: Conditions) -> NDArray[np.int8]:
    was = watches["level"].copy()
    rises = _alerts(plan, watches, at, conditions)
    fires = np.where(watches["firing"], _NUMBERS, np.int8(0)).max(axis=1)
    watches["raised"] = np.where(fires == 0, 0, np.where(watches["raised"] == 0, at, watches["raised"]))
    before = watches["risen"].copy()
    wanted = _escalated(plan, watches, at, fires, rises)
    watches["level"] = _fallen(plan, watches, at, was, wanted)
    return _why(was, watches["level"], fires, watches["risen"] & ~before)


def _alerts(plan: Plan, watches: Watch, at: Int64, conditions: Conditions) -> Bools:
    """The alert of each level. Gives where any of the rules holds."""
    now, yes, no = at[:, None], conditions == YES, conditions == NO
    since = np.where(yes & (watches["since"] == 0), now, watches["since"])
    firing = watches["firing"] | (yes & (now - since >= plan.hold))
    clear = np.where(yes, 0, np.where(no & firing & (watches["clear"] == 0), now, watches["clear"]))
    over = no & (~firing | (now - clear >= plan.keep))
    watches["since"] = np.where(over, 0, since)
    watches["clear"] = np.where(over, 0, clear)
    watches["firing"] = firing & ~over
    holds: Bools = yes.any(axis=1)
    return holds


def _escalated(
    plan: Plan, watches: Watch, at: Int64, fires: NDArray[np.int8], holds: Bools
) -> NDArray[np.int8]:
    if not plan.rise_after:
        return fires
    due = holds & (at - watches["raised"] >= plan.rise_after)
    watches["risen"] = (fires > 0) & (watches["risen"] | due)
    return np.where(watches["risen"], np.maximum(fires, np.int8(plan.rise_to)), fires)


def _fallen(
    plan: Plan, watches: Watch, at: Int64, was: NDArray[np.int8], wanted: NDArray[np.int8]
) -> NDArray[np.int8]:
    if not plan.fall_after:
        return wanted
    lower = (wanted < was) & (wanted > 0)
    below = np.where(lower, np.where(watches["below"] == 0, at, watches["below"]), 0)
    waits = lower & (at - below < plan.fall_after)
    watches["below"] = np.where(waits, below, 0)
    return np.where(waits, was, wanted)


def _why(
    was: NDArray[np.int8], level: NDArray[np.int8], fires: NDArray[np.int8], risen: Bools
) -> NDArray[np.int8]:
    up = np.where(risen & (level > fires), Why.ESCALATED, Why.REACHED)
    down = np.where(level == 0, Why.ENDED, Why.FELL)
    return np.where(level > was, up, np.where(level < was, down, 0)).astype(np.int8)


def next_timer(plan: Plan, watches: Watch, after: Int64) -> Int64:
    """When each watch next moves by its own clocks if nothing else changes: later than `after`, or FAR."""
    waiting = (watches["since"] > 0) & ~watches["firing"]
    later = after[:, None]
    times = np.where(waiting, watches["since"] + plan.hold, FAR)
    times = np.minimum(times, np.where(watches["clear"] > 0, watches["clear"] + plan.keep, FAR))
    soonest: Int64 = np.where(times > later, times, FAR).min(axis=1)
    if plan.rise_after:
        rise = np.where((watches["raised"] > 0) & ~watches["risen"], watches["raised"] + plan.rise_after, FAR)
        soonest = np.minimum(soonest, np.where(rise > after, rise, FAR))
    if plan.fall_after:
        fall = np.where(watches["below"] > 0, watches["below"] + plan.fall_after, FAR)
        soonest = np.minimum(soonest, np.where(fall > after, fall, FAR))
    return soonest
