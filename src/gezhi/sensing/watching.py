"""A monitor over many series at once: events in the order of time, by readings and by time alone. Pure.

What happens is a function of the readings and their times only: not of how they were cut into batches, nor of when the
timer ran. Readings that change nothing are left out first; then the next event of every watch is played together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gezhi.rules import Rule
from gezhi.sensing.hours import (
    BEIJING,
    FAR,
    SECOND,
    Bools,
    Float64,
    Int64,
    hour_of,
    month_of,
    next_hour,
    weekday_of,
)
from gezhi.sensing.levels import UNKNOWN, WATCH, YES, Conditions, Watch, next_timer, step
from gezhi.sensing.measuring import AT_BITS
from gezhi.sensing.monitors import HIGHEST, Plan
from gezhi.sensing.timeline import Timeline

TRANSITION: Final = np.dtype([
    ("watch", "i8"), ("at", "i8"), ("level_from", "i1"), ("level_to", "i1"), ("why", "i1"), ("value", "f8"),
])  # fmt: skip
_CLOCKS: Final = {"hour": hour_of, "weekday": weekday_of, "month": month_of}
_FIRST_AGE: Final = 1  # ms: an age is over a number so long after it reached it


@dataclass(frozen=True)
class Watched:
    """n series under one monitor. `own`: the position of each in the timeline. `related`: by name, that of the series
    that answers it, -1 for none; a forecast is a series whose readings come when they are due, not when they are made.
    `offset`: of the city's clock from UTC, ms."""

    own: NDArray[np.intp]
    state: Watch
    related: Mapping[str, NDArray[np.intp]]
    offset: int = BEIJING


@dataclass(frozen=True)
class Played:
    """`transitions`: TRANSITION, by time and watch; `watch` counts within the watched. `wake`: when time alone may next
    change each watch; FAR: never."""

    state: Watch
    transitions: NDArray[np.void]
    wake: Int64


def play(plan: Plan, watched: Watched, timeline: Timeline, until: int | None = None) -> Played:
    """Plays the timeline's rows; and with `until` (ms) whatever time alone does until then, that instant included."""
    run = _Run(plan, watched, timeline)
    events = _events(run)
    limit = events.last if until is None else np.maximum(events.last, until)
    return _played(run, events, limit)


