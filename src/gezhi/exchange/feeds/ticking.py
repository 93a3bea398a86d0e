"""The clock of monitors: what time alone does, and warnings from what readings did, twice a second or when told."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from django.db import DatabaseError, close_old_connections, connection
from django.db.utils import Error

from gezhi.sensing.actions.taking import CHANNEL

EVERY: Final = 0.5  # seconds between two turns
SHORTEST: Final = 0.05  # seconds of a pause
BREATH: Final = 0.02  # seconds after word came: what moved just after it is in the same turn
Step = Callable[[datetime], object]
log = logging.getLogger(__name__)


class Ticker(threading.Thread):
    """`steps`: done in this order each turn; one that fails is told of and done again the next. What they return, where
    it is an instant, is when they want to be called again. `turned_at`: when the last whole turn ended."""

    def __init__(self, steps: Sequence[Step], stopping: threading.Event, every: float = EVERY) -> None:
        super().__init__(name="ticker", daemon=True)
        self.turned_at: datetime | None = None
        self.turns, self.failed, self.slowest = 0, 0, 0.0
        self._steps, self._stopping, self._every = steps, stopping, every
        self._ear: psycopg.Connection[Any] | None = None
        self._troubled = ""

    def run(self) -> None:
        while not self._stopping.is_set():
            begun = time.monotonic()
            due = self._turn()
            took = time.monotonic() - begun
            self.slowest = max(self.slowest, took)
            self._wait(max(SHORTEST, min(self._every, due) - took))
        with suppress(psycopg.Error):
            self._hang_up()
        connection.close()

    def _turn(self) -> float:
        """Seconds until the next is due."""
        wishes: list[datetime] = []
        well = True
        for step in self._steps:
            try:
                close_old_connections()
                wish = step(datetime.now(UTC))
                wishes += [wish] if isinstance(wish, datetime) else []
            except Exception as error:  # one monitor that fails must not silence the others
                well = False
                self._tell_of(error)
        self.turns += 1
        self.failed += not well
        now = datetime.now(UTC)
        if well:
            self.turned_at = now
            self._tell_of(None)
        return max(0.0, (min(wishes) - now).total_seconds()) if wishes else self._every

    def _tell_of(self, error: Exception | None) -> None:
        """Once for as long as it is the same."""
        said = f"{type(error).__name__}: {error}" if error else ""
        if said == self._troubled:
            return
        self._troubled = said
        if error is None:
            log.warning("The monitors' clock goes again.")
        elif isinstance(error, DatabaseError | Error):
            log.warning("The monitors' clock waits for the database: %s", said)
        else:
            log.error("A step of the monitors' clock failed.", exc_info=error)

    def _wait(self, seconds: float) -> None:
        """Until then, or until something moved."""
        try:
            told = next(self._heard(seconds, 1), None)
        except (psycopg.Error, Error, OSError):
            with suppress(psycopg.Error):
                self._hang_up()
            self._stopping.wait(seconds)
            return
        if told is not None and not self._stopping.wait(BREATH):
            list(self._heard(0, None))

    def _heard(self, seconds: float, most: int | None) -> Iterator[psycopg.Notify]:
        if self._ear is None:
            self._ear = psycopg.connect(**connection.get_connection_params(), autocommit=True)
            self._ear.execute(f"LISTEN {CHANNEL}")
        return self._ear.notifies(timeout=seconds, stop_after=most)

    def _hang_up(self) -> None:
        ear, self._ear = self._ear, None
        if ear:
            ear.close()
