"""The newest reading of each series, as the door left it in its block; and which series are silent."""

import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np
from django.db import connection

from gezhi.sensing.blocks import WIDTH, States, blocks_of, states_of
from gezhi.sensing.columns import Bools, Int64, Mark
from gezhi.sensing.deciding import Limits
from gezhi.sensing.queries.sensed import HOLDS, sensed

KEPT: Final = 10.0  # seconds for which the state of the whole node counts
_SOME: Final = "SELECT block, state FROM sensing_block WHERE block = ANY(%s)"
_ALL: Final = "SELECT block, state FROM sensing_block ORDER BY block"


@dataclass(frozen=True, slots=True)
class Newest:
    """`same_since`: since when the value has not moved. `again`, `against`: readings that came twice, with the same
    value and with another. `silent`: nothing for longer than the datastream says, or nothing ever."""

    at: datetime | None
    value: float | None
    mark: Mark
    same_since: datetime | None
    received_at: datetime | None
    again: int
    against: int
    silent: bool


NEVER: Final = Newest(None, None, Mark.GOOD, None, None, 0, 0, silent=True)


@dataclass(frozen=True, slots=True)
class Told:
    """Of the whole node, by number of the series."""

    silent: Bools
    marked: Bools

    def silent_of(self, series: Iterable[int]) -> list[int]:
        return [one for one in series if one >= len(self.silent) or self.silent[one]]


_lock = threading.Lock()
_told: Told | None = None
_read_at = 0.0


def newest_of(series: Iterable[int], now: datetime) -> dict[int, Newest]:
    """One statement, and one that asks whether things changed."""
    wanted = sorted(set(series))
    if not wanted:
        return {}
    numbers = np.array(wanted, np.int32)
    blocks, limits = blocks_of(numbers), sensed().limits
    with connection.cursor() as cursor:
        cursor.execute(_SOME, [blocks])
        states = states_of(blocks, {block: bytes(state) for block, state in cursor.fetchall()})
    silent = _silent(states, blocks, limits, _ms(now))
    place = {block: WIDTH * at for at, block in enumerate(blocks)}
    return {
        one: _newest(states[at], bool(silent[at]))
        for one in wanted
        for at in (place[one // WIDTH] + one % WIDTH,)
    }


def held_for(series: int) -> timedelta:
    """For how long a reading of it holds; after that it is silent."""
    stale = sensed().limits.stale
    return timedelta(milliseconds=int(stale[series]) if series < len(stale) else HOLDS)


def told(now: datetime) -> Told:
    """As it is, or was ten seconds ago. One statement over all blocks."""
    global _told, _read_at
    with _lock:
        if _told is None or time.monotonic() - _read_at > KEPT:
            _told, _read_at = _read(now), time.monotonic()
        return _told


def forget() -> None:
    """What this process knows of the whole node."""
    global _told
    _told = None


def _read(now: datetime) -> Told:
    limits = sensed().limits
    blocks = list(range(-(-len(limits.known) // WIDTH)))
    with connection.cursor() as cursor:
        cursor.execute(_ALL)
        stored: Mapping[int, bytes] = {block: bytes(state) for block, state in cursor.fetchall()}
    states = states_of(blocks, stored)
    silent = _silent(states, blocks, limits, _ms(now))
    return Told(silent, states["last_mark"] != 0)


def _silent(states: States, blocks: list[int], limits: Limits, now: int) -> Bools:
    found: Bools = now - states["last_at"] > _stale(blocks, limits)
    return found


def _stale(blocks: list[int], limits: Limits) -> Int64:
    """ms after which each series is silent."""
    series = (np.asarray(blocks, np.int64)[:, None] * WIDTH + np.arange(WIDTH)).ravel()
    known = np.minimum(series, len(limits.stale) - 1)
    return np.where(series < len(limits.stale), limits.stale[known], HOLDS)


def _newest(state: np.void, silent: bool) -> Newest:
    at = int(state["last_at"])
    if not at:
        return NEVER
    return Newest(
        at=_instant(at),
        value=float(state["last_value"]),
        mark=Mark(int(state["last_mark"]) & 0x1FFF),
        same_since=_instant(int(state["same_since"])),
        received_at=_instant(int(state["received_at"])),
        again=int(state["again"]),
        against=int(state["against"]),
        silent=silent,
    )


def _instant(ms: int) -> datetime | None:
    return datetime.fromtimestamp(ms / 1000, UTC) if ms else None


def _ms(now: datetime) -> int:
    return round(now.timestamp() * 1000)
