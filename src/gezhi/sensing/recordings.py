"""A pack's recordings, played by its monitors as a node plays them: no database, one thing. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Final

import numpy as np
from numpy.typing import NDArray

from gezhi.packs.monitor_rules import answered_by
from gezhi.packs.shapes import LEVELS, Monitor, Pack, Parameter, Recording, ThingKind, seconds_of
from gezhi.sensing.hours import BEIJING, SECOND, Float64, Int64
from gezhi.sensing.levels import new_watches
from gezhi.sensing.measuring import measured, nothing_known
from gezhi.sensing.monitors import plan_of
from gezhi.sensing.timeline import Timeline
from gezhi.sensing.watching import Watched, play

MINUTE: Final = 60 * SECOND
_ZONE: Final = timezone(timedelta(milliseconds=BEIJING))
_NAMES: Final = ("none", *LEVELS)
_ALWAYS: Final = 10**15  # ms: a reading of a thing that no pack describes holds for ever
_Series = Sequence[tuple[float, float]]


def prove(pack: Pack, needed: Sequence[Pack] = ()) -> list[str]:
    """The recordings of a pack of which its monitors make something else, a line each."""
    kinds = {one.key: one for other in (*needed, pack) for one in other.things}
    monitors = {one.key: one for one in pack.monitors}
    limits = tuple(one for other in (*needed, pack) for one in other.parameters)
    return [
        problem for one in pack.recordings for problem in _problems(one, monitors[one.monitor], kinds, limits)
    ]


def _problems(
    recording: Recording, monitor: Monitor, kinds: dict[str, ThingKind], limits: tuple[Parameter, ...]
) -> Iterator[str]:
    wanted = [(float(minute), level) for minute, level in recording.then]
    found = played(recording, monitor, kinds.get(monitor.of.kind or ""), limits)
    if found != wanted:
        yield f"{recording.title} ({monitor.key}): should be {_told(wanted)}, is {_told(found)}"


def _told(changes: Sequence[tuple[float, str]]) -> str:
    return ", ".join(f"{minute:g} {level}" for minute, level in changes) or "silent"


def played(
    recording: Recording, monitor: Monitor, kind: ThingKind | None, limits: tuple[Parameter, ...] = ()
) -> list[tuple[float, str]]:
    """(minutes after the start, to a hundredth; level) of every change. `limits`: parameters that rules may name."""
    plan = plan_of(monitor, limits)
    series: dict[str, _Series] = {monitor.of.property: recording.readings, **recording.others}
    began = _began(recording)
    rows = [
        (n, began + round(m * MINUTE), value) for n, one in enumerate(series.values()) for m, value in one
    ]
    position = np.array([row[0] for row in rows], np.intp)
    at = np.array([row[1] for row in rows], np.int64)
    value = np.array([row[2] for row in rows], np.float64)
    holds = np.array([_holds(kind, name) for name in series], np.int64)
    timeline = _timeline(position, at, value, holds)
    places = {name: n for n, name in enumerate(series)}
    related = {
        name: np.array([places.get(answered_by(name, monitor.of.property), -1)], np.intp)
        for name in plan.related
    }
    watched = Watched(np.zeros(1, np.intp), new_watches(np.array([began], np.int64)), related)
    last = max((minute for one in series.values() for minute, _ in one), default=0.0) + recording.until
    changes = play(plan, watched, timeline, began + round(last * MINUTE)).transitions
    return [(round((int(one["at"]) - began) / MINUTE, 2), _NAMES[int(one["level_to"])]) for one in changes]


def _began(recording: Recording) -> int:
    return round(datetime.fromisoformat(recording.starts).replace(tzinfo=_ZONE).timestamp() * 1000)


def _timeline(position: NDArray[np.intp], at: Int64, value: Float64, holds: Int64) -> Timeline:
    before = nothing_known(len(holds))
    rows, _ = measured(before, position, at, value, np.zeros(len(at), np.int16), holds)
    return Timeline.of(before, rows, holds)


def _holds(kind: ThingKind | None, name: str) -> int:
    """For how many ms a reading holds: until the series is silent."""
    one = kind.datastream(name) if kind else None
    return seconds_of(one.silent) * SECOND if one else _ALWAYS
