"""The ways in by sockets, as one process keeps them: each is told what is wanted, and tells what it counted."""

import asyncio
import contextlib
import logging
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from gezhi.exchange.feeds.counting import Refusals
from gezhi.exchange.feeds.reading import Wanted, WantedBroker
from gezhi.exchange.feeds.taking import Door, multipliers
from gezhi.exchange.gb28181.cli import server_of
from gezhi.exchange.gb28181.server import Server as SipServer
from gezhi.exchange.hj212.devices import Devices
from gezhi.exchange.hj212.serving import SOURCE as HJ212
from gezhi.exchange.hj212.serving import Server
from gezhi.exchange.mqtt import packets
from gezhi.exchange.mqtt.broker import Broker
from gezhi.exchange.mqtt.client import SOURCE as MQTT
from gezhi.exchange.mqtt.client import Client
from gezhi.exchange.mqtt.payloads import Payloads

GB28181: Final = "gb28181"
LEAVE: Final = 3.0  # seconds for taking leave of a broker for good
LINE: Final = "line-"  # before the reasons for which connections, not frames, are refused
_SILENT: Final = "silent"  # a device that hung up without a word is no refusal
Numbers = Mapping[str, int | str]
Address = tuple[str, int]
log = logging.getLogger(__name__)


class Adapter(Protocol):
    async def settle(self, wanted: Wanted) -> None:
        """Begins what is to run and does not, and takes over what has changed. Raises OSError for a port that is
        taken: called again it tries again."""

    def tell(self) -> dict[str, Numbers]:
        """What was counted, by name; hands over what was refused."""

    async def stop(self) -> None:
        """Takes and acknowledges what came."""


class Stations:
    """HJ 212: one server for all stations. Which there are is replaced under open connections."""

    def __init__(self, address: Address, refusals: Refusals, stopping: threading.Event) -> None:
        self._address, self._refusals = address, refusals
        self._door = Door(stopping)
        self._server: Server | None = None
        self._devices: Devices = {}
        self._refused: Counter[str] = Counter()
        self._lines: Counter[str] = Counter()

    @property
    def port(self) -> int:
        return self._server.port if self._server else 0

    async def settle(self, wanted: Wanted) -> None:
        if wanted.devices != self._devices:
            self._devices = wanted.devices
        self._door.times = multipliers(wanted.times)
        if self._server is None:
            server = Server(self._door, self._devices)
            await server.start(*self._address)
            self._server = server
        self._server.devices = self._devices

    def tell(self) -> dict[str, Numbers]:
        server = self._server
        if server is None:
            return {HJ212: {"state": "does not listen"}}
        self._hand_over(server)
        counts = server.counts
        numbers: Numbers = {
            "messages": counts.frames, "readings": counts.readings, "acknowledged": counts.answered,
            "refused": self._refused.total(), "unkept": counts.unkept, "lines": len(server), "state": "listens",
        }  # fmt: skip
        return {HJ212: numbers}

    def _hand_over(self, server: Server) -> None:
        refused, server.counts.refused = server.counts.refused, Counter()
        for (mn, why), count in refused.items():
            self._refused[why] += count
            self._refusals.add(f"{HJ212}:{mn}" if mn else HJ212, {str(why): count})
        lines = Counter(server.counts.connections)
        del lines[_SILENT]
        if fresh := lines - self._lines:
            self._refusals.add(HJ212, {f"{LINE}{why}": count for why, count in fresh.items()})
        self._lines = lines

    async def stop(self) -> None:
        if self._server:
            await self._server.stop()


@dataclass
class _Line:
    wanted: WantedBroker
    client: Client
    payloads: list[Payloads]
    door: Door
    refused: int = 0


