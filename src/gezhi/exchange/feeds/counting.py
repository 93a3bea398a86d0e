"""What adapters refuse, counted where they run and written in one statement a second: a flood costs no more."""

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from gezhi.sensing.actions.stores import count_refused

MOST: Final = 20_000  # pairs of source and reason; beyond them a source is counted without its own name

Key = tuple[str, str]  # source, reason


class Refusals:
    """From any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[Key] = Counter()

    def add(self, source: str, counts: Mapping[str, int]) -> None:
        with self._lock:
            for reason, count in counts.items():
                key = (source, reason)
                if key not in self._counts and len(self._counts) >= MOST:
                    key = (source.partition(":")[0], reason)
                self._counts[key] += count

    def write(self, now: datetime) -> None:
        """What the database does not take is counted on and written later."""
        with self._lock:
            counts, self._counts = self._counts, Counter()
        by_source: dict[str, dict[str, int]] = {}
        for (source, reason), count in counts.items():
            by_source.setdefault(source, {})[reason] = count
        while by_source:
            source, reasons = next(iter(by_source.items()))
            try:
                count_refused(source, now, reasons)
            except BaseException:
                for left, again in by_source.items():
                    self.add(left, again)
                raise
            del by_source[source]
