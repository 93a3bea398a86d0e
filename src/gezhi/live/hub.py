"""Who listens in this process, and what each is told. Knows neither HTTP nor the database.

Clients with the same scope are a group: a batch is filtered and written out once for all of them.
"""

import asyncio
import json
import random
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from gezhi.live.scope import Change, Scope

PERIOD = 0.5  # seconds between two messages to a group, so that an event waits no longer
BEAT = 20.0  # seconds between two signs of life
LIFETIME = 30 * 60.0  # seconds until a client has to ask again what it may see
WAITING = 8  # messages of a slow client
MOST = 200  # cases of one message; beyond that, reading the page again is cheaper


def message(event: str, data: Mapping[str, object]) -> bytes:
    words = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"event: {event}\ndata: {words}\n\n".encode()


RESYNC = message("resync", {})
PING = message("ping", {})
BYE = message("bye", {})


class Full(Exception):
    """As many clients listen as this process was set to bear."""


class Client:
    def __init__(self, group: "Group", ends_at: float) -> None:
        self.group, self.ends_at = group, ends_at
        self._ended = False
        self._messages: asyncio.Queue[bytes | None] = asyncio.Queue(WAITING)

    async def next(self) -> bytes | None:
        """The next message; None when the stream is over."""
        return await self._messages.get()

    def tell(self, told: bytes) -> None:
        """One that lags behind gets a word to read everything again in place of what it missed."""
        if self._ended:
            return
        if self._messages.full():
            self._forget()
            told = RESYNC
        self._messages.put_nowait(told)

    def ping(self) -> None:
        if self._messages.empty():
            self.tell(PING)

    def end(self, last: bytes | None = None) -> None:
        self._forget()
        self._ended = True
        for told in (last, None) if last else (None,):
            self._messages.put_nowait(told)

    def _forget(self) -> None:
        while not self._messages.empty():
            self._messages.get_nowait()


class Group:
    """The clients of one scope, and what they are to be told next: a case, or None for one that they lost."""

    def __init__(self, scope: Scope, period: float) -> None:
        self.clients: set[Client] = set()
        self._scope, self._period = scope, period
        self._pending: dict[int, Mapping[str, object] | None] = {}
        self._told_at = -period
        self._timer: asyncio.TimerHandle | None = None

    def add(self, changes: Iterable[Change]) -> None:
        for change in changes:
            if self._scope.sees(change):
                self._pending[change.case_id] = joined(self._pending.get(change.case_id), change.shown)
            elif self._scope.loses(change):
                self._pending[change.case_id] = None
        if self._pending and self._timer is None:
            loop = asyncio.get_running_loop()
            wait = self._told_at + self._period - loop.time()
            if wait > 0:
                self._timer = loop.call_later(wait, self._tell)
            else:
                self._tell()

    def _tell(self) -> None:
        self._timer, self._told_at = None, asyncio.get_running_loop().time()
        told = self._written() if len(self._pending) <= MOST else RESYNC
        self._pending.clear()
        for client in self.clients:
            client.tell(told)

    def _written(self) -> bytes:
        cases = [case for case in self._pending.values() if case is not None]
        gone = [case_id for case_id, case in self._pending.items() if case is None]
        return message("cases", {"at": datetime.now(UTC).isoformat(), "cases": cases, "gone": gone})

    def close(self) -> None:
        if self._timer:
            self._timer.cancel()


def joined(earlier: Mapping[str, object] | None, later: Mapping[str, object]) -> Mapping[str, object]:
    """The later state of a case; that it was opened or closed meanwhile is not forgotten."""
    if earlier is None:
        return later
    closed = (earlier["closed"] or later["closed"]) and not later["open"]
    return {**later, "opened": earlier["opened"] or later["opened"], "closed": closed}


class Hub:
    """At most `limit` clients. Lives in one event loop."""

    def __init__(self, limit: int, period: float = PERIOD, lifetime: float = LIFETIME) -> None:
        self._limit, self._period, self._lifetime = limit, period, lifetime
        self._groups: dict[Scope, Group] = {}

    @property
    def clients(self) -> list[Client]:
        return [client for group in self._groups.values() for client in group.clients]

    @property
    def size(self) -> int:
        return sum(len(group.clients) for group in self._groups.values())

    def join(self, scope: Scope) -> Client:
        """Raises Full."""
        if self.size >= self._limit:
            raise Full
        group = self._groups.get(scope)
        if group is None:
            group = self._groups[scope] = Group(scope, self._period)
        lifetime = self._lifetime * random.uniform(
            0.8, 1
        )  # those who came together do not all return together
        client = Client(group, asyncio.get_running_loop().time() + lifetime)
        group.clients.add(client)
        return client

    def leave(self, client: Client) -> None:
        client.group.clients.discard(client)
        if not client.group.clients:
            client.group.close()
            self._groups = {scope: group for scope, group in self._groups.items() if group.clients}

    def publish(self, changes: list[Change]) -> None:
        for group in self._groups.values():
            group.add(changes)

    def resync(self) -> None:
        """Something was missed: everybody reads everything again."""
        for client in self.clients:
            client.tell(RESYNC)

    def end_all(self) -> None:
        for client in self.clients:
            client.end()

    def beat(self) -> None:
        """A sign of life to everybody, and an end to those who have listened long enough."""
        now = asyncio.get_running_loop().time()
        for client in self.clients:
            if client.ends_at <= now:
                client.end(BYE)
            else:
                client.ping()
