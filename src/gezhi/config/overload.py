"""Under more load than the node can carry: reports still find a place, reports about reports wait.

Each kind of request has places in this process, and a few may wait for one for a short while; whoever finds neither
is told at once when to come again, which costs next to nothing. The places of all kinds together are fewer than the
threads, so that there is always one to say so.
"""

import threading
import time
from collections import Counter
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

THREADS: Final = 120  # of each web process; most of them wait, without a connection (lending.py)
WAITING: Final = 512  # connections that a web process holds, busy or idle, before the rest wait in the kernel
TOO_OFTEN: Final = 429
SLOWLY: Final = 0.2  # seconds


@dataclass(frozen=True, slots=True)
class Limit:
    """`places` at once, `waiting` for one no longer than `patience` seconds; `again`: seconds after which whoever was
    turned away may come again; `statement`: seconds that one statement may take. `each`: places of one caller, who may
    also have half of those that wait; 0: as many as there are."""

    places: int
    waiting: int
    patience: float
    again: int
    statement: int
    each: int = 0


LIMITS: Final[Mapping[Kind, Limit]] = {
    Kind.INTAKE: Limit(8, 24, 3.0, 2, 15),
    Kind.SENSED: Limit(3, 16, 3.0, 2, 15, each=2),
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
    _working: Counter[str] = field(default_factory=Counter)
    _waiting: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def place(self, who: str = "") -> Iterator[bool]:
        """False: there was none."""
        got = self._enter(who)
        try:
            yield got
        finally:
            if got:
                with self._free:
                    self.inside -= 1
                    _less(self._working, who)
                    self._free.notify_all() if self.limit.each else self._free.notify()

    def _enter(self, who: str) -> bool:
        with self._free:
            if self._must_wait(who) and not self._wait(who):
                return False
            self.inside += 1
            self._working[who] += 1
            return True

    def _must_wait(self, who: str) -> bool:
        each = self.limit.each
        return self.inside >= self.limit.places or bool(each and self._working[who] >= each)

    def _wait(self, who: str) -> bool:
        most = self.limit.waiting
        if self.queue >= most or (self.limit.each and self._waiting[who] >= most // 2):
            return False
        self.queue += 1
        self._waiting[who] += 1
        end = time.monotonic() + self.limit.patience
        try:
            while self._must_wait(who):
                if not self._free.wait(max(0.0, end - time.monotonic())):
                    return False
            return True
        finally:
            self.queue -= 1
            _less(self._waiting, who)


def _less(counts: Counter[str], who: str) -> None:
    counts[who] -= 1
    if not counts[who]:
        del counts[who]


def caller_of(request: HttpRequest) -> str:
    """Before anybody looks whether the key is one."""
    return str(request.META.get("HTTP_AUTHORIZATION") or request.META.get("REMOTE_ADDR", ""))


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
        with door.place(caller_of(request)) as got:
            if not got:
                metrics.REFUSED.labels(kind).inc()
                return busy(request, door.limit.again)
            with borrowed(), statements_within(door.limit.statement):
                answer = self.get_response(request)
            if answer.status_code == TOO_OFTEN and door.limit.each:
                time.sleep(SLOWLY)  # in its own place: whoever does not wait when told to has to
            return answer


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
