"""Under more load than the node can carry: reports still find a place, reports about reports wait.

Each kind of request has places in this process, and a few may wait for one for a short while; whoever finds neither
is told at once when to come again, which costs next to nothing. The places of all kinds together are fewer than the
threads, so that there is always one to say so.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import connection
from django.db.backends.signals import connection_created
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from gezhi.config import metrics
from gezhi.config.failing import busy
from gezhi.config.kinds import Kind, kind_of
from gezhi.config.lending import borrowed
from gezhi.config.middleware import View

THREADS: Final = 100  # of each web process; most of them wait, without a connection (lending.py)
WAITING: Final = 512  # connections that a web process holds, busy or idle, before the rest wait in the kernel


@dataclass(frozen=True, slots=True)
class Limit:
    """`places` at once, `waiting` for one no longer than `patience` seconds; `again`: seconds after which whoever was
    turned away may come again; `statement`: seconds that one statement may take."""

    places: int
    waiting: int
    patience: float
    again: int
    statement: int


LIMITS: Final[Mapping[Kind, Limit]] = {
    Kind.INTAKE: Limit(8, 24, 3.0, 2, 15),
    Kind.STEPS: Limit(4, 12, 2.0, 3, 15),
    Kind.READING: Limit(5, 32, 2.0, 5, 15),
    Kind.HEAVY: Limit(2, 6, 3.0, 15, 60),
}
assert sum(one.places + one.waiting for one in LIMITS.values()) < THREADS


@dataclass
class Door:
    """Of one kind, in one process."""

    limit: Limit
    inside: int = 0
    queue: int = 0
    _free: threading.Condition = field(default_factory=threading.Condition)

    @contextmanager
    def place(self) -> Iterator[bool]:
        """False: there was none."""
        got = self._enter()
        try:
            yield got
        finally:
            if got:
                with self._free:
                    self.inside -= 1
                    self._free.notify()

    def _enter(self) -> bool:
        with self._free:
            if self.inside >= self.limit.places and not self._wait():
                return False
            self.inside += 1
            return True

    def _wait(self) -> bool:
        if self.queue >= self.limit.waiting:
            return False
        self.queue += 1
        end = time.monotonic() + self.limit.patience
        try:
            while self.inside >= self.limit.places:
                if not self._free.wait(max(0.0, end - time.monotonic())):
                    return False
            return True
        finally:
            self.queue -= 1


class Admit:
    """Middleware: a place for each request, or the word when to come again."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response
        self.doors = {kind: Door(limit) for kind, limit in LIMITS.items()}

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        kind = kind_of(request.method or "GET", request.path)
        door = self.doors.get(kind)
        if door is None:
            return self.get_response(request)
        with door.place() as got:
            if not got:
                metrics.REFUSED.labels(kind).inc()
                return busy(request, door.limit.again)
            with borrowed(), statements_within(door.limit.statement):
                return self.get_response(request)


@contextmanager
def statements_within(seconds: int) -> Iterator[None]:
    """Of this thread's connection."""
    if seconds == LIMITS[Kind.READING].statement:
        yield
        return
    _limit(connection, seconds)
    try:
        yield
    finally:
        if connection.connection is not None and not connection.in_atomic_block and connection.is_usable():
            _limit(connection, LIMITS[Kind.READING].statement)


def _limit(of: Any, seconds: int) -> None:
    """Outside a transaction only: what is set within goes with it."""
    if of.in_atomic_block:
        return
    with of.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)", [f"{seconds}s"])


def limit_statements() -> None:
    """In a process that answers requests: no statement and no forgotten transaction holds others up."""
    connection_created.connect(_limit_new, dispatch_uid="gezhi.overload")


def _limit_new(connection: Any, **_: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, false), "
            "set_config('idle_in_transaction_session_timeout', '60s', false)",
            [f"{LIMITS[Kind.READING].statement}s"],
        )


def refusal(request: HttpRequest) -> HttpResponse:
    return busy(request, LIMITS[Kind.READING].again)
