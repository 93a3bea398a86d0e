"""Readings of many callers in one transaction: a writer thread waits a moment for more, then takes all at once.

The more callers wait, the larger the batches: while one is being committed the next gathers.
"""

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from gezhi.sensing.columns import Columns, Take, Taken

WAIT: Final = 0.05  # seconds that the first reading of a batch waits for others
MOST: Final = 20_000  # readings of a batch
HELD: Final = 400_000  # readings that may wait; beyond that `put` refuses


class Full(Exception):
    """More readings wait than may: the caller has to stop reading until some are taken."""


class Closed(Exception):
    """The gatherer takes nothing any more."""


@dataclass(slots=True)
class _Waiting:
    columns: Columns
    since: float
    future: Future[Taken]


def _now() -> datetime:
    return datetime.now(UTC)


class Gatherer:
    """`put` from any thread; one writer calls `take`, in the order of the puts.

    A put is never divided: one larger than `most` is a batch of its own. When `take` raises, each put of the batch is
    tried once by itself, so that one caller's fault is not another's; its future then has the exception.
    A batch begins when nothing was put for `wait` seconds, or its first put is `longest` old, by default `wait`.
    `settled` is called in the writer thread after each batch, when its futures are done.
    """

    def __init__(
        self,
        take: Take,
        source: str,
        *,
        wait: float = WAIT,
        longest: float = 0.0,
        most: int = MOST,
        held: int = HELD,
        now: Callable[[], datetime] = _now,
        settled: Callable[[], None] = lambda: None,
    ) -> None:
        self._take, self._source, self._now, self._settled = take, source, now, settled
        self._wait, self._longest, self._most, self._held = wait, max(wait, longest), most, held
        self._waiting: deque[_Waiting] = deque()
        self._count = 0
        self._closed = False
        self._changed = threading.Condition()
        self._writer = threading.Thread(target=self._write, name=f"gather {source}", daemon=True)
        self._writer.start()

    def put(self, columns: Columns) -> "Future[Taken]":
        """A future that is done once these readings are committed. Full: nothing of them was kept."""
        future: Future[Taken] = Future()
        with self._changed:
            if self._closed:
                raise Closed
            if self._count and self._count + len(columns) > self._held:
                raise Full
            before = self._count
            self._waiting.append(_Waiting(columns, time.monotonic(), future))
            self._count += len(columns)
            if not before or self._count >= self._most:
                self._changed.notify()
        return future

    @property
    def waiting(self) -> int:
        """Readings that are not yet in a transaction."""
        return self._count

    def close(self, patience: float = 10.0) -> bool:
        """What waits is taken first. False: the writer was not done after `patience` seconds."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._writer.join(patience)
        return not self._writer.is_alive()

    def _write(self) -> None:
        while batch := self._next():
            try:
                self._settle(batch)
            except Exception:
                for one in batch:
                    self._alone(one)
            self._settled()

    def _next(self) -> list[_Waiting]:
        """The next batch; empty when there is none and never will be."""
        with self._changed:
            while not self._waiting and not self._closed:
                self._changed.wait()
            if self._waiting:
                while self._count < self._most and not self._closed:
                    if (left := self._until() - time.monotonic()) <= 0:
                        break
                    self._changed.wait(left)
            return self._cut()

    def _until(self) -> float:
        return min(self._waiting[0].since + self._longest, self._waiting[-1].since + self._wait)

    def _cut(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        rows = 0
        while self._waiting and (not batch or rows + len(self._waiting[0].columns) <= self._most):
            batch.append(self._waiting.popleft())
            rows += len(batch[-1].columns)
        self._count -= rows
        return batch

    def _settle(self, batch: list[_Waiting]) -> None:
        taken = self._take(Columns.joined([one.columns for one in batch]), self._source, self._now())
        start = 0
        for one in batch:
            end = start + len(one.columns)
            _tell(one.future, taken[start:end])
            start = end

    def _alone(self, one: _Waiting) -> None:
        try:
            _tell(one.future, self._take(one.columns, self._source, self._now()))
        except Exception as error:
            if not one.future.cancelled():
                one.future.set_exception(error)


def _tell(future: "Future[Taken]", taken: Taken) -> None:
    """A caller that went away is no reason to stop."""
    if future.set_running_or_notify_cancel():
        future.set_result(taken)
