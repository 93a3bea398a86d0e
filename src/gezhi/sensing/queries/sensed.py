"""What a batch has to know of datastreams and monitors: read when it has changed, and kept by each process."""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from django.db import connection

from gezhi.cases.world import world
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.monitor_rules import answered_by
from gezhi.packs.shapes import Monitor, Parameter
from gezhi.packs.shapes.monitors import seconds_of
from gezhi.packs.shapes.things import DatastreamKind
from gezhi.packs.units import unit_of
from gezhi.sensing.columns import Float64, Int32, Int64
from gezhi.sensing.deciding import Limits
from gezhi.sensing.monitors import Plan, plan_of

LOOK: Final = 1.0  # seconds for which what was read counts
HOLDS: Final = 600_000  # ms that a reading holds where nobody said how often one comes
_STREAMS: Final = """
SELECT d.id, d.low, d.high, d.max_step, d.every_s, d.silent_after_s, d.thing_id, p.code, t.kind,
    d.unit->>'symbol', d.unit->>'definition'
FROM sensing_datastream d JOIN sensing_thing t ON t.id = d.thing_id
    JOIN sensing_observedproperty p ON p.id = d.observed_property_id ORDER BY d.id
"""


class Stream(NamedTuple):
    """A datastream. `of`: what it measures, and `kind`, in the words of packs."""

    series: int
    low: float | None
    high: float | None
    max_step: float | None
    every_s: int | None
    silent_after_s: int | None
    thing: int
    of: str
    kind: str
    symbol: str | None
    definition: str | None

    @property
    def unit(self) -> str:
        """The key of its unit in packs, "" for one that they do not know."""
        return unit_of(self.symbol or "", self.definition or "")


@dataclass(frozen=True)
class Watching:
    """A monitor and the series that it looks at, rising. `related`: by name, the series that answers each, 0: none.
    `foreign`: series that it cannot look at, since they are in another unit."""

    monitor: Monitor
    plan: Plan
    series: Int32
    related: Mapping[str, Int32]
    foreign: tuple[int, ...] = ()


@dataclass(frozen=True)
class Sensed:
    """`stamp`: of the configuration, and of things."""

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
        cursor.execute("SELECT number FROM sensing_stamp")
        return int(cursor.fetchone()[0])


def _read(stamp: tuple[int, int], catalogue: Catalogue) -> Sensed:
    with connection.cursor() as cursor:
        cursor.execute(_STREAMS)
        streams = [Stream(*row) for row in cursor.fetchall()]
    return Sensed(stamp, limits_of(streams, catalogue), watchings_of(streams, catalogue))


def limits_of(streams: Sequence[Stream], catalogue: Catalogue) -> Limits:
    """By number. What a datastream does not say, its kind in the packs does."""
    size = streams[-1].series + 1 if streams else 1
    series = np.array([one.series for one in streams], np.int64)
    kinds = [_kind_of(one, catalogue) for one in streams]
    pairs = list(zip(streams, kinds, strict=True))

    def numbers(
        said: Callable[[Stream], float | None], kind: Callable[[DatastreamKind], float | None]
    ) -> Float64:
        values = np.full(size, np.nan)
        given = [
            value if (value := said(one)) is not None else (kind(two) if two else None) for one, two in pairs
        ]
        values[series] = [np.nan if value is None else value for value in given]
        return values

    def spans(said: Callable[[Stream], int | None], kind: Callable[[DatastreamKind], str | None]) -> Int64:
        seconds = numbers(said, lambda one: seconds_of(text) if (text := kind(one)) else None)
        return np.nan_to_num(seconds * 1000).astype(np.int64)

    known = np.zeros(size, np.bool_)
    known[series] = True
    every = spans(lambda one: one.every_s, lambda one: one.every)
    silent = spans(lambda one: one.silent_after_s, lambda one: one.silent)
    return Limits(
        known,
        numbers(lambda one: one.low, lambda one: one.low),
        numbers(lambda one: one.high, lambda one: one.high),
        numbers(lambda one: one.max_step, lambda one: one.step),
        every,
        stuck=spans(lambda _: None, lambda one: one.stuck),
        stale=np.where(silent > 0, silent, np.where(every > 0, 3 * every, HOLDS)),
    )


def _kind_of(stream: Stream, catalogue: Catalogue) -> DatastreamKind | None:
    """Of the packs, where its unit is theirs."""
    owned = catalogue.things.get(stream.kind)
    found = owned.thing.datastream(stream.of) if owned else None
    return found if found and found.unit == stream.unit else None


def watchings_of(streams: Iterable[Stream], catalogue: Catalogue) -> list[Watching]:
    """Of every monitor that has something to look at."""
    by_property: dict[str, list[Stream]] = defaultdict(list)
    of_thing: dict[tuple[int, str], int] = {}
    for one in streams:
        by_property[one.of].append(one)
        of_thing.setdefault((one.thing, one.of), one.series)
    found = []
    for owned in catalogue.monitors.values():
        monitor = owned.thing
        named = [one for one in by_property[monitor.of.property] if monitor.of.kind in (None, one.kind)]
        if named:
            found.append(_watching(monitor, catalogue.limits_of(monitor), named, of_thing))
    return found


def _watching(
    monitor: Monitor,
    limits: tuple[Parameter, ...],
    named: Sequence[Stream],
    of_thing: Mapping[tuple[int, str], int],
) -> Watching:
    plan = plan_of(monitor, limits)
    own = [one for one in named if monitor.unit in ("", one.unit)]
    related = {
        name: np.array(
            [of_thing.get((one.thing, answered_by(name, monitor.of.property)), 0) for one in own], np.int32
        )
        for name in plan.related
    }
    foreign = tuple(one.series for one in named if monitor.unit not in ("", one.unit))
    return Watching(monitor, plan, np.array([one.series for one in own], np.int32), related, foreign)