class _Run:
    """The state that moves, and what is asked of it."""

    def __init__(self, plan: Plan, watched: Watched, timeline: Timeline) -> None:
        self.plan, self.watched, self.timeline = plan, watched, timeline
        self.state = watched.state.copy()
        self.related = {name: watched.related[name] for name in plan.related if name in watched.related}
        self.clock = np.maximum(self.state["began"], self.state["at"])
        for series in (watched.own, *self.related.values()):
            played = timeline.at[timeline.first[series]]
            self.clock = np.maximum(self.clock, np.where(series >= 0, played, 0))

    def conditions(self, who: NDArray[np.intp], at: Int64) -> Conditions:
        """What each level's rule says for these watches at these instants."""
        plan, own = self.plan, self.watched.own[who]
        moment = self.timeline.moment(own, at)
        fresh = self.timeline.fresh(moment, own, at)
        facts = self._facts(who, at, moment, fresh)
        found = np.zeros((len(who), HIGHEST), np.int8)
        for level, rule in plan.rules.items():
            found[:, level - 1] = _said(rule, facts)
        if not plan.ages:
            found[~fresh] = UNKNOWN
        if plan.windows:
            found[~plan.windows.inside(at, self.watched.offset)] = 0
        return found

    def _facts(self, who: NDArray[np.intp], at: Int64, moment: Int64, fresh: Bools) -> dict[str, Float64]:
        plan, timeline = self.plan, self.timeline
        facts = {name: np.where(fresh, timeline.columns[name][moment], np.nan) for name in plan.own}
        facts |= {name: _CLOCKS[name](at, self.watched.offset) for name in plan.clocks}
        for name, limit in plan.limits.items():  # what held when it was read, whenever it is judged
            facts[name] = limit.at(timeline.at[moment], self.watched.offset)
        if plan.ages:
            facts["age"] = (at - self._base(who, moment)) / SECOND
        for name, series in self.related.items():
            theirs = series[who]
            answer = timeline.moment(theirs, at)
            known = (theirs >= 0) & timeline.fresh(answer, theirs, at)
            facts[name] = np.where(known, timeline.columns["value"][answer], np.nan)
        return facts

    def _base(self, who: NDArray[np.intp], moment: Int64) -> Int64:
        """Whence age counts."""
        base: Int64 = np.maximum(self.timeline.at[moment], self.state["began"][who])
        return base

    def next_expiry(self, who: NDArray[np.intp], at: Int64) -> Int64:
        """When something that the rules ask for is next known no more: later than `at`, or FAR."""
        soonest = np.full(len(at), FAR)
        for series in (self.watched.own, *self.related.values()):
            theirs = series[who]
            ends = self.timeline.expiry(self.timeline.moment(theirs, at), theirs)
            soonest = np.minimum(soonest, np.where((theirs >= 0) & (ends > at), ends, FAR))
        return soonest

    def next_change(self, who: NDArray[np.intp], at: Int64) -> Int64:
        """When time alone next makes the rules say yes or no: later than `at`, or FAR."""
        plan, own = self.plan, self.watched.own[who]
        if plan.timeless:
            return np.full(len(at), FAR)
        moment = self.timeline.moment(own, at)
        soonest = self.next_expiry(who, at) if plan.expires else np.full(len(at), FAR)
        base = self._base(who, moment) if plan.ages else at
        for age in plan.ages:
            soonest = np.minimum(soonest, _later(base + age, at))
            soonest = np.minimum(soonest, _later(base + age + _FIRST_AGE, at))
        return np.minimum(soonest, self._by_the_clock(who, at, self.timeline.fresh(moment, own, at)))

    def _by_the_clock(self, who: NDArray[np.intp], at: Int64, fresh: Bools) -> Int64:
        """Windows and hours. A watch without a fresh reading that waits for nothing need not look at them."""
        plan, offset = self.plan, self.watched.offset
        soonest = np.full(len(at), FAR)
        looks = fresh | bool(plan.ages)
        if plan.clocks:
            soonest = np.where(looks, next_hour(at, offset), soonest)
        if plan.windows:
            soonest = np.where(
                looks | self.busy()[who], np.minimum(soonest, plan.windows.next_change(at, offset)), soonest
            )
        return soonest

    def busy(self) -> Bools:
        """Which watches wait for something or stand at a level."""
        return np.asarray((self.state["since"] > 0).any(axis=1), np.bool_)

    def next_by_time(self, who: NDArray[np.intp], at: Int64) -> Int64:
        return np.minimum(next_timer(self.plan, self.state[who], at), self.next_change(who, at))


def _later(times: Int64, at: Int64) -> Int64:
    return np.where(times > at, times, FAR)


def _said(rule: Rule, facts: Mapping[str, Float64]) -> NDArray[np.int8]:
    return np.nan_to_num(rule.columns(facts), nan=UNKNOWN).astype(np.int8)


@dataclass(frozen=True)
class _Events:
    """Readings as events, sorted by watch and time. `first`, `end`: those of each watch; `last`: when its last is."""

    at: Int64
    conditions: Conditions
    first: Int64
    end: Int64
    last: Int64


def _events(run: _Run) -> _Events:
    who, at = _instants(run)
    watches = len(run.state)
    last = np.full(watches, -1, np.int64)
    last[who] = at
    conditions = run.conditions(who, at)
    if run.plan.timeless:
        stirs = run.busy()
        stirs[who[(conditions == YES).any(axis=1)]] = True
        kept = stirs[who]
        who, at, conditions = who[kept], at[kept], conditions[kept]
    kept = _telling(run, who, at, conditions)
    who, at, conditions = who[kept], at[kept], conditions[kept]
    bounds = np.searchsorted(who, np.arange(watches + 1))
    return _Events(at, conditions, bounds[:-1], bounds[1:], last)


