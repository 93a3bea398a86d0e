"""The door as adapters of a lasting process come to it: units turned, a restart of the database waited for."""

import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

import numpy as np
from django.db import InterfaceError, OperationalError, close_old_connections

from gezhi.sensing.actions.taking import take
from gezhi.sensing.columns import Columns, Float64, Take, Taken

PATIENCE: Final = 15.0  # seconds for which readings are held while the database is away
PAUSE: Final = (0.1, 2.0)  # seconds between tries: first and longest
AWAY: Final = (OperationalError, InterfaceError)
log = logging.getLogger(__name__)


def multipliers(times: Mapping[int, float]) -> Float64 | None:
    """By series; None: nothing is multiplied."""
    if not times:
        return None
    found = np.ones(max(times) + 1)
    found[list(times)] = list(times.values())
    return found


class Door:
    """`take`, called by the writer thread of one adapter. `times`: by series, may be replaced as a whole at any time.

    While the database is away readings wait; once they have waited `patience` seconds they are given up, as the next
    ones are at once, until it answers: nobody who is not told that his readings were kept forgets them."""

    def __init__(
        self, stopping: threading.Event, source: str = "", take: Take = take, patience: float = PATIENCE
    ) -> None:
        self.times: Float64 | None = None
        self._stopping, self._source, self._take, self._patience = stopping, source, take, patience
        self._away_since: float | None = None

    def __call__(self, columns: Columns, source: str, now: datetime) -> Taken:
        turned, pause = _turned(columns, self.times), PAUSE[0]
        while True:
            try:
                close_old_connections()
                taken = self._take(turned, self._source or source, now)
            except AWAY as error:
                self._wait_or_raise(error, pause)
                pause, now = min(2 * pause, PAUSE[1]), datetime.now(UTC)
            else:
                self._back()
                return taken

    def _wait_or_raise(self, error: Exception, pause: float) -> None:
        now = time.monotonic()
        if self._away_since is None:
            self._away_since = now
            log.warning("The database does not take readings of %s: %s", self._source or "devices", error)
        if now - self._away_since > self._patience or self._stopping.wait(pause):
            raise error

    def _back(self) -> None:
        if self._away_since is not None:
            log.warning(
                "The database takes readings again, after %.1f s.", time.monotonic() - self._away_since
            )
            self._away_since = None


def _turned(columns: Columns, times: Float64 | None) -> Columns:
    if times is None or not len(columns):
        return columns
    known = np.where(columns.series < len(times), columns.series, 0)
    return Columns(columns.series, columns.at, columns.value * times[known], columns.mark)
