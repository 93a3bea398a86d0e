"""The sockets of the agent: UDP and TCP on one port. Everything is handled by one thread, in the order of arrival."""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from gezhi.exchange.gb28181.agent import Agent, Peer
from gezhi.exchange.gb28181.wire import BadMessage, Stream

log = logging.getLogger(__name__)
MOST_WAITING: Final = 1000  # messages; further datagrams are dropped, and connections are not read
MOST_CONNECTIONS: Final = 2000
SILENT: Final = 600.0  # seconds after which a connection is closed
TICK: Final = 0.25
_PIECE: Final = 16 * 1024


class Server:
    """`tidy`: called in the handling thread before each message, e.g. to let go of broken database connections."""

    def __init__(self, agent: Agent, host: str, port: int, tidy: Callable[[], None] = lambda: None) -> None:
        self.agent, self.host, self.port, self._tidy = agent, host, port, tidy
        self._thread = ThreadPoolExecutor(1, "gb28181")
        self._waiting = 0
        self._datagrams: asyncio.DatagramTransport | None = None
        self._streams: dict[Peer, asyncio.StreamWriter] = {}

    async def serve(self, stop: asyncio.Event, ready: Callable[[int], None] = lambda port: None) -> None:
        """Until `stop`. `ready` is told the port, which the system chooses for 0."""
        loop = asyncio.get_running_loop()
        streams = await asyncio.start_server(self._connected, self.host, self.port)
        port = streams.sockets[0].getsockname()[1]
        transport, _ = await loop.create_datagram_endpoint(
            lambda: _Datagrams(self), local_addr=(self.host, port)
        )
        self._datagrams = transport
        ready(port)
        try:
            while not stop.is_set():
                await self._send_again()
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), TICK)
        finally:
            transport.close()
            streams.close()
            for writer in list(self._streams.values()):
                writer.close()
            await loop.run_in_executor(None, self._thread.shutdown)

    async def handle(self, data: bytes, peer: Peer) -> list[bytes]:
        """Answers, in order; none where the message could not be handled."""
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, self._receive, data, peer)
        except Exception:
            log.exception("a message from %s could not be handled; its sender sends it again", peer.host)
            return []
        finally:
            self._waiting -= 1

    def arrived(self, data: bytes, host: str, port: int) -> None:
        """A datagram."""
        if self._waiting < MOST_WAITING and data.strip(b"\r\n\0 "):
            task = asyncio.get_running_loop().create_task(
                self._answer_datagram(data, Peer("UDP", host, port))
            )
            task.add_done_callback(lambda done: done.exception())

    def _receive(self, data: bytes, peer: Peer) -> list[bytes]:
        self._tidy()
        return self.agent.receive(data, peer)

    def _due(self) -> list[tuple[Peer, bytes]]:
        self._tidy()
        return self.agent.due()

    async def _answer_datagram(self, data: bytes, peer: Peer) -> None:
        for reply in await self.handle(data, peer):
            self._send(peer, reply)

    def _send(self, peer: Peer, data: bytes) -> None:
        if self._datagrams is not None and not self._datagrams.is_closing():
            self._datagrams.sendto(data, (peer.host, peer.port))

    async def _send_again(self) -> None:
        due = await asyncio.get_running_loop().run_in_executor(self._thread, self._due)
        for peer, data in due:
            self._send(peer, data)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = writer.get_extra_info("peername")[:2]
        peer = Peer("TCP", host, port)
        if len(self._streams) >= MOST_CONNECTIONS:
            writer.close()
            return
        self._streams[peer] = writer
        try:
            await self._read(reader, writer, peer)
        except (BadMessage, OSError, TimeoutError):
            pass
        finally:
            self._streams.pop(peer, None)
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: Peer) -> None:
        stream = Stream()
        while piece := await asyncio.wait_for(reader.read(_PIECE), SILENT):
            if piece == b"\r\n\r\n":
                writer.write(b"\r\n")  # RFC 5626: a sign of life is answered by one
            for data in stream.feed(piece):
                for reply in await self.handle(data, peer):
                    writer.write(reply)
            await writer.drain()


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, server: Server) -> None:
        self._server = server

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self._server.arrived(data, addr[0], addr[1])


def clock() -> float:
    return time.time()
