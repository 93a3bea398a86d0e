"""Proofs from the files of the log, and the entries that they are about."""

import json
from collections.abc import Sequence

from gezhi.ledger.folder import MissingTile
from gezhi.ledger.keys import verifiers_of
from gezhi.ledger.models import Checkpoint, Entry
from gezhi.ledger.notes import Verifier
from gezhi.ledger.packing import Enclosed, Proven, zip_of
from gezhi.ledger.proofs import Proof
from gezhi.ledger.queries.log import listed_keys, log_folder, newest_checkpoint
from gezhi.ledger.tree import inclusion_ranges

_FILES = ("photos", "evidence")  # the facts that name files by their SHA-256


class NotYet(LookupError):
    """No checkpoint stands over what is asked for, or its files are lost; the message says which."""


def proof_of(index: int, head: Checkpoint | None = None) -> Proof:
    """Of the entry at a place, under a checkpoint (None: the newest). Raises NotYet."""
    found = head or newest_checkpoint()
    if found is None or index >= found.size:
        raise NotYet(
            f"No checkpoint stands over entry {index} yet; {found.size if found else 0} are published. "
            "The next follows within a minute."
        )
    try:
        return Proof(index, log_folder().inclusion(index, found.size), found.note)
    except MissingTile as error:
        raise _lost(error) from error


def verifiers() -> list[Verifier]:
    """Of every key that ever signed for this log."""
    return verifiers_of(one.vkey for one in listed_keys())


def inclusion(index: int, size: int) -> list[bytes]:
    """Raises NotYet, and ValueError where a tree of `size` has no such entry."""
    inclusion_ranges(index, size)
    _require_published(size)
    try:
        return log_folder().inclusion(index, size)
    except MissingTile as error:
        raise _lost(error) from error


def consistency(old: int, new: int) -> list[bytes]:
    """Raises NotYet, and ValueError where `new` does not follow `old`."""
    _require_published(new)
    try:
        return log_folder().consistency(old, new)
    except MissingTile as error:
        raise _lost(error) from error


def root_at(size: int) -> bytes:
    """The root of the tree when it had that size. Raises NotYet."""
    _require_published(size)
    try:
        return log_folder().root(size)
    except MissingTile as error:
        raise _lost(error) from error


def zip_about(subject: str, about: str) -> bytes:
    """Every entry of a subject with its proof. Three statements."""
    entries = list(Entry.objects.filter(subject=subject).order_by("id"))
    return _packed(entries, about)


def zip_about_file(subject: str, about: str, sha256: str, name: str, data: bytes) -> bytes:
    """The entries of a subject that name a file by its SHA-256, with their proofs and the file."""
    entries = Entry.objects.filter(subject=subject).order_by("id")
    return _packed([one for one in entries if _names(one, sha256)], about, [Enclosed(name, data)])


def _names(entry: Entry, sha256: str) -> bool:
    facts = json.loads(bytes(entry.body))["facts"]
    return any(sha256 in facts.get(key, ()) for key in _FILES)


def _packed(entries: Sequence[Entry], about: str, enclosed: Sequence[Enclosed] = ()) -> bytes:
    head = newest_checkpoint()
    size = head.size if head else 0
    proven = [Proven(_name(one), bytes(one.body), _proof(one.tree_index, size, head)) for one in entries]
    return zip_of(about, proven, [one.vkey for one in listed_keys()], enclosed)


def _name(entry: Entry) -> str:
    return f"waiting-{entry.pk}" if entry.tree_index is None else str(entry.tree_index)


def _proof(index: int | None, size: int, head: Checkpoint | None) -> Proof | None:
    return proof_of(index, head) if index is not None and index < size else None


def _require_published(size: int) -> None:
    """In a statement rather than by the file, which may be of another moment."""
    head = newest_checkpoint()
    if head is None or size > head.size:
        raise NotYet(f"The log holds {head.size if head else 0} published entries, not {size}.")


def _lost(error: MissingTile) -> NotYet:
    return NotYet(f"The file {error} of the log is lost. Write it again: gezhi ledger rewrite.")
