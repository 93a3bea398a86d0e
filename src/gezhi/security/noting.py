"""Counting what comes in numbers, so that a flood of it is a few signals. Pure but for a lock.

Whoever is refused a thousand times a minute makes one signal a minute that says how often. A flood from many addresses
at once is told without addresses once there are more signals than anybody could read.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Final

EVERY: Final = 60.0  # seconds between two signals of the same
MOST_KEYS: Final = 5000  # the one that was heard of longest ago is forgotten first, with what it had not told
MOST_SIGNALS: Final = 60  # of one kind in a minute


@dataclass
class _Held:
    count: int = 0
    told_at: float = float("-inf")


@dataclass(frozen=True, slots=True)
class Told:
    """`count` of events are to be told now; `of_many`: together with those of others, without an address."""

    count: int
    of_many: bool = False


class Notes:
    def __init__(self) -> None:
        self._held: OrderedDict[Hashable, _Held] = OrderedDict()
        self._minutes: dict[str, tuple[int, int]] = {}
        self._lock = Lock()

    def take(self, kind: str, who: Hashable, now: float) -> Told | None:
        """One more. None: nothing is told yet."""
        with self._lock:
            told = self._one((kind, who), now)
            if told is None or self._room(kind, now):
                return told
            many = self._one((kind, None), now, told.count)
            return Told(many.count, of_many=True) if many else None

    def _one(self, key: Hashable, now: float, count: int = 1) -> Told | None:
        held = self._held.setdefault(key, _Held())
        self._held.move_to_end(key)
        if len(self._held) > MOST_KEYS:
            self._held.popitem(last=False)
        held.count += count
        if now - held.told_at < EVERY:
            return None
        told, held.count, held.told_at = Told(held.count), 0, now
        return told

    def _room(self, kind: str, now: float) -> bool:
        minute = int(now // 60)
        was, number = self._minutes.get(kind, (minute, 0))
        self._minutes[kind] = (minute, number + 1 if was == minute else 1)
        return self._minutes[kind][1] <= MOST_SIGNALS