def _instants(run: _Run) -> tuple[NDArray[np.intp], Int64]:
    """When each watch sees something new. What is earlier than it has been played to is seen then."""
    parts = [run.timeline.rows_of(series) for series in (run.watched.own, *run.related.values())]
    who = np.concatenate([part[0] for part in parts])
    at = np.maximum(np.concatenate([part[1] for part in parts]), run.clock[who])
    key = (who.astype(np.int64) << AT_BITS) | at
    if len(key) > 1 and not np.all(key[1:] > key[:-1]):
        key = np.unique(key)
        who, at = (key >> AT_BITS).astype(np.intp), key & ((1 << AT_BITS) - 1)
    return who, at


def _telling(run: _Run, who: NDArray[np.intp], at: Int64, conditions: Conditions) -> Bools:
    """Not: what says the same as the reading before it, with nothing between them that time could have changed, and
    no reason to look again any sooner."""
    telling = np.ones(len(who), np.bool_)
    same = np.flatnonzero((who[1:] == who[:-1]) & (conditions[1:] == conditions[:-1]).all(axis=1))
    before, after = (run.next_change(who[rows], at[rows]) for rows in (same, same + 1))
    between = np.minimum(before, run.next_expiry(who[same], at[same]))
    telling[same + 1] = (between < at[same + 1]) | (after < before)
    return telling


def _played(run: _Run, events: _Events, limit: Int64) -> Played:
    wake = np.full(len(run.state), FAR)
    cursor = events.first.copy()
    stirs = run.busy() | (events.end > events.first) | (not run.plan.timeless)
    who = np.flatnonzero(stirs)
    found: list[NDArray[np.void]] = []
    while who.size:
        reads_at = _at(events, cursor[who], who)
        time_at = run.next_by_time(who, run.clock[who])
        goes = np.minimum(reads_at, time_at) <= limit[who]
        wake[who[~goes]] = time_at[~goes]
        who, reads_at, time_at = who[goes], reads_at[goes], time_at[goes]
        by_time = time_at < reads_at
        at = np.where(by_time, time_at, reads_at)
        found.append(_stepped(run, who, at, _now(run, events, cursor, who, at, by_time), by_time))
        run.clock[who] = at
        cursor[who] += ~by_time
    transitions = np.concatenate(found) if found else np.zeros(0, TRANSITION)
    return Played(run.state, transitions[np.lexsort((transitions["watch"], transitions["at"]))], wake)


def _now(
    run: _Run, events: _Events, cursor: Int64, who: NDArray[np.intp], at: Int64, by_time: Bools
) -> Conditions:
    """What the rules say at the next event of each watch: known already where it is a reading."""
    conditions = np.empty((len(who), HIGHEST), np.int8)
    conditions[~by_time] = events.conditions[cursor[who[~by_time]]]
    if by_time.any():
        conditions[by_time] = run.conditions(who[by_time], at[by_time])
    return conditions


def _bytes(state: Watch) -> NDArray[np.uint8]:
    return state.view(np.uint8).reshape(-1, WATCH.itemsize)


def _at(events: _Events, cursor: Int64, who: NDArray[np.intp]) -> Int64:
    """When the next reading of each watch comes; FAR after its last."""
    if not events.at.size:
        return np.full(len(who), FAR)
    there = cursor < events.end[who]
    return np.where(there, events.at[np.minimum(cursor, len(events.at) - 1)], FAR)


def _stepped(
    run: _Run, who: NDArray[np.intp], at: Int64, conditions: Conditions, by_time: Bools
) -> NDArray[np.void]:
    """Moves the watches; `at` of one stays where a reading changed nothing, so that its state need not be kept anew."""
    before = run.state[who]
    state = before.copy()
    why = step(run.plan, state, at, conditions)
    changed = (_bytes(state) != _bytes(before)).any(axis=1)
    state["at"] = np.where(by_time | changed, at, before["at"])
    run.state[who] = state
    moved = np.flatnonzero(why)
    found = np.zeros(len(moved), TRANSITION)
    own = run.watched.own[who[moved]]
    found["watch"], found["at"], found["why"] = who[moved], at[moved], why[moved]
    found["level_from"], found["level_to"] = before["level"][moved], state["level"][moved]
    found["value"] = run.timeline.columns["value"][run.timeline.moment(own, at[moved])]
    return found
