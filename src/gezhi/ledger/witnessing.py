"""Witnesses: what a log sends them, and whether a witness may cosign it. c2sp.org/tlog-witness.

A witness keeps, of each log that it knows, the last head it cosigned, and cosigns only what extends that. So a log
that shows one history to some and another to others, or takes back what it said, finds no witness for it.
"""

import base64
import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from gezhi.ledger.notes import (
    COSIGNATURE,
    BadNote,
    Checkpoint,
    Ed25519Verifier,
    Note,
    Signature,
    Verifier,
    cosigned_at,
    ed25519_verifier,
    parse_checkpoint,
    parse_note,
    parse_signatures,
    verified_by,
)
from gezhi.ledger.tree import EMPTY, HASH, is_consistent

MOST_HASHES: Final = 63
LONGEST_BODY: Final = 256 * 1024
SIZE_TYPE: Final = "text/x.tlog.size"
_OLD: Final = re.compile(r"old (0|[1-9][0-9]{0,17})")


class BadSubmission(ValueError):
    """The request is none that a log sends (400); the message says why."""


class NotCosigned(Exception):
    """`status` as the protocol says; `size`: of the last head cosigned, with 409. `shows_fault`: the log signed what
    cannot be true of one history."""

    def __init__(
        self, status: int, message: str, size: int | None = None, *, shows_fault: bool = False
    ) -> None:
        super().__init__(message)
        self.status, self.size, self.shows_fault = status, size, shows_fault

    @property
    def body(self) -> str:
        return f"{self}\n" if self.size is None else f"{self.size}\n"


class Contradicted(BadNote):
    """A witness saw more of our log than it holds, or another history: entries were lost or changed, or an old copy of
    the node runs."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A log's newest note, and the proof that it extends the head of `old` entries."""

    old: int
    proof: Sequence[bytes]
    note: Note

    def written(self) -> bytes:
        lines = [f"old {self.old}", *(base64.b64encode(one).decode() for one in self.proof), ""]
        return ("\n".join(lines) + "\n" + self.note.written()).encode()


@dataclass(frozen=True, slots=True)
class Seen:
    """The last head that a witness cosigned."""

    size: int = 0
    root: bytes = EMPTY


@dataclass(frozen=True, slots=True)
class Witness:
    """One that we ask. `name`: what we call it; the key's own name stands in its lines."""

    name: str
    key: Ed25519Verifier
    url: str


def parse_submission(body: bytes) -> Submission:
    """Raises BadSubmission."""
    try:
        text = body.decode()
        head, blank, note = text.partition("\n\n")
        first, *proof = head.split("\n")
        old = _OLD.fullmatch(first)
        if not blank or old is None or len(proof) > MOST_HASHES:
            raise BadSubmission(f"It begins with 'old SIZE', up to {MOST_HASHES} hashes and an empty line.")
        return Submission(int(old[1]), [_hash(line) for line in proof], parse_note(note))
    except (UnicodeDecodeError, BadNote) as error:
        raise BadSubmission(str(error)) from error


def checkpoint_of(submission: Submission) -> Checkpoint:
    """Raises BadSubmission."""
    try:
        return parse_checkpoint(submission.note.text)
    except BadNote as error:
        raise BadSubmission(str(error)) from error


def require_cosignable(submission: Submission, keys: Collection[Verifier], seen: Seen) -> Checkpoint:
    """The head to cosign. `keys`: of the log of this origin, none where it is not known. Raises NotCosigned and
    BadSubmission, in the order that the protocol gives."""
    head = checkpoint_of(submission)
    if not keys:
        raise NotCosigned(404, f"No log of the origin '{head.origin[:200]}' is witnessed here.")
    try:
        verified_by(submission.note, keys)
    except BadNote as error:
        raise NotCosigned(403, str(error)) from error
    if submission.old > head.size:
        raise BadSubmission(f"The old size {submission.old} is above the new one, {head.size}.")
    if submission.old != seen.size:
        raise NotCosigned(409, "Another head was cosigned last.", seen.size)
    empty_is_empty = head.size > 0 or head.root == EMPTY
    if not empty_is_empty or not is_consistent(seen.size, seen.root, head.size, head.root, submission.proof):
        raise NotCosigned(
            422, f"No proof that {head.size} entries extend {seen.size}.", shows_fault=_is_fault(head, seen)
        )
    return head


def _is_fault(head: Checkpoint, seen: Seen) -> bool:
    """Two signed heads of one size that differ cannot both be true; a proof that is merely wrong shows nothing."""
    root = EMPTY if head.size == 0 else seen.root if head.size == seen.size else head.root
    return head.root != root


def size_in(body: bytes) -> int | None:
    """The size that an answer 409 tells."""
    text = body.decode("ascii", "replace")
    return int(text) if re.fullmatch(r"(0|[1-9][0-9]{0,17})\n", text) else None


def cosignatures_in(body: bytes, note: Note, key: Ed25519Verifier) -> list[Signature]:
    """The lines of this witness in its answer, those of other keys left out. Raises BadNote where there is none, or
    where one does not verify."""
    try:
        lines = parse_signatures(body.decode())
    except UnicodeDecodeError as error:
        raise BadNote("The witness's answer is no text.") from error
    mine = [line for line in lines if (line.name, line.key_id) == (key.name, key.key_id)]
    verified_by(Note(note.text, tuple(mine)), [key])
    if any(not cosigned_at(line.blob) for line in mine):
        raise BadNote("The witness's signature tells no time.")
    return mine


def witnesses_in(text: str) -> list[Witness]:
    """`name=vkey@url`, separated by commas. Raises BadNote."""
    return [_witness(one.strip()) for one in text.split(",") if one.strip()]


def logs_in(text: str) -> dict[str, list[Ed25519Verifier]]:
    """The keys of logs (name+id+key, separated by commas or white space) by their origin. Raises BadNote."""
    found = dict[str, list[Ed25519Verifier]]()
    for vkey in re.split(r"[\s,]+", text.strip()):
        if vkey:
            key = ed25519_verifier(vkey)
            found.setdefault(key.name, []).append(key)
    return found


def origin_hash(origin: str) -> str:
    """What a log is called in a witness's addresses."""
    return hashlib.sha256(origin.encode()).hexdigest()


def _witness(text: str) -> Witness:
    name, _, rest = text.partition("=")
    vkey, _, url = rest.rpartition("@")
    if not name.strip() or not url.startswith(("http://", "https://")):
        raise BadNote(f"'{text[:120]}' is no witness in the form name=vkey@url.")
    key = ed25519_verifier(vkey)
    if key.kind != COSIGNATURE:
        raise BadNote(f"The key of witness '{name.strip()}' is a log's key; a witness has one of type 4.")
    return Witness(name.strip(), key, url.rstrip("/"))


def _hash(line: str) -> bytes:
    try:
        found = base64.b64decode(line, validate=True)
    except ValueError as error:
        raise BadSubmission(f"'{line[:60]}' is no hash in base64.") from error
    if len(found) != HASH:
        raise BadSubmission(f"'{line[:60]}' is no hash of {HASH} bytes.")
    return found
