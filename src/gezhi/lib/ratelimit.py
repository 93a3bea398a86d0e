"""How often someone may try, counted in this process."""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Final

_KEPT: Final = 50_000  # keys; the longest unused is forgotten first, which only forgives


class TokenBuckets:
    """A bucket of `size` tokens for each key, refilled evenly over `seconds`. Safe between threads."""

    def __init__(self, size: int, seconds: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._size, self._pace, self._clock = float(size), size / seconds, clock
        self._held: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str) -> float:
        """0.0: a token was taken. Otherwise nothing was, and one is there in so many seconds."""
        with self._lock:
            tokens, now = self._tokens(key)
            if tokens < 1:
                return (1 - tokens) / self._pace
            self._keep(key, tokens - 1, now)
            return 0.0

    def spend(self, key: str, count: float) -> None:
        """Takes so many, whether they are there or not; at most a bucket's worth is owed. Less than 0 gives back."""
        with self._lock:
            tokens, now = self._tokens(key)
            self._keep(key, max(-self._size, min(self._size, tokens - count)), now)

    def wait(self, key: str) -> float:
        """Seconds until a token is there, 0.0 for now; takes nothing."""
        with self._lock:
            tokens, _ = self._tokens(key)
            return max(0.0, (1 - tokens) / self._pace)

    def forget(self, key: str) -> None:
        """The key has a full bucket again."""
        with self._lock:
            self._held.pop(key, None)

    def _keep(self, key: str, tokens: float, now: float) -> None:
        self._held[key] = (tokens, now)
        self._held.move_to_end(key)
        if len(self._held) > _KEPT:
            self._held.popitem(last=False)

    def _tokens(self, key: str) -> tuple[float, float]:
        now = self._clock()
        held, at = self._held.get(key, (self._size, now))
        return min(self._size, held + (now - at) * self._pace), now
