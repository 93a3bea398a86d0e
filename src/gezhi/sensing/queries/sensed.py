"""What a batch has to know of datastreams and monitors: read when it has changed, and kept by each process."""

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from gezhi.cases.world import world
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Monitor
from gezhi.sensing.columns import Int32
from gezhi.sensing.deciding import Limits
from gezhi.sensing.monitors import Plan, plan_of

LOOK: Final = 1.0  # seconds for which what was read counts
_HOLDS: Final = 600_000  # ms that a reading holds where nobody said how often one comes
_STREAMS: Final = """
SELECT d.id, d.low, d.high, d.max_step, coalesce(d.every_s, 0), coalesce(d.silent_after_s, 0), d.thing_id,
    coalesce(p.code, ''), coalesce(t.kind, '')
FROM sensing_datastream d JOIN sensing_thing t ON t.id = d.thing_id
    JOIN sensing_observedproperty p ON p.id = d.observed_property_id ORDER BY d.id
"""


@dataclass(frozen=True)
class Watching:
    """A monitor and the series that it looks at, rising. `related`: by name, the series that answers each, 0: none."""

    monitor: Monitor
    plan: Plan
    series: Int32
    related: Mapping[str, Int32]


@dataclass(frozen=True)
class Sensed:
    stamp: tuple[int, int]
    limits: Limits
    watchings: Sequence[Watching]


_lock = threading.Lock()
_sensed: Sensed | None = None
_looked = 0.0


def sensed(*, anew: bool = False) -> Sensed:
    """As it is, or was a second ago. `anew`: as it is."""
    global _sensed, _looked
    if _sensed is not None and not anew and time.monotonic() - _looked < LOOK:
        return _sensed
    with _lock:
        looked, now_world = time.monotonic(), world()
        stamp = (now_world.stamp, _stamp())
        if _sensed is None or _sensed.stamp != stamp:
            _sensed = _read(stamp, now_world.catalogue)
        _looked = looked
        return _sensed


def _stamp() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last_value FROM sensing_stamp")
        return int(cursor.fetchone()[0])


def _read(stamp: tuple[int, int], catalogue: Catalogue) -> Sensed:
    with connection.cursor() as cursor:
        cursor.execute(_STREAMS)
        rows = cursor.fetchall()
    return Sensed(stamp, _limits(rows), _watchings(rows, catalogue))


def _limits(rows: Sequence[tuple[object, ...]]) -> Limits:
    size = int(str(rows[-1][0])) + 1 if rows else 1
    series = np.array([row[0] for row in rows], np.int64)

    def column(place: int, kind: type, empty: float) -> NDArray[np.generic]:
        values = np.full(size, empty, kind)
        values[series] = [empty if row[place] is None else row[place] for row in rows]
        return values

    known = np.zeros(size, np.bool_)
    known[series] = True
    every, silent = (column(place, np.int64, 0) * 1000 for place in (4, 5))
    stale = np.where(silent > 0, silent, np.where(every > 0, 3 * every, _HOLDS))
    low, high, step = (column(place, np.float64, np.nan) for place in (1, 2, 3))
    return Limits(known, low, high, step, every, np.where(every > 0, 24 * every, 0), stale)


def _watchings(rows: Sequence[tuple[object, ...]], catalogue: Catalogue) -> list[Watching]:
    by_property: dict[str, list[tuple[int, int, str]]] = {}
    of_thing: dict[tuple[int, str], int] = {}
    for series, *_, thing, code, kind in rows:
        by_property.setdefault(str(code), []).append((series, thing, str(kind)))  # type: ignore[arg-type]
        of_thing.setdefault((thing, str(code)), series)  # type: ignore[arg-type]
    found = []
    for owned in catalogue.monitors.values():
        monitor, plan = owned.thing, plan_of(owned.thing)
        members = [one for one in by_property.get(monitor.of.property, ()) if monitor.of.kind in (None, one[2])]
        if members:
            found.append(_watching(monitor, plan, members, of_thing))
    return found


def _watching(
    monitor: Monitor, plan: Plan, members: Sequence[tuple[int, int, str]], of_thing: Mapping[tuple[int, str], int]
) -> Watching:
    related = {
        name: np.array([of_thing.get((thing, name.partition(".")[2]), 0) for _, thing, _ in members], np.int32)
        for name in plan.related
    }
    return Watching(monitor, plan, np.array([series for series, _, _ in members], np.int32), related)
