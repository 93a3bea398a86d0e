"""The one connection of a stream process: PostgreSQL tells which events were committed."""

import asyncio
import logging
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from psycopg import AsyncConnection

from gezhi.live.hub import Hub
from gezhi.live.queries import read_changes

Range = tuple[int, int]
CHANNEL: Final = "case_events"
BREATH: Final = 0.1  # seconds between two bursts: under load, one statement reads what many steps did
MANY: Final = 5000  # events of one burst; beyond that everybody reads everything again
KNOWN: Final = 20_000  # events remembered: two transactions' ranges may overlap
LONGEST_PAUSE: Final = 10.0  # seconds
log = logging.getLogger(__name__)


def merged(ranges: Iterable[Range]) -> list[Range]:
    """The same numbers in ranges that do not overlap."""
    found: list[Range] = []
    for low, high in sorted(ranges):
        if found and low <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(high, found[-1][1]))
        else:
            found.append((low, high))
    return found


def numbers(ranges: Iterable[Range]) -> int:
    return sum(high - low + 1 for low, high in ranges)


class Listener:
    """Feeds a hub until cancelled. A line that is lost is taken up at once, with a word to read everything again;
    when that fails, the streams end, so that nobody believes an old picture."""

    def __init__(self, database: str, hub: Hub) -> None:
        self.listening = False
        self._database, self._hub = database, hub
        self._known: dict[int, None] = {}  # in the order of being told

    async def run(self) -> None:
        pause = 0.0
        while True:
            try:
                await self._listen()
            except Exception as error:  # whatever it was: streams that silently stop would be worse
                log.warning("The stream's line to the database is lost: %s", error)
            if self.listening:
                self.listening, pause = False, 0.0
                continue
            self._hub.end_all()
            pause = min(LONGEST_PAUSE, 2 * pause + random.uniform(0.2, 0.6))
            await asyncio.sleep(pause)

    async def _listen(self) -> None:
        connection = await AsyncConnection.connect(self._database, autocommit=True)
        async with connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self.listening = True
            self._hub.resync()
            while True:
                await self._burst(connection)
                await asyncio.sleep(BREATH)

    async def _burst(self, connection: AsyncConnection[Any]) -> None:
        """What has come until now, read by one statement; what comes meanwhile is the next burst."""
        told = [notice.payload.split() async for notice in connection.notifies(stop_after=1)]
        ranges = merged((int(low), int(high)) for low, high in told)
        if numbers(ranges) > MANY:
            self._hub.resync()
            return
        events = [event for low, high in ranges for event in range(low, high + 1) if event not in self._known]
        changes, read = await read_changes(connection, events, datetime.now(UTC))
        self._remember(read)
        self._hub.publish(changes)

    def _remember(self, events: Iterable[int]) -> None:
        self._known.update(dict.fromkeys(events))
        for event in list(self._known)[: max(0, len(self._known) - KNOWN)]:
            del self._known[event]
