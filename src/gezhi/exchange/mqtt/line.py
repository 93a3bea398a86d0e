"""One connection to the broker. Messages of a line are acknowledged on that line or not at all: an identifier means
another message once a session has begun anew."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from gezhi.exchange.mqtt import packets
from gezhi.exchange.mqtt.broker import Broker
from gezhi.exchange.mqtt.packets import Broken, Greeting, Message

Heard = Callable[["Line", list[Message]], None]
_SUBSCRIPTION: Final = 1


class Line(asyncio.Protocol):
    """`greeted`: the broker's CONNACK. `granted`: its answer to our subscriptions. `gone`: why the line ended."""

    def __init__(self, broker: Broker, loop: asyncio.AbstractEventLoop, heard: Heard) -> None:
        self._broker, self._loop, self._heard = broker, loop, heard
        self.greeted: asyncio.Future[Greeting] = loop.create_future()
        self.granted: asyncio.Future[list[int]] = loop.create_future()
        self.gone: asyncio.Future[str] = loop.create_future()
        self._rest = b""
        self._transport: asyncio.Transport | None = None
        self._last_in = self._last_out = loop.time()
        self._held = False

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        broker = self._broker
        self._send(
            packets.connect(
                broker.client,
                broker.version,
                broker.keep_alive,
                login=broker.login,
                session=broker.session,
                at_once=broker.at_once,
                largest=broker.largest,
            )
        )

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._over(str(exc or "the broker hung up"))

    def data_received(self, data: bytes) -> None:
        self._last_in = self._loop.time()
        data = self._rest + data if self._rest else data
        try:
            found, end = packets.cut(data, self._broker.largest)
            self._rest = data[end:]
            messages = self._read(data, found)
        except Broken as broken:
            self.cut(str(broken))
            return
        if messages:
            self._heard(self, messages)

    # what the client calls

    def subscribe(self, filters: Sequence[str]) -> None:
        self._send(packets.subscribe(_SUBSCRIPTION, filters, self._broker.version))

    def acknowledge(self, numbers: Sequence[int]) -> None:
        if numbers:
            self._send(packets.acknowledged(numbers))

    def tick(self) -> None:
        """Called more often than `keep_alive`: pings, and cuts a line on which nothing comes any more."""
        now, patience = self._loop.time(), self._broker.keep_alive
        if now - self._last_in > 1.5 * patience and not self._held:
            self.cut("nothing was heard of the broker")
        elif now - min(self._last_in, self._last_out) > 0.5 * patience:
            self._send(packets.PING)

    def hold(self, held: bool) -> None:
        """Reads nothing while held."""
        if held == self._held:
            return
        self._held = held
        self._last_in = self._loop.time()
        if self._transport and not self._transport.is_closing():
            (self._transport.pause_reading if held else self._transport.resume_reading)()

    def cut(self, why: str) -> None:
        if self._transport:
            self._transport.abort()
        self._over(why)

    def end(self) -> None:
        """Takes leave; the session stays with the broker."""
        self._send(packets.GOODBYE)
        if self._transport:
            self._transport.close()

    def _send(self, data: bytes) -> None:
        if self._transport and not self._transport.is_closing():
            self._last_out = self._loop.time()
            self._transport.write(data)

    def _over(self, why: str) -> None:
        if not self.gone.done():
            self.gone.set_result(why)

    def _read(self, data: bytes, found: list[tuple[int, int, int]]) -> list[Message]:
        version = self._broker.version
        messages = []
        for head, begin, end in found:
            if head & 0xF0 == packets.PUBLISH:
                messages.append(packets.message(head, data, begin, end, version))
            else:
                self._other(head, data[begin:end])
        return messages

    def _other(self, head: int, body: bytes) -> None:
        if head == packets.CONNACK and not self.greeted.done():
            self.greeted.set_result(packets.greeting(body))
        elif head == packets.SUBACK and not self.granted.done():
            self.granted.set_result(packets.granted(body, self._broker.version))
        elif head == packets.DISCONNECT:
            raise Broken(f"the broker took leave with reason {body[0] if body else 0:#x}")
        elif head != packets.PINGRESP:
            raise Broken(f"a packet {head:#04x} that no reader is sent")
