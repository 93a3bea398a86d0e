"""One process that senses: adapters on one event loop, the monitors' clock in a thread of its own."""

import asyncio
import contextlib
import gc
import logging
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from django.db import close_old_connections, connection
from django.db.utils import Error

from gezhi.exchange.feeds.adapters import Adapter, Address, Brokers, Cameras, Numbers, Stations
from gezhi.exchange.feeds.counting import Refusals
from gezhi.exchange.feeds.reading import Stamp, Wanted, stamp, wanted
from gezhi.exchange.feeds.ticking import Step, Ticker
from gezhi.sensing.actions.beating import beat
from gezhi.sensing.actions.raising import raise_warnings
from gezhi.sensing.actions.waking import Waker
from gezhi.sensing.queries.feeds import SENSE

LOOK: Final = 1.0  # seconds between two looks at what is registered
BEAT: Final = 2.0  # seconds between two signs of life
PATIENCE: Final = 4.0  # seconds for what waits to be taken at the end, and for the clock to stand still
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """Where to listen; None: this way in is not offered. Brokers are called whenever one is registered."""

    hj212: Address | None = None
    gb28181: Address | None = None
    gb28181_id: str = ""
    gb28181_shown: str = ""


@dataclass
class Process:
    plan: Plan
    begun_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    adapters: list[Adapter] = field(default_factory=list)
    wanted: Wanted = field(default_factory=Wanted)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _refusals: Refusals = field(default_factory=Refusals)
    _reader: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "registered"))
    _stamp: Stamp | None = None
    _numbers: dict[str, Numbers] = field(default_factory=dict)
    _beaten_at: datetime | None = None
    _troubles: dict[str, str] = field(default_factory=dict)

    async def run(
        self, stop: asyncio.Event, ready: Callable[["Process"], None] = lambda process: None
    ) -> None:
        """Until `stop`. `ready`: once every way in that can be opened is open."""
        self.adapters = self._made()
        ticker = Ticker(self._steps(), self._stopping)
        ticker.start()
        try:
            await self._turn()
            gc.freeze()  # what is loaded stays: collections amid thousands of messages need not look at it
            ready(self)
            while not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK)
                await self._turn()
        finally:
            await self._end(ticker)

    def _made(self) -> list[Adapter]:
        plan = self.plan
        made: list[Adapter] = [Brokers(self._refusals, self._stopping)]
        if plan.hj212:
            made.append(Stations(plan.hj212, self._refusals, self._stopping))
        if plan.gb28181:
            made.append(Cameras(plan.gb28181_id, plan.gb28181, plan.gb28181_shown))
        return made

    def _steps(self) -> Sequence[Step]:
        waker = Waker()
        return [waker.wake, raise_warnings, self._write]

    # on the event loop

    async def _turn(self) -> None:
        await self._look()
        for adapter in self.adapters:
            name = type(adapter).__name__.lower()
            try:
                await adapter.settle(self.wanted)
                self._note(name, "")
            except OSError as error:
                self._note(name, f"cannot listen: {error}")
        self._count()

    def _count(self) -> None:
        self._numbers = {name: told for one in self.adapters for name, told in one.tell().items()}

    async def _look(self) -> None:
        """While the database is away what was registered before counts."""
        try:
            found = await asyncio.get_running_loop().run_in_executor(self._reader, self._read)
        except Error as error:
            self._note("registered", str(error).partition("\n")[0])
            return
        self._note("registered", "")
        if found:
            self.wanted = found
            for key, said in found.problems.items():
                log.warning("feed %s: %s", key, "; ".join(said))

    def _read(self) -> Wanted | None:
        """None: nothing has changed."""
        close_old_connections()
        now = stamp()
        if now == self._stamp:
            return None
        found = wanted()
        self._stamp = now
        return found

    def _note(self, what: str, trouble: str) -> None:
        if self._troubles.get(what, "") != trouble:
            self._troubles[what] = trouble
            log.warning("%s: %s", what, trouble or "well again")

    # in the ticker's thread

    def _write(self, now: datetime) -> None:
        self._refusals.write(now)
        if self._beaten_at is None or (now - self._beaten_at).total_seconds() >= BEAT:
            beat(SENSE, self.begun_at, now, {"adapters": self._numbers, "troubles": self._open_troubles()})
            self._beaten_at = now

    def _open_troubles(self) -> dict[str, str]:
        return {what: trouble for what, trouble in self._troubles.items() if trouble}

    # the end

    async def _end(self, ticker: Ticker) -> None:
        """What came is taken and acknowledged first; then the clock stands still."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await asyncio.gather(*(one.stop() for one in self.adapters))
        self._count()
        self._stopping.set()
        await asyncio.to_thread(ticker.join, PATIENCE)
        with contextlib.suppress(Error):
            await asyncio.get_running_loop().run_in_executor(self._reader, self._last_words)

    def _last_words(self) -> None:
        self._refusals.write(datetime.now(UTC))
        connection.close()


def run(plan: Plan, ready: Callable[[Process], None] = lambda process: None) -> None:
    """Until SIGTERM or SIGINT."""

    async def whole() -> None:
        stop = asyncio.Event()
        for one in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(one, stop.set)
        await Process(plan).run(stop, ready)

    asyncio.run(whole())