class Brokers:
    """MQTT: a client for each broker. Series are replaced under a line; another account or filter needs a new one, and
    the broker keeps what comes meanwhile."""

    def __init__(self, refusals: Refusals, stopping: threading.Event) -> None:
        self._refusals, self._stopping = refusals, stopping
        self._lines: dict[str, _Line] = {}

    async def settle(self, wanted: Wanted) -> None:
        by_key = {one.key: one for one in wanted.brokers}
        gone = [line for key, line in self._lines.items() if key not in by_key]
        over = [key for key, line in self._lines.items() if not line.wanted.same_line(by_key.get(key))]
        await self._end([self._lines.pop(key) for key in over])
        await asyncio.gather(*(_forget(line.wanted.broker()) for line in gone))
        for key, one in by_key.items():
            line = self._lines.get(key)
            if line is None:
                self._lines[key] = self._begun(one)
            elif line.wanted != one:
                _replace(line, one)

    def _begun(self, wanted: WantedBroker) -> _Line:
        door = Door(self._stopping, f"{MQTT}:{wanted.key}")
        payloads = [Payloads(one, wanted.series, wanted.devices) for one in wanted.options.subscriptions]
        filters = [one.filter for one in wanted.options.subscriptions]
        client = Client(wanted.broker(), list(zip(filters, payloads, strict=True)), door)
        line = _Line(wanted, client, payloads, door)
        _replace(line, wanted)
        client.start()
        return line

    def tell(self) -> dict[str, Numbers]:
        return {f"{MQTT}:{key}": self._told(line) for key, line in self._lines.items()}

    def _told(self, line: _Line) -> Numbers:
        counts = line.client.counts
        refused, counts.refused = counts.refused, Counter()
        line.refused += refused.total()
        self._refusals.add(f"{MQTT}:{line.wanted.key}", {str(why): count for why, count in refused.items()})
        state = line.client.state
        return {
            "messages": counts.messages, "readings": counts.readings, "acknowledged": counts.acknowledged,
            "refused": line.refused, "lines": int(state == "connected"), "state": state,
        }  # fmt: skip

    async def stop(self) -> None:
        await self._end(list(self._lines.values()))

    async def _end(self, lines: list[_Line]) -> None:
        await asyncio.gather(*(line.client.stop() for line in lines))
        for line in lines:
            self._told(line)


async def _forget(broker: Broker) -> None:
    """The broker keeps nothing more for us: a session that begins anew and ends at once takes the old one's place."""
    hello = packets.connect(
        broker.client,
        broker.version,
        broker.keep_alive,
        login=broker.login,
        session=0,
        at_once=1,
        largest=broker.largest,
    )
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(LEAVE):
            reader, writer = await asyncio.open_connection(broker.host, broker.port, ssl=broker.tls)
            try:
                writer.write(hello)
                await reader.read(2)
                writer.write(packets.GOODBYE)
                await writer.drain()
            finally:
                writer.close()


def _replace(line: _Line, wanted: WantedBroker) -> None:
    line.wanted = wanted
    line.door.times = multipliers(wanted.times)
    for one in line.payloads:
        one.series, one.devices = wanted.series, wanted.devices


class Cameras:
    """GB/T 28181. Who may register is looked up as they do, see exchange/gb28181/actions.py."""

    def __init__(self, own_id: str, address: Address, shown_host: str = "") -> None:
        self._own_id, self._address, self._shown = own_id, address, shown_host
        self._server: SipServer | None = None
        self._running: asyncio.Task[None] | None = None
        self._over = asyncio.Event()
        self.port = 0

    async def settle(self, wanted: Wanted) -> None:
        if self._running and not self._running.done():
            return
        ready: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._server = server_of(self._own_id, *self._address, self._shown)
        self._running = asyncio.create_task(self._server.serve(self._over, ready.set_result))
        either: set[asyncio.Future[Any]] = {ready, self._running}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if self._running.done():
            self._running.result()
        else:
            self.port = ready.result()

    def tell(self) -> dict[str, Numbers]:
        listens = self._running is not None and not self._running.done()
        devices = len(self._server.agent.devices) if self._server else 0
        return {GB28181: {"lines": devices, "state": "listens" if listens else "does not listen"}}

    async def stop(self) -> None:
        self._over.set()
        if self._running:
            await asyncio.wait({self._running})
