"""What an entry is: canonical bytes and their leaf hash.

RFC 8785 (JSON Canonicalization Scheme) gives the bytes, RFC 6962 section 2.1 the leaf hash. Personal data never
enters: `salted` gives a hash that proves what was said and, once its salt is deleted, says nothing.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NoReturn

MOST_BYTES: Final = 0xFFFF  # of one body: a bundle of the log tells its length in two bytes
Fact = str | int | bool | None | Sequence["Fact"] | Mapping[str, "Fact"]


class EntryTooLarge(ValueError):
    """The facts are too many for one entry; the message says how many bytes they make."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An entry before it is written. `facts` must hold no personal data and no floats."""

    kind: str
    subject: str
    at: datetime
    facts: Mapping[str, Fact]
    configures: bool = False


def body_of(draft: Draft) -> bytes:
    """Raises EntryTooLarge: an action with so much to tell records a digest of it, or several entries."""
    at = draft.at.astimezone(UTC).isoformat(timespec="microseconds")
    entry: dict[str, Fact] = {
        "at": at,
        "facts": draft.facts,
        "kind": draft.kind,
        "subject": draft.subject,
        "v": 1,
    }
    body = canonical(entry)
    if len(body) > MOST_BYTES:
        said = (
            f"The entry {draft.kind} of {draft.subject} has {len(body)} bytes; at most {MOST_BYTES} stand in"
        )
        raise EntryTooLarge(f"{said} the ledger. Record a digest of what is long.")
    return body


def canonical(value: Mapping[str, Fact]) -> bytes:
    """RFC 8785 bytes. For texts, whole numbers below 2**53 and ASCII keys the standard library writes exactly these
    (the tests compare it with an RFC 8785 library), eight times as fast; facts hold nothing else. Raises TypeError
    for what is no JSON."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_refuse
    ).encode()


def _refuse(value: object) -> NoReturn:
    raise TypeError(f"{type(value).__name__} has no place in a ledger entry")


def leaf_hash(body: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + body).digest()


def salted(salt: bytes, value: str) -> str:
    """HMAC-SHA256 of `value` under `salt`, hex."""
    return hmac.new(salt, value.encode(), hashlib.sha256).hexdigest()
