"""The TCP server for devices that speak HJ 212.

Lines of all connections that come within some milliseconds are read together; their readings go to the gatherer, whose
writer thread calls `take`; 9014 goes out when that has returned, so what was acknowledged is committed.
"""

import asyncio
import re
import socket
import ssl
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Final, Self

from gezhi.exchange.hj212.answering import answer_to
from gezhi.exchange.hj212.connection import Connection
from gezhi.exchange.hj212.counting import Counts
from gezhi.exchange.hj212.devices import Devices
from gezhi.exchange.hj212.limits import Limits, Suspects
from gezhi.exchange.hj212.reading import Frame, Frames
from gezhi.exchange.hj212.refusing import Refused, Why
from gezhi.sensing.columns import Columns, Take, Taken
from gezhi.sensing.gathering import Full, Gatherer

SOURCE: Final = "hj212"
TOGETHER: Final = 0.01  # seconds for which lines are gathered before they are read
AT_ONCE: Final = 1_000  # lines that are not waited for any longer
TURN: Final = 50  # lines of one connection that are read before those of the others
ACCEPTED: Final = 16  # connections in one turn of the loop: who calls without end keeps nobody waiting
CALLING: Final = 1_024  # that the kernel keeps waiting
SWEEP: Final = 5.0  # seconds between two looks at who is silent
REST: Final = 0.5  # seconds for which nothing is read when the node is full

_BEGINS: Final = re.compile(rb"##[0-9]{4}(?:QN|ST)=")

Said = tuple[Connection, Frame]


