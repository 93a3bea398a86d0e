"""Monitors and readings for tests, and the engine run over them as a node runs it: in batches, and by a timer."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gezhi.packs.shapes import Monitor
from gezhi.sensing.levels import WATCH, new_watches
from gezhi.sensing.measuring import KNOWN, measured, nothing_known
from gezhi.sensing.monitors import Plan, plan_of
from gezhi.sensing.timeline import Timeline
from gezhi.sensing.watching import Played, Watched, play

MINUTE = 60_000
START = 1_788_192_000_000  # 1 September 2026, 00:00 in Beijing, a Tuesday: 31 August 16:00 UTC


def monitor(**changes: object) -> Monitor:
    return Monitor.model_validate({
        "key": "level-high", "title": {"zh": "水位高", "en": "Water is high"}, "of": {"property": "level"},
        "todo": {"zh": "看现场", "en": "Go and look"}, "source": "tests", **changes,
    })  # fmt: skip


Reading = tuple[int, int, float]  # series, at, value
Transition = tuple[int, int, int, int]  # watch, at, level before, level after


@dataclass
class Node:
    """Keeps states between batches as bytes only, as a database does."""

    plan: Plan
    own: Sequence[int]
    holds: Sequence[int]
    related: Mapping[str, Sequence[int]]
    known: bytes = b""
    watches: bytes = b""
    wake: int = 0

    @classmethod
    def of(
        cls,
        one: Monitor,
        own: Sequence[int],
        holds: Sequence[int],
        began: int = START,
        **related: Sequence[int],
    ) -> "Node":
        names = {name.replace("__", "."): series for name, series in related.items()}
        node = cls(plan_of(one), own, holds, names)
        node.known = nothing_known(len(holds)).tobytes()
        node.watches = new_watches(np.full(len(own), began, np.int64)).tobytes()
        return node

    def take(self, readings: Iterable[Reading], until: int | None = None) -> list[Transition]:
        rows = sorted(readings, key=lambda reading: reading[1])
        series, at, value = (np.array([row[n] for row in rows], kind) for n, kind in enumerate("qqd"))
        before = np.frombuffer(self.known, KNOWN)
        holds = np.array(self.holds, np.int64)
        new, after = measured(before, series, at, value, np.zeros(len(rows), np.int16), holds)
        played = self.play(Timeline.of(before, new, holds), until)
        self.known, self.watches = after.tobytes(), played.state.tobytes()
        self.wake = int(played.wake.min())
        return [
            (int(one["watch"]), int(one["at"]), int(one["level_from"]), int(one["level_to"]))
            for one in played.transitions
        ]

    def play(self, timeline: Timeline, until: int | None) -> Played:
        related = {name: np.array(series, np.intp) for name, series in self.related.items()}
        watched = Watched(np.array(self.own, np.intp), np.frombuffer(self.watches, WATCH), related)
        return play(self.plan, watched, timeline, until)

    def tick(self, now: int) -> list[Transition]:
        return self.take([], now)
