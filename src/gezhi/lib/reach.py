"""How far into personal data whoever works now may see: the second wall, which PostgreSQL holds.

Tables with personal data have policies (row-level security) that ask the database session for its reach. A reach is
declared here, for a block or for the whole process, and `gezhi.lib.postgres` tells the session before the next
statement. Whoever declares nothing sees nothing. A session's word is signed, so that a statement smuggled into the
database cannot declare a reach of its own: the key is known to the node's processes and to one function of the
database's owner, not to the role that the node connects as. Pure.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, TypeVar

T = TypeVar("T")

SETTING: Final = "gezhi.reach"
_BLOCK: Final = 64  # bytes of SHA-256's block, see RFC 2104


@dataclass(frozen=True, slots=True)
class Reach:
    """Reporters are read of `cases` and in `cleared` places; but for the `sealed` categories in `places`, and of cases
    that `units` lead; of `reports`, whatever these are about, and of nothing else in `hidden` categories. `doors`:
    places whose households, and what is known of them, are read. Places are half-open ranges of codes."""

    everything: bool = False
    cleared: tuple[tuple[str, str], ...] = ()
    cases: tuple[int, ...] = ()
    places: tuple[tuple[str, str], ...] = ()
    units: tuple[int, ...] = ()
    sealed: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    reports: tuple[int, ...] = ()
    doors: tuple[tuple[str, str], ...] = ()

    def with_reports(self, reports: Iterable[int]) -> "Reach":
        return replace(self, reports=tuple(sorted({*self.reports, *reports})))


NOTHING: Final = Reach()
EVERYTHING: Final = Reach(everything=True)

_process: Reach = NOTHING
_declared: ContextVar[Reach | None] = ContextVar("reach", default=None)


def current() -> Reach:
    declared = _declared.get()
    return _process if declared is None else declared


def for_this_process(reach: Reach) -> None:
    """What counts where no block declares anything: everything for commands and jobs, nothing for web servers."""
    global _process
    _process = reach


@contextmanager
def within(reach: Reach) -> Iterator[None]:
    """Inside the block this reach counts, afterwards again the one before."""
    token = _declared.set(reach)
    try:
        yield
    finally:
        _declared.reset(token)


def declare(reach: Reach) -> None:
    """Until the end of the block (`within`) that is open. Raises RuntimeError outside any."""
    if _declared.get() is None:
        raise RuntimeError("A reach is declared inside a block of `within`, so that it ends with it.")
    _declared.set(reach)


def each_within(reach: Reach, values: Iterable[T]) -> Iterator[T]:
    """The values, each made within the reach: for answers that are written out after their request has ended."""
    waiting = iter(values)
    while True:
        with within(reach):
            try:
                value = next(waiting)
            except StopIteration:
                return
        yield value


def words_of(reach: Reach, key: bytes) -> str:
    """What the session is told: signature;JSON. Arrays are PostgreSQL's literals, so that policies only cast them."""
    if reach == NOTHING:
        return ""
    words = _plain(reach)
    return f"{hmac.new(key, words.encode(), hashlib.sha256).hexdigest()};{words}"


def _plain(reach: Reach) -> str:
    if reach.everything:
        return '{"all":"1"}'
    parts = {
        "cleared_low": [low for low, _ in reach.cleared],
        "cleared_high": [high for _, high in reach.cleared],
        "low": [low for low, _ in reach.places],
        "high": [high for _, high in reach.places],
        "cases": reach.cases,
        "units": reach.units,
        "sealed": reach.sealed,
        "hidden": reach.hidden,
        "reports": reach.reports,
        "door_low": [low for low, _ in reach.doors],
        "door_high": [high for _, high in reach.doors],
    }
    return json.dumps({name: _array(values) for name, values in parts.items() if values}, sort_keys=True)


def _array(values: Iterable[object]) -> str:
    return "{" + ",".join(f'"{value}"' for value in values) + "}"


@lru_cache(maxsize=2)
def key_from(secret: str) -> bytes:
    """The wall's key, from the node's secret."""
    return hmac.new(secret.encode(), b"gezhi.reach", hashlib.sha256).digest()


def pads_of(key: bytes) -> tuple[bytes, bytes]:
    """The two blocks of RFC 2104 that the database keeps: its own functions make an HMAC of them."""
    block = key.ljust(_BLOCK, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)
