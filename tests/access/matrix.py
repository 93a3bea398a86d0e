"""Every address asked by every seat, and every answer searched for signs that it must not hold."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Final
from unittest import mock

from django.db import connection, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from gezhi.cases.queries import reach_of
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.lib.reach import within
from gezhi.live.queries import Change
from gezhi.live.seal import opened
from gezhi.people.access import actor_of
from gezhi.people.actions import issue_token
from gezhi.people.signing_in.policy import SCOPES
from gezhi.people.signing_in.store import PROVED
from tests.access import oracle
from tests.access.ground import PLACES, Town
from tests.access.posts import SEATS
from tests.access.routes import Ask, asks
from tests.access.signs import Sign

WALLED: Final = ("cases_reporter", "notices_notice", "rounds_subject", "rounds_known")
GRADES: Final = (1, 2, 3, 4)
WHO_OPENS_WHAT_IS_OPEN: Final = ("", "t-operator", "t-auditor")


@dataclass(frozen=True)
class Leak:
    seat: str
    ask: Ask
    sign: Sign | None  # None: it left a mark where nothing is reached, or was answered (`status`) at all
    status: int = 0

    @property
    def at(self) -> str:
        return self.sign.at if self.sign else self.ask.at

    def __str__(self) -> str:
        asked = f"{self.ask.method} {self.ask.path} {dict(self.ask.data) or ''}"
        if self.status:
            return f"{self.seat or 'stranger'}: {asked} was answered with {self.status}"
        if self.sign is None:
            return f"{self.seat or 'stranger'}: {asked} changed something"
        return f"{self.seat or 'stranger'}: {asked} showed {self.sign.kind}@{self.sign.at} (grade {self.sign.grade})"


@dataclass
class Tried:
    """`seen`: sign -> who saw it where; `statuses` of answers by address."""

    requests: int = 0
    wrote: int = 0
    checks: int = 0
    leaks: list[Leak] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    shown_by: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    statuses: dict[str, Counter[int]] = field(default_factory=lambda: defaultdict(Counter))
    broken: list[str] = field(default_factory=list)


class Matrix:
    """Of a town that was built; each request is rolled back."""

    def __init__(self, town: Town) -> None:
        self.town, self.wrote, self.last_error = town, False, None
        self.keys, self.pages, self.calls = dict[str, str](), dict[str, Client](), dict[str, Client]()
        for name in SEATS:
            self._enter(name)

    def _enter(self, name: str) -> None:
        self.pages[name], self.calls[name], self.keys[name] = Client(), Client(), ""
        if not name:
            return
        account = self.town.accounts[name]
        self.pages[name].force_login(account)
        session = self.pages[name].session
        session[PROVED] = timezone.now().isoformat()
        session.save()
        self.keys[name] = issue_token(account, name, SCOPES, timezone.now())
        self.calls[name] = Client(headers={"Authorization": f"Bearer {self.keys[name]}"})

    def plan(self, seats: Iterable[str], places: Sequence[str] = tuple(PLACES)) -> Iterator[tuple[str, Ask]]:
        for name in seats:
            for ask in self.town_asks(name, places):
                yield name, ask

    def town_asks(self, name: str, places: Sequence[str]) -> Iterator[Ask]:
        return asks(self.town, self.keys[name], places, everybody=name in WHO_OPENS_WHAT_IS_OPEN)

    def run(self, plan: Iterable[tuple[str, Ask]], tried: Tried | None = None) -> Tried:
        tried = tried or Tried()
        refused = set[tuple[str, str, str]]()
        with unhurried():
            for name, ask in plan:
                kind = (name, ask.pattern, ask.method)
                if kind not in refused and self.one(name, ask, tried) == 403:
                    refused.add(kind)  # by the role: no place changes that
        return tried

    def one(self, name: str, ask: Ask, tried: Tried) -> int:
        """The signs of one answer, compared with what the oracle allows; its status."""
        answer = self.answer(name, ask)
        if answer is None:
            tried.broken.append(f"{name} {ask.method} {ask.path}: {self.last_error!r}")
            return 500
        status, found = answer
        if self.wrote and not oracle.may_write(SEATS[name], ask):
            tried.leaks.append(Leak(name, ask, None))
        if 200 <= status < 300 and oracle.must_refuse(SEATS[name], ask):
            tried.leaks.append(Leak(name, ask, None, status))
        tried.wrote += self.wrote
        tried.requests += 1
        tried.statuses[ask.pattern][status] += 1
        tried.checks += len(PLACES) * len(GRADES)
        self._judge(name, ask, found, tried)
        return status

    def _judge(self, name: str, ask: Ask, found: set[Sign], tried: Tried) -> None:
        for sign in found:
            if oracle.may_see(SEATS[name], sign, ask) or _told(sign, ask):
                tried.seen[sign.text].add(f"{name} {ask.pattern}")
                tried.shown_by[ask.pattern].add(sign.text)
            else:
                tried.leaks.append(Leak(name, ask, sign))

    def answer(self, name: str, ask: Ask) -> tuple[int, set[Sign]] | None:
        """Status and signs; None where the view itself broke."""
        self.wrote = False
        if ask.pattern.startswith("sql:"):
            return 200, self._raw(name, ask.pattern[4:])
        if ask.pattern == "stream:":
            return 200, self._streamed(name)
        point, newest = transaction.atomic(), ask.method != "GET" and _newest_entry()
        point.__enter__()
        try:
            response = self._send(name, ask)
            body = b"".join(response) if response.streaming else response.content  # type: ignore[attr-defined]
            headers = "\n".join(f"{key}: {value}" for key, value in response.headers.items())
            found = self.town.book.found_in("", body, headers)
            self.wrote = ask.method != "GET" and _newest_entry() != newest
            return response.status_code, found
        except Exception as error:  # told by the caller with the address
            return self._broke(error)
        finally:
            transaction.set_rollback(True)
            point.__exit__(None, None, None)

    def _broke(self, error: Exception) -> None:
        self.last_error = error

    def _send(self, name: str, ask: Ask) -> HttpResponseBase:
        if ask.path.endswith("?by=session"):
            return self.pages[name].get(ask.path.removesuffix("?by=session"))
        if ask.is_api:
            client, kind = self.calls[name], "application/json"
            return (
                client.generic(ask.method, ask.path, json.dumps(dict(ask.data)), kind)
                if ask.method != "GET"
                else client.get(ask.path)
            )
        client = self.pages[name]
        client.cookies.pop("messages", None)  # of what was asked before
        if ask.method == "GET":
            return client.get(ask.path)
        return client.post(ask.path, dict(ask.data), follow=bool(ask.purpose))

    def pseudo(self, seats: Iterable[str]) -> Iterator[tuple[str, Ask]]:
        """What is no address: walled tables read by statement within a seat's reach, and the stream of changes."""
        for name in seats:
            if name:
                for table in WALLED:
                    yield name, Ask(f"sql:{table}", "SQL", table, purpose="handling", reason=True)
                yield name, Ask("stream:", "SSE", "/live/stream")

    def _raw(self, name: str, table: str) -> set[Sign]:
        actor = actor_of(self.town.accounts[name], timezone.localdate())
        with within(reach_of(actor)), connection.cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM {table} t")
            said = "\n".join(row[0] for row in cursor.fetchall())
        return self.town.book.found_in("", said.encode(), "")

    def _streamed(self, name: str) -> set[Sign]:
        answer = self.pages[name].get("/live/ticket/")
        if answer.status_code != 200:
            return set()
        ticket = answer.json()["ticket"] if "ticket" in answer.json() else next(iter(answer.json().values()))
        scope = opened(ticket)
        return {
            sign
            for sign in self.town.book.signs.values()
            if sign.kind.endswith("-number") and scope.sees(self._change(sign))
        }

    def _change(self, sign: Sign) -> Change:
        from gezhi.people.models import Unit

        units = frozenset(Unit.objects.filter(code__in=[sign.lead, sign.called]).values_list("id", flat=True))
        return Change(1, {"category": sign.category}, sign.place, units)


def _newest_entry() -> int:
    """But for what the node notes by itself of somebody who is refused."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_entry WHERE kind <> 'people.signalled'")
        return int(cursor.fetchone()[0])


def _told(sign: Sign, ask: Ask) -> bool:
    """What the answer only gives back of what was asked."""
    said = "\n".join([ask.path, *(text for _, text in ask.data)])
    return sign.text in said


@contextmanager
def unhurried() -> Iterator[None]:
    """Nobody waits for having asked too often."""
    with ExitStack() as stack:
        for method in ("take", "wait"):
            stack.enter_context(mock.patch.object(TokenBuckets, method, return_value=0.0))
        yield
