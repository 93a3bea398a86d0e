"""The client of the city's broker: keeps a line up, has messages read and kept, acknowledges what is committed.

At least once from the broker, exactly once in the tables, since the door knows a reading that it has. What cannot be
read is counted and acknowledged too: it would come again for ever. What could not be kept is not acknowledged: the line
is cut and the broker sends it anew.
"""

import asyncio
import secrets
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from gezhi.exchange.mqtt.broker import Broker
from gezhi.exchange.mqtt.line import Line
from gezhi.exchange.mqtt.packets import Message
from gezhi.exchange.mqtt.payloads import Payloads
from gezhi.exchange.mqtt.refusing import Refused, Why
from gezhi.exchange.mqtt.rows import Rows
from gezhi.exchange.mqtt.topics import Router
from gezhi.sensing.columns import Take, Taken
from gezhi.sensing.gathering import Full, Gatherer

SOURCE: Final = "mqtt"
TOGETHER: Final = 0.005  # seconds for which messages are gathered before they are read
AT_ONCE: Final = 1_000  # messages that are not waited for any longer
WAIT: Final = 0.005  # seconds that readings wait for others: a broker may allow few unacknowledged messages
LONGEST: Final = 0.05  # seconds that they wait while others come
GREETING: Final = 10.0  # seconds within which the broker has to answer
TICK: Final = 5.0
_REFUSED: Final = 0x80
T = TypeVar("T")
Said = list[tuple[Line, list[int]]]  # identifiers of messages, on the line that each came by


@dataclass(slots=True)
class Counts:
    """`refused`: messages and values, by reason."""

    messages: int = 0
    readings: int = 0
    acknowledged: int = 0
    lines: int = 0
    refused: Counter[Why] = field(default_factory=Counter)
    latest: dict[Why, str] = field(default_factory=dict)


class NoEntry(Exception):
    """The broker refuses us or a subscription: somebody has to change a setting, trying goes on."""


class Client:
    """`state`: what a person may be shown: connected, or why not."""

    def __init__(self, broker: Broker, subscriptions: Sequence[tuple[str, Payloads]], take: Take) -> None:
        self.counts, self.state = Counts(), "not started"
        self._broker = broker
        self._filters = [one for one, _ in subscriptions]
        self._payloads = [payloads for _, payloads in subscriptions]
        self._router = Router(self._filters)
        self._gatherer = Gatherer(take, SOURCE, wait=WAIT, longest=LONGEST)
        self._pending: list[tuple[Line, list[Message]]] = []
        self._heard_of = 0  # messages that are pending
        self._due: asyncio.TimerHandle | None = None
        self._running: asyncio.Task[None] | None = None
        self._line: Line | None = None
        self._loop: asyncio.AbstractEventLoop

    def start(self) -> None:
        """In a running loop; returns at once."""
        self._loop = asyncio.get_running_loop()
        self._running = self._loop.create_task(self._run())

    async def stop(self) -> None:
        """Keeps and acknowledges what came, then takes leave; the session stays."""
        if self._running:
            self._running.cancel()
        if self._line:
            self._line.hold(True)
        self._read()
        await self._loop.run_in_executor(None, self._gatherer.close)
        await asyncio.sleep(0)  # acknowledgements that the writer thread has put on this loop
        if self._line:
            self._line.end()

    # the line

    async def _run(self) -> None:
        pause, longest = self._broker.retry
        while True:
            begun = self._loop.time()
            try:
                self.state = await self._hold_a_line()
            except (OSError, NoEntry, TimeoutError) as error:
                self.state = str(error) or type(error).__name__
            if self._loop.time() - begun > longest:
                pause = self._broker.retry[0]
            await asyncio.sleep(pause * (0.5 + secrets.randbelow(1000) / 1000))
            pause = min(2 * pause, longest)

    async def _hold_a_line(self) -> str:
        """Until it ends; why it did."""
        broker = self._broker
        async with asyncio.timeout(GREETING):
            _, line = await self._loop.create_connection(
                lambda: Line(broker, self._loop, self._heard), broker.host, broker.port, ssl=broker.tls
            )
            self._line = line
            try:
                await self._enter(line)
            except BaseException:
                line.cut("it was not to be had")
                raise
        self.state = "connected"
        self.counts.lines += 1
        while not line.gone.done():
            line.tick()
            await asyncio.wait({line.gone}, timeout=min(TICK, broker.keep_alive / 4))
        return line.gone.result()

    async def _enter(self, line: Line) -> None:
        if code := (await _answer(line, line.greeted)).code:
            raise NoEntry(f"the broker refuses us with code {code:#x}")
        line.subscribe(self._filters)
        granted = await _answer(line, line.granted)
        no = [one for one, code in zip(self._filters, granted, strict=False) if code >= _REFUSED]
        if no or len(granted) != len(self._filters):
            raise NoEntry(f"the broker refuses the subscription {(no or self._filters)[0]}")

    # messages

    def _heard(self, line: Line, messages: list[Message]) -> None:
        self._pending.append((line, messages))
        self._heard_of += len(messages)
        if self._heard_of >= AT_ONCE:
            self._read()
        elif self._due is None:
            self._due = self._loop.call_later(TOGETHER, self._read)

    def _read(self) -> None:
        if self._due:
            self._due.cancel()
            self._due = None
        pending, self._pending = self._pending, []
        count, self._heard_of = self._heard_of, 0
        if not count:
            return
        rows, now = Rows(), datetime.now(UTC)
        for _, messages in pending:
            for message in messages:
                self._one(rows, message, now)
        self.counts.messages += count
        self.counts.refused += rows.refused
        self.counts.latest |= rows.latest
        said = [(line, [number for _, _, number in messages if number]) for line, messages in pending]
        if not len(rows):
            self._acknowledge(said)
            return
        self._keep(rows, said)

    def _one(self, rows: Rows, message: Message, now: datetime) -> None:
        place = self._router.place(message.topic)
        if place < 0:
            rows.refuse(Why.TOPIC, message.topic)
            return
        try:
            self._payloads[place].read(rows, message, now)
        except Refused as refusal:
            rows.refuse(refusal.why, refusal.what)

    def _keep(self, rows: Rows, said: Said) -> None:
        try:
            future = self._gatherer.put(rows.columns())
        except Full:
            self._anew("the node cannot take more at the moment")
            return
        if self._line and self._gatherer.waiting > self._broker.at_once:
            self._line.hold(True)
        future.add_done_callback(lambda done: self._loop.call_soon_threadsafe(self._kept, done, said))

    def _kept(self, done: "Future[Taken]", said: Said) -> None:
        if done.cancelled() or done.exception():
            self._anew(f"readings were not kept: {done.exception() if not done.cancelled() else ''}")
            return
        self.counts.readings += len(done.result())
        self._acknowledge(said)
        if self._line and self._gatherer.waiting <= self._broker.at_once // 2:
            self._line.hold(False)

    def _acknowledge(self, said: Said) -> None:
        by_line: dict[Line, list[int]] = {}
        for line, numbers in said:
            by_line.setdefault(line, []).extend(numbers)
        for line, numbers in by_line.items():
            line.acknowledge(numbers)
            self.counts.acknowledged += len(numbers)

    def _anew(self, why: str) -> None:
        """A new line, on which the broker sends again what was not acknowledged."""
        if self._line:
            self._line.cut(why)


async def _answer(line: Line, answer: "asyncio.Future[T]") -> T:
    """NoEntry: the line ended before it came."""
    either: set[asyncio.Future[Any]] = {answer, line.gone}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    if not answer.done():
        raise NoEntry(line.gone.result())
    return answer.result()