class Server:
    """`devices` may be replaced at any time by another mapping; the mapping itself must not change."""

    def __init__(
        self, take: Take, devices: Devices, limits: Limits | None = None, frames: Frames | None = None
    ) -> None:
        self.devices = devices
        self.limits = limits or Limits()
        self.counts = Counts()
        self._frames = frames or Frames()
        self._gatherer = Gatherer(take, SOURCE)
        self._connections: set[Connection] = set()
        self._addresses: Counter[str] = Counter()
        self._suspects = Suspects()
        self._pending: dict[Connection, deque[bytes]] = {}
        self._due: asyncio.Handle | None = None
        self._server: asyncio.Server | None = None
        self._sweeper: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop

    async def start(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> Self:
        """Port 0: any free one, see `port`."""
        self._loop = asyncio.get_running_loop()
        self._server = await self._loop.create_server(
            lambda: Connection(self, self._loop), host, port, ssl=tls, backlog=ACCEPTED
        )
        for (
            one
        ) in self._server.sockets:  # the loop accepts as many at once as it lets wait, unless told apart
            with socket.fromfd(one.fileno(), one.family, one.type) as same:
                same.listen(CALLING)
        self._sweeper = self._loop.call_later(SWEEP, self._sweep)
        return self

    @property
    def port(self) -> int:
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    def __len__(self) -> int:
        """Connections."""
        return len(self._connections)

    async def stop(self) -> None:
        """Takes and answers what came, then hangs up."""
        if self._server:
            self._server.close()
        if self._sweeper:
            self._sweeper.cancel()
        for connection in self._connections:
            connection.hold("stop")
        while self._pending:
            self._read()
        await self._loop.run_in_executor(None, self._gatherer.close)
        await asyncio.sleep(0)  # answers that the writer thread has put on this loop
        for connection in list(self._connections):
            connection.end()

    # what connections call

    def came(self, connection: Connection) -> bool:
        self._connections.add(connection)
        self._addresses[connection.address] += 1
        if len(self._connections) > self.limits.connections:
            return self._no("full")
        if self._addresses[connection.address] > self.limits.per_address:
            return self._no("address")
        if wait := self._suspects.wait(connection.address, self._loop.time()):
            self._loop.call_soon(connection.hold, "suspect")  # a line that just begins cannot be held
            self._loop.call_later(wait, connection.release, "suspect")
        return True

    def went(self, connection: Connection) -> None:
        self._connections.discard(connection)
        self._addresses[connection.address] -= 1
        if not self._addresses[connection.address]:
            del self._addresses[connection.address]

    def too_long(self, connection: Connection) -> None:
        self._refuse(connection, Refused(Why.TOO_LONG), b"")

    def take(self, connection: Connection, lines: list[bytes]) -> None:
        self._pending.setdefault(connection, deque()).extend(lines)
        if len(lines) >= AT_ONCE or len(self._pending) >= AT_ONCE:
            self._read()
        elif self._due is None:
            self._due = self._loop.call_later(TOGETHER, self._read)

    def _whole(self, connection: Connection, line: bytes) -> bytes:
        whole = line[:2] == b"##" and line.find(b"##", 2) < 0
        return line if whole else self._last_of(connection, line)

    def _last_of(self, connection: Connection, line: bytes) -> bytes:
        """What stands before the last beginning of a frame is the rest of a broken one, or a modem's own word."""
        begun = line.rfind(b"##")
        if begun <= 0 or not _BEGINS.match(line, begun):
            return line
        self._refuse(connection, Refused(Why.START, line[:begun]), line[:begun])
        return line[begun:]

    # reading, keeping, answering

    def _read(self) -> None:
        if self._due:
            self._due.cancel()
            self._due = None
        pending = self._turn()
        if not pending:
            return
        batch = self._frames.read((line for _, line in pending), self.devices, datetime.now(UTC))
        now = self._loop.time()
        kept: list[Said] = []
        plain: list[Said] = []
        for (connection, line), told in zip(pending, batch.told, strict=True):
            if isinstance(told, Refused):
                self._refuse(connection, told, line)
            else:
                connection.heard, connection.greeted, connection.bad = now, True, 0
                self.counts.frames += 1
                (kept if told.rows else plain).append((connection, told))
        self._answer(plain)
        if kept:
            self._keep(kept, batch.columns)

    def _turn(self) -> list[tuple[Connection, bytes]]:
        """Some lines of everybody; who sent more is not read until those were."""
        found: list[tuple[Connection, bytes]] = []
        for connection, lines in list(self._pending.items()):
            some = [lines.popleft() for _ in range(min(TURN, len(lines)))]
            found += [(connection, self._whole(connection, line)) for line in some]
            if lines and connection in self._pending:
                connection.hold("turn")
            else:
                self._pending.pop(connection, None)
                connection.release("turn")
        if self._pending:
            self._due = self._loop.call_soon(self._read)
        return found

    def _keep(self, said: list[Said], columns: Columns) -> None:
        try:
            future = self._gatherer.put(columns)
        except Full:
            self.counts.refused["", Why.FULL] += len(said)
            self._rest()
            return
        future.add_done_callback(lambda done: self._loop.call_soon_threadsafe(self._kept, done, said))

    def _kept(self, done: "Future[Taken]", said: list[Said]) -> None:
        if done.cancelled() or done.exception():
            self.counts.unkept += sum(frame.rows for _, frame in said)
            return
        self.counts.readings += len(done.result())
        self._answer(said)

    def _answer(self, said: Iterable[Said]) -> None:
        answers: defaultdict[Connection, list[bytes]] = defaultdict(list)
        for connection, frame in said:
            for part in frame.parts:
                if answer := answer_to(part, frame.kind):
                    answers[connection].append(answer)
        for connection, lines in answers.items():
            self.counts.answered += len(lines)
            connection.say(b"".join(lines))

    # who behaves how

    def _refuse(self, connection: Connection, refusal: Refused, line: bytes) -> None:
        self.counts.refuse(self._whose(line), refusal.why, refusal.what)
        connection.bad += 1
        if connection.bad == self.limits.bad:
            self.counts.connections["bad"] += 1
            self._suspects.cut(connection.address, self._loop.time())
            self._pending.pop(connection, None)
            connection.cut()

    def _whose(self, line: bytes) -> str:
        """The MN that a refused line names, if it is one of ours."""
        named = line.partition(b";MN=")[2].partition(b";")[0]
        return self.devices[named].mn if named in self.devices else ""

    def _rest(self) -> None:
        for connection in self._connections:
            connection.hold("full")
        self._loop.call_later(REST, self._go_on)

    def _go_on(self) -> None:
        for connection in self._connections:
            connection.release("full")

    def _sweep(self) -> None:
        now = self._loop.time()
        self._frames.forget(datetime.now(UTC))
        self._suspects.forget(now)
        for connection in list(self._connections):
            patience = self.limits.silent if connection.greeted else self.limits.greeting
            if connection.stuck_since and now - connection.stuck_since > self.limits.stuck:
                self.counts.connections["stuck"] += 1
                connection.cut()
            elif now - connection.heard > patience:
                self.counts.connections["silent"] += 1
                connection.cut()
        self._sweeper = self._loop.call_later(SWEEP, self._sweep)

    def _no(self, why: str) -> bool:
        self.counts.connections[why] += 1
        return False
