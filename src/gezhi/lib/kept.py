"""Answers kept for a short while: whoever asks the same at once waits for one answer instead of making it again."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Final, TypeVar, cast

T = TypeVar("T")
_MOST: Final = 512
_STALE: Final = 60.0  # seconds past its time after which an answer does for nobody


@dataclass
class _Slot:
    lock: threading.Lock = field(default_factory=threading.Lock)
    until: float = float("-inf")
    answer: object = None


class Kept:
    """At most so many answers; the one that was asked for longest ago goes first."""

    def __init__(self, most: int = _MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._clock = most, clock
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, seconds: float, make: Callable[[], T], grace: float = 0.0) -> T:
        """`grace`: an answer so many seconds past its time will do for this asker."""
        slot = self._slot(key)
        with slot.lock:
            if slot.until + grace <= self._clock():
                slot.answer = make()
                slot.until = self._clock() + seconds
            return cast(T, slot.answer)

    def clear(self) -> None:
        with self._lock:
            self._slots.clear()

    def _slot(self, key: Hashable) -> _Slot:
        with self._lock:
            if key not in self._slots:
                self._forget_stale()
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            if len(self._slots) > self._most:
                self._slots.popitem(last=False)
            return slot

    def _forget_stale(self) -> None:
        """An answer may be large, and what nobody asks for any more would stay until so many others came."""
        limit = self._clock() - _STALE
        stale = [key for key, slot in self._slots.items() if float("-inf") < slot.until < limit]
        for key in stale:
            del self._slots[key]
