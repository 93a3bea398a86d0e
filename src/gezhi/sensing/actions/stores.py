"""Blocks, watches, transitions and refusals: rows that a batch locks, reads and writes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from gezhi.lib.rows import insert_rows
from gezhi.sensing.blocks import WIDTH, States, states_of, stored_of
from gezhi.sensing.hours import FAR
from gezhi.sensing.levels import WATCH, Watch, new_watches

_LOCK = "SELECT block, state FROM sensing_block WHERE block = ANY(%s) ORDER BY block FOR UPDATE"
_BEGIN = "INSERT INTO sensing_block (block, state) SELECT * FROM unnest(%s::int[], %s::bytea[]) ON CONFLICT DO NOTHING"
_WRITE = "UPDATE sensing_block b SET state = n.state FROM unnest(%s::int[], %s::bytea[]) AS n(block, state) WHERE b.block = n.block"
_WATCHES = "SELECT monitor, block, state, wake_at FROM sensing_watch WHERE block = ANY(%s) AND monitor = ANY(%s)"
_KEEP = """
INSERT INTO sensing_watch (monitor, block, state, wake_at) SELECT * FROM unnest(%s::text[], %s::int[], %s::bytea[],
    %s::timestamptz[])
ON CONFLICT (monitor, block) DO UPDATE SET state = excluded.state, wake_at = excluded.wake_at
"""
_REFUSED = """
INSERT INTO sensing_refusal AS r (source, hour, reason, count)
SELECT %s, date_trunc('hour', %s::timestamptz), * FROM unnest(%s::text[], %s::bigint[])
ON CONFLICT (source, hour, reason) DO UPDATE SET count = r.count + excluded.count
"""
_TRANSITIONS = ("monitor", "datastream_id", "at", "level_from", "level_to", "value", "why")

Key = tuple[str, int]  # monitor, block


class Watches:
    """The watches of some monitors in some blocks. `wakes`: ms, FAR: never by itself."""

    def __init__(self, blocks: Sequence[int], monitors: Sequence[str]) -> None:
        self._blocks = blocks
        self._held: dict[Key, Watch] = {}
        self.wakes: dict[Key, int] = defaultdict(lambda: FAR)
        with connection.cursor() as cursor:
            cursor.execute(_WATCHES, [list(blocks), list(monitors)])
            for monitor, block, state, wake in cursor.fetchall():
                self._held[monitor, block] = np.frombuffer(bytes(state), WATCH).copy()
                self.wakes[monitor, block] = milliseconds(wake) if wake else FAR

    def of(self, monitor: str) -> Watch:
        """Of every series of the blocks, in their order."""
        parts = [self._of(monitor, block) for block in self._blocks]
        return np.concatenate(parts)

    def _of(self, monitor: str, block: int) -> Watch:
        held = self._held.get((monitor, block))
        return new_watches(np.zeros(WIDTH, np.int64)) if held is None else held

    def keep(self, changed: Mapping[Key, Watch]) -> None:
        if not changed:
            return
        keys = list(changed)
        wakes = [instant(self.wakes[key]) if self.wakes[key] < FAR else None for key in keys]
        with connection.cursor() as cursor:
            cursor.execute(
                _KEEP,
                [[key[0] for key in keys], [key[1] for key in keys], [changed[key].tobytes() for key in keys], wakes],
            )


def lock_states(blocks: list[int]) -> States:
    """Nobody else changes these series until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, [blocks])
        found = {block: bytes(state) for block, state in cursor.fetchall()}
        if missing := [block for block in blocks if block not in found]:
            fresh = stored_of(states_of(missing, {}), missing)
            cursor.execute(_BEGIN, [missing, [state for _, state in fresh]])
            cursor.execute(_LOCK, [blocks])
            found = {block: bytes(state) for block, state in cursor.fetchall()}
    return states_of(blocks, found)


def keep_states(states: States, blocks: list[int]) -> None:
    rows = stored_of(states, blocks)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, [[block for block, _ in rows], [state for _, state in rows]])


def keep_transitions(rows: Iterable[tuple[str, int, int, int, int, float, int]]) -> None:
    """monitor, series, ms, from, to, value, why."""
    insert_rows(
        "sensing_transition",
        _TRANSITIONS,
        [
            (monitor, series, instant(at), before, after, None if np.isnan(value) else value, why)
            for monitor, series, at, before, after, value, why in rows
        ],
    )


def count_refused(source: str, now: datetime, counts: Mapping[str, int]) -> None:
    if counts:
        with connection.cursor() as cursor:
            cursor.execute(_REFUSED, [source, now, list(counts), list(counts.values())])


def instant(ms: int) -> datetime:
    return datetime.fromtimestamp(ms / 1000, UTC)


def milliseconds(at: datetime) -> int:
    return round(at.timestamp() * 1000)


def series_at(positions: NDArray[np.intp], blocks: Sequence[int]) -> NDArray[np.int64]:
    """The series that stand at these places of an array over the blocks."""
    found: NDArray[np.int64] = np.asarray(blocks, np.int64)[positions // WIDTH] * WIDTH + positions % WIDTH
    return found
