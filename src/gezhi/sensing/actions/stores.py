"""Blocks, watches, transitions, alarms and refusals: rows that a batch locks, reads and writes."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg import pq

from gezhi.lib.rows import insert_rows
from gezhi.sensing.blocks import WIDTH, States, rows_of, states_of, stored_of
from gezhi.sensing.hours import FAR
from gezhi.sensing.levels import WATCH, Watch, new_watches

_LOCK: Final = "SELECT block, state FROM sensing_block WHERE block = ANY(%b::int[]) ORDER BY block FOR UPDATE"
_BEGIN: Final = """
INSERT INTO sensing_block (block, state) SELECT * FROM unnest(%b::int[], %b::bytea[]) ON CONFLICT DO NOTHING
"""
_WRITE: Final = """
UPDATE sensing_block b SET state = n.state FROM unnest(%b::int[], %b::bytea[]) AS n(block, state)
WHERE b.block = n.block
"""
_WATCHES: Final = """
SELECT monitor, block, state, wake_at FROM sensing_watch WHERE block = ANY(%b::int[]) AND monitor = ANY(%b::text[])
"""
_KEEP: Final = """
INSERT INTO sensing_watch (monitor, block, state, wake_at)
SELECT * FROM unnest(%b::text[], %b::int[], %b::bytea[], %b::timestamptz[])
ON CONFLICT (monitor, block) DO UPDATE SET state = excluded.state, wake_at = excluded.wake_at
"""
_REFUSED: Final = """
INSERT INTO sensing_refusal AS r (source, hour, reason, count)
SELECT %s, date_trunc('hour', %s::timestamptz), * FROM unnest(%s::text[], %s::bigint[])
ON CONFLICT (source, hour, reason) DO UPDATE SET count = r.count + excluded.count
"""
_ENDED: Final = """
DELETE FROM sensing_alarm a USING unnest(%s::text[], %s::int[]) AS n(monitor, series)
WHERE (a.monitor, a.datastream_id) = (n.monitor, n.series)
"""
_RAISED: Final = """
INSERT INTO sensing_alarm (monitor, datastream_id, level, value, since)
SELECT * FROM unnest(%s::text[], %s::int[], %s::int2[], %s::float8[], %s::timestamptz[])
ON CONFLICT (monitor, datastream_id) DO UPDATE
SET level = excluded.level, value = excluded.value, since = excluded.since
"""
_MOVED: Final = """
UPDATE sensing_alarm a SET level = n.level, value = n.value
FROM unnest(%s::text[], %s::int[], %s::int2[], %s::float8[]) AS n(monitor, series, level, value)
WHERE (a.monitor, a.datastream_id) = (n.monitor, n.series)
"""
_TRANSITIONS: Final = ("monitor", "datastream_id", "at", "level_from", "level_to", "value", "why")
Key = tuple[str, int]  # monitor, block


@contextmanager
def binary() -> Iterator[psycopg.Cursor[tuple[Any, ...]]]:
    """A cursor whose values travel beside the statement, as they are in memory: states are most of what is written."""
    with (
        connection.cursor() as cursor,
        connection.wrap_database_errors,
        psycopg.Cursor(cursor.connection) as own,
    ):
        own.format = pq.Format.BINARY
        yield own


class Transition(NamedTuple):
    """`value`: None where none was known. Levels: 0 none, 1 blue to 4 red; `why`: levels.Why."""

    monitor: str
    series: int
    at: datetime
    before: int
    after: int
    value: float | None
    why: int


class Watches:
    """The watches of some monitors in some blocks: read at once, and written where they changed."""

    def __init__(self, blocks: Sequence[int], monitors: Sequence[str]) -> None:
        self._blocks = blocks
        self._held: dict[Key, bytes] = {}
        self._wakes: dict[Key, int] = {}

        self._changed: set[Key] = set()
        with binary() as cursor:
            cursor.execute(_WATCHES, [list(blocks), list(monitors)])
            for monitor, block, state, wake in cursor.fetchall():
                self._held[monitor, block] = state
                self._wakes[monitor, block] = milliseconds(wake) if wake else int(FAR)

    def of(self, monitor: str) -> Watch:
        """Of every series of the blocks, in their order."""
        return np.concatenate([self._of((monitor, block)) for block in self._blocks])

    def _of(self, key: Key) -> Watch:
        held = self._held.get(key)
        return new_watches(np.zeros(WIDTH, np.int64)) if held is None else np.frombuffer(held, WATCH)

    def put(self, monitor: str, state: Watch, wakes: Mapping[int, int], *, whole: bool) -> None:
        """`state`: as `of` gave it. `wakes`: place of a block -> when the first of its watches that were played wakes
        (ms). `whole`: all of them were played; else what the others wait for still counts."""
        for place, soonest in wakes.items():
            key = (monitor, self._blocks[place])
            data = state[rows_of(place)].tobytes()
            wake = soonest if whole else min(soonest, self._wakes.get(key, int(FAR)))
            if data != self._held.get(key) or wake != self._wakes.get(key):
                self._held[key], self._wakes[key] = data, wake
                self._changed.add(key)

    def keep(self) -> None:
        if not self._changed:
            return
        keys = sorted(self._changed)
        wakes = [instant(self._wakes[key]) if self._wakes[key] < FAR else None for key in keys]
        states = [self._held[key] for key in keys]
        with binary() as cursor:
            cursor.execute(_KEEP, [[one for one, _ in keys], [block for _, block in keys], states, wakes])


def lock_states(blocks: list[int]) -> States:
    """Nobody else changes these series until the transaction ends."""
    found = _locked(blocks)
    if missing := [block for block in blocks if block not in found]:
        fresh = stored_of(states_of(missing, {}), missing)
        with binary() as cursor:
            cursor.execute(_BEGIN, [missing, [state for _, state in fresh]])
        found = _locked(blocks)
    return states_of(blocks, found)


def _locked(blocks: list[int]) -> dict[int, bytes]:
    with binary() as cursor:
        cursor.execute(_LOCK, [blocks])
        return dict(cursor.fetchall())


def keep_states(before: States, after: States, blocks: list[int]) -> None:
    """The blocks that changed."""
    was = dict(stored_of(before, blocks))
    rows = [(block, state) for block, state in stored_of(after, blocks) if state != was[block]]
    with binary() as cursor:
        cursor.execute(_WRITE, [[block for block, _ in rows], [state for _, state in rows]])


def keep_transitions(rows: Sequence[Transition]) -> None:
    """`rows`: those of one alarm in the order of time. The alarms become what they come to."""
    if not rows:
        return
    insert_rows("sensing_transition", _TRANSITIONS, rows)
    last: dict[tuple[str, int], tuple[Transition, datetime | None]] = {}
    for row in rows:
        _, begun = last.get((row.monitor, row.series), (row, None))
        last[row.monitor, row.series] = row, begun if row.before else row.at
    ended = [row for row, _ in last.values() if not row.after]
    raised = [(row, begun) for row, begun in last.values() if row.after and begun]
    moved = [row for row, begun in last.values() if row.after and not begun]
    if ended:
        _each(_ENDED, [(row.monitor, row.series) for row in ended])
    if raised:
        _each(_RAISED, [(row.monitor, row.series, row.after, row.value, begun) for row, begun in raised])
    if moved:
        _each(_MOVED, [(row.monitor, row.series, row.after, row.value) for row in moved])


def _each(statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(column) for column in zip(*rows, strict=True)])


def count_refused(source: str, now: datetime, counts: Mapping[str, int]) -> None:
    """Of this hour, by reason."""
    if counts:
        with connection.cursor() as cursor:
            cursor.execute(_REFUSED, [source, now, list(counts), list(counts.values())])


def instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def series_at(places: NDArray[np.intp], blocks: Sequence[int]) -> NDArray[np.int64]:
    """The series that stand at these places of an array over the blocks."""
    found: NDArray[np.int64] = np.asarray(blocks, np.int64)[places // WIDTH] * WIDTH + places % WIDTH
    return found
