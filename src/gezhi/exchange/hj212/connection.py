"""One device's line: bytes in, whole lines on, answers out; what it may use of the process is bounded."""

import asyncio
from typing import Final, Protocol

from gezhi.exchange.hj212.limits import Debt, Limits

END: Final = b"\r\n"


class Desk(Protocol):
    """What a connection needs of its server."""

    limits: Limits

    def came(self, connection: "Connection") -> bool:
        """Whether it may stay."""

    def went(self, connection: "Connection") -> None: ...

    def take(self, connection: "Connection", lines: list[bytes]) -> None: ...

    def too_long(self, connection: "Connection") -> None: ...


class Connection(asyncio.Protocol):
    """`bad`: refused frames since the last good one. `heard`: when the last good frame came, or when it began."""

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop) -> None:
        self._desk, self._loop, self._limits = desk, loop, desk.limits
        self.address = ""
        self.bad = 0
        self.greeted = False
        self.heard = self.since = loop.time()
        self.stuck_since = 0.0
        self._debt = Debt(desk.limits, self.heard)
        self._rest = b""
        self._skipping = False
        self._holds: set[str] = set()
        self._transport: asyncio.Transport | None = None

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]) if peer else ""
        transport.set_write_buffer_limits(high=self._limits.unread)
        if not self._desk.came(self):
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._desk.went(self)

    def data_received(self, data: bytes) -> None:
        lines = (self._rest + data).split(END)
        self._rest = lines.pop()
        if self._skipping and lines:
            del lines[0]
            self._skipping = False
        if len(self._rest) > self._limits.line:
            self._rest = self._rest[-1:]
            self._skipping = True
            self._desk.too_long(self)
        if wait := self._debt.owe(len(lines), len(data), self._loop.time()):
            self.hold("rate")
            self._loop.call_later(wait, self.release, "rate")
        if lines := [line for line in lines if line]:
            self._desk.take(self, lines)

    def pause_writing(self) -> None:
        self.stuck_since = self._loop.time()
        self.hold("unread")

    def resume_writing(self) -> None:
        self.stuck_since = 0.0
        self.release("unread")

    # what the server calls

    def hold(self, why: str) -> None:
        """Nothing is read until every reason to hold is gone."""
        if self._transport and not self._holds and not self._transport.is_closing():
            self._transport.pause_reading()
        self._holds.add(why)

    def release(self, why: str) -> None:
        self._holds.discard(why)
        if self._transport and not self._holds and not self._transport.is_closing():
            self._transport.resume_reading()

    def say(self, lines: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._transport.write(lines)

    def cut(self) -> None:
        if self._transport:
            self._transport.abort()

    def end(self) -> None:
        """Closes once what was said is sent."""
        if self._transport:
            self._transport.close()
