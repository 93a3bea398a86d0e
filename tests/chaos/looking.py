"""After a round: is the node back by itself, is everything there once, does the ledger verify?"""

import random
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from django.db import DatabaseError, connections

from gezhi.config.keeping.store import Store
from tests.chaos.checks import broken_promises
from tests.chaos.ground import Ground, probe
from tests.chaos.server import NotReady

TRIES = 3  # a publishing between two looks is no fault


@dataclass
class Found:
    back_s: float = 0.0
    broken: list[str] = field(default_factory=list)
    acknowledged: int = 0
    entries: int = 0

    def plain(self) -> dict[str, object]:
        return {
            "back_s": round(self.back_s, 1),
            "known": self.acknowledged,
            "entries": self.entries,
            "broken": self.broken[:10],
        }


def look(ground: Ground, chance: random.Random, within: float) -> Found:
    found, begun = Found(), time.monotonic()
    starts = ground.server.restarts
    try:
        ground.server.wait_ready(within)
        probe(ground, chance, within)
    except (NotReady, TimeoutError) as error:
        found.broken.append(str(error))
        return found
    found.back_s = time.monotonic() - begun
    if ground.server.restarts > starts:
        found.broken.append("`gezhi serve` had ended and had to be begun again from outside")
    if not ground.book.quiet(within / 3):
        found.broken.append(f"somebody waited for an answer for more than {within / 3:.0f} s")
    try:
        found.broken += _look_through(ground, found, begun + within)
    finally:
        ground.book.gate.set()
    return found


def _look_through(ground: Ground, found: Found, until: float) -> list[str]:
    """`until`: the database may have been killed in the moment after the node said that it was ready."""
    broken, tries = list[str](), TRIES
    while tries:
        connections.close_all()
        try:
            broken = broken_promises(ground.book, ground.gateway)
            broken += ground.book.rude[:5]
            found.entries, found.acknowledged = _entries(), len(ground.book.acknowledged)
            tries -= 1
        except DatabaseError as error:
            broken = [f"the database: {error}"]
            tries -= time.monotonic() > until
        if not broken:
            return []
        time.sleep(2)
    return broken


def ending(ground: Ground, within: float) -> list[str]:
    """After the last round nobody asks for anything more: every notice that is due is sent (one that the gateway
    refused waits for the next minute), the follower is there and what it stored can be read, and the ledger's files
    alone verify."""
    from gezhi.config.keeping.checking import faults_of
    from gezhi.ledger import queries

    ground.book.quiet()
    try:
        store = Store(ground.backup)
        broken = list(_settled(store, within))
        broken += faults_of(store)[0][:5]
        broken += [f"ledger: {finding}" for finding in queries.verify().findings[:5]]
    finally:
        ground.book.gate.set()
    return broken


def _settled(store: Store, within: float) -> Iterator[str]:
    from tests.chaos.checks import left_waiting

    end, waiting, behind = time.monotonic() + within, 1, 999.0
    while time.monotonic() < end and (waiting or behind > 10):
        time.sleep(1)
        with suppress(DatabaseError):
            connections.close_all()
            waiting = left_waiting()
        complete = store.state().get("complete_at")
        behind = abs(time.time() - datetime.fromisoformat(complete).timestamp()) if complete else 999.0
    if waiting:
        yield f"{waiting} notices still wait {within:.0f} s after the last round"
    if behind > 10:
        yield f"the backup is {behind:.0f} s behind: {store.state().get('trouble')}"


def _entries() -> int:
    from gezhi.ledger.models import Entry

    return Entry.objects.count()
