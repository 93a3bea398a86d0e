"""Monitors over what has just come, or over time that has just passed, inside the transaction of the batch."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from gezhi.sensing.actions.stores import Transition, Watches, instant, keep_transitions, series_at
from gezhi.sensing.blocks import WIDTH, States, positions
from gezhi.sensing.columns import Bools, Int32, Int64
from gezhi.sensing.hours import FAR
from gezhi.sensing.measuring import NO_ROWS, Rows
from gezhi.sensing.queries.sensed import Watching
from gezhi.sensing.timeline import Timeline
from gezhi.sensing.watching import Played, Watched, play

Places = NDArray[np.intp]


def play_rows(
    watchings: Sequence[Watching], blocks: list[int], states: States, rows: Rows, stale: Int64, now: int
) -> int:
    """Watches that something new came to. `blocks`: of all series concerned; `states`: theirs, before the rows;
    `stale`: by place in `states`; `now`: ms, from when on new watches count. Returns how many alarms moved."""
    if not len(rows):
        return 0
    stirred: Bools = np.bincount(rows.series, minlength=len(states)) > 0
    round_of = _Round(watchings, blocks, Timeline.of(states, rows, stale), now)
    for one in watchings:
        own, related = round_of.places(one, blocks)
        told = stirred[own]
        for theirs in related.values():
            told |= (theirs >= 0) & stirred[theirs]
        round_of.play(one, own[told], {name: theirs[told] for name, theirs in related.items()})
    return round_of.keep()


def play_time(
    watchings: Sequence[Watching], due: list[int], blocks: list[int], states: States, stale: Int64, now: int
) -> int:
    """Every watch of the blocks `due` goes on to `now` (ms). `blocks`: those and the ones that they ask."""
    round_of = _Round(watchings, blocks, Timeline.of(states, NO_ROWS, stale), now, until=now)
    for one in watchings:
        round_of.play(one, *round_of.places(one, due))
    return round_of.keep()


class _Round:
    """What all monitors of one transaction share."""

    def __init__(
        self,
        watchings: Sequence[Watching],
        blocks: list[int],
        timeline: Timeline,
        now: int,
        until: int | None = None,
    ) -> None:
        self._blocks, self._timeline, self._now, self._until = blocks, timeline, now, until
        self._watches = Watches(blocks, [one.monitor.key for one in watchings])
        self._found: list[Transition] = []

    def places(self, one: Watching, among: list[int]) -> tuple[Places, dict[str, Places]]:
        """Of the watched series in these blocks, and of those that they ask; -1: none, or not locked."""
        here = np.isin(one.series // WIDTH, among)
        return positions(one.series[here], self._blocks), {
            name: self._asked(series[here]) for name, series in one.related.items()
        }

    def _asked(self, series: Int32) -> Places:
        there = (series > 0) & np.isin(series // WIDTH, self._blocks)
        return np.where(there, positions(np.where(there, series, 0), self._blocks), -1)

    def play(self, one: Watching, own: Places, related: Mapping[str, Places]) -> None:
        if not own.size:
            return
        key = one.monitor.key
        state = self._watches.of(key)
        theirs = state[own]
        theirs["began"] = np.where(theirs["began"] == 0, self._now, theirs["began"])
        played = play(one.plan, Watched(own, theirs, related), self._timeline, self._until)
        state[own] = played.state
        self._watches.put(key, state, _wakes(own, played.wake), whole=self._until is not None)
        self._found += _transitions(key, played, own, self._blocks)

    def keep(self) -> int:
        self._watches.keep()
        keep_transitions(self._found)
        return len(self._found)


def _wakes(own: Places, wake: Int64) -> dict[int, int]:
    """By place of the block: when the first of its watches wakes."""
    blocks, which = np.unique(own // WIDTH, return_inverse=True)
    soonest = np.full(len(blocks), FAR)
    np.minimum.at(soonest, which, wake)
    return dict(zip(blocks.tolist(), soonest.tolist(), strict=True))


def _transitions(monitor: str, played: Played, own: Places, blocks: list[int]) -> list[Transition]:
    found = played.transitions
    return [
        Transition(monitor, series, instant(at), before, after, None if np.isnan(value) else value, why)
        for series, at, before, after, value, why in zip(
            series_at(own[found["watch"]], blocks).tolist(),
            *(found[name].tolist() for name in ("at", "level_from", "level_to", "value", "why")),
            strict=True,
        )
    ]
