"""After a database came back older than what was already published: the entries that it lost are taken in again.

The bundles hold every entry's body, and a checkpoint with this node's own signature stands over them: what was told
to the world stays told, also where the rows of the act itself are gone. The log goes on from there instead of telling
another history.
"""

import json
import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from gezhi.ledger import keys, notes, queries
from gezhi.ledger.actions.recording import COLUMNS, record
from gezhi.ledger.actions.sequencing import LedgerBroken, turn
from gezhi.ledger.entries import leaf_hash
from gezhi.ledger.folder import CHECKPOINT, LogFolder, MissingTile
from gezhi.ledger.models import Checkpoint, Entry, LogKey
from gezhi.ledger.tiles import BUNDLE, WIDTH, BadBundle, Tile, bodies_in, edge_of, width_in
from gezhi.lib.rows import insert_rows, update_rows

log = logging.getLogger(__name__)
_COLUMNS: Final = (*COLUMNS, "tree_index")


@dataclass(frozen=True, slots=True)
class Adopted:
    """`lost`: entries that the database did not hold at all; the others it held without a place."""

    entries: int
    lost: int


def adopt(now: datetime) -> Adopted:
    """Raises LedgerBroken when the files do not go on from what the database knows, or another process publishes."""
    with turn() as held:
        if not held:
            raise LedgerBroken("Another process is publishing. Stop the worker first.")
        return take_in(now, queries.log_folder())


def take_in(now: datetime, folder: LogFolder) -> Adopted:
    """Whoever calls holds the turn."""
    written = folder.text(CHECKPOINT)
    if not written:
        return Adopted(0, 0)
    note = notes.parse_note(written)
    signed_by = _own(note)
    head, last = notes.parse_checkpoint(note.text), queries.newest_checkpoint()
    known = last.size if last else 0
    if head.size <= known:
        return Adopted(0, 0)
    bodies = _bodies(folder, known, head, bytes(last.root) if last else None)
    with transaction.atomic():
        lost = _place(known, bodies)
        Checkpoint.objects.create(size=head.size, root=head.root, at=now, note=written)
        for vkey in signed_by:
            LogKey.objects.get_or_create(vkey=vkey, defaults={"from_at": now})
        facts = {"begin": known, "end": head.size, "lost": lost}
        record("ledger.adopted", "ledger", facts)
    log.error("The database had lost %d entries of the ledger; they were taken in from its files.", lost)
    return Adopted(len(bodies), lost)


def _own(note: notes.Note) -> list[str]:
    """Our own keys that signed it."""
    vkeys = {one.vkey for one in queries.listed_keys()} | set(keys.own_vkeys(queries.keys_folder()))
    try:
        found = notes.verified_by(note, keys.verifiers_of(vkeys))
    except notes.BadNote as error:
        raise LedgerBroken(f"The checkpoint in the folder is not this node's: {error}") from error
    return [one.vkey() for one in found if isinstance(one, notes.Ed25519Verifier)]


def _bodies(folder: LogFolder, known: int, head: notes.Checkpoint, root: bytes | None) -> list[bytes]:
    """Of the entries from `known` on, proven to lead from the root that the database knows to that of the head."""
    try:
        edge = edge_of(known, folder.tile)
        joined = root is None or edge.root() == root
        bodies = list(_read(folder, known, head.size))
    except (MissingTile, BadBundle) as error:
        raise LedgerBroken(f"The folder cannot be taken in: {error}") from error
    for _ in edge.add(b"".join(map(leaf_hash, bodies))):
        pass
    if not joined or edge.root() != head.root:
        raise LedgerBroken("The files do not go on from what the database knows. See gezhi ledger verify.")
    return bodies


def _read(folder: LogFolder, begin: int, end: int) -> Iterable[bytes]:
    for number in range(begin // WIDTH, (end - 1) // WIDTH + 1):
        tile = Tile(BUNDLE, number, width_in(BUNDLE, number, end))
        found = folder.find(tile)  # perhaps a wider one: files may be a moment ahead of their checkpoint
        if found is None:
            raise MissingTile(tile.address)
        yield from bodies_in(found[1], found[0].width)[max(begin - number * WIDTH, 0) : tile.width]


def _place(known: int, bodies: Sequence[bytes]) -> int:
    """Rows that are there get their place; what is missing is written again. Returns how many were missing."""
    placed = Entry.objects.filter(tree_index__gte=known).order_by("tree_index")
    held = [bytes(one) for one in placed.values_list("leaf_hash", flat=True)]
    leaves = [leaf_hash(body) for body in bodies]
    if held != leaves[: len(held)]:
        raise LedgerBroken("The database gave places that the files give to others. See gezhi ledger verify.")
    waiting = defaultdict[bytes, list[int]](list)
    for pk, leaf in Entry.objects.filter(tree_index=None).order_by("-id").values_list("id", "leaf_hash"):
        waiting[bytes(leaf)].append(pk)
    moved, missing = list[tuple[int, int]](), list[tuple[object, ...]]()
    for index in range(len(held), len(bodies)):
        if waiting[leaves[index]]:
            moved.append((waiting[leaves[index]].pop(), known + index))
        else:
            missing.append(_row(bodies[index], leaves[index], known + index))
    update_rows("ledger_entry", {"id": "bigint", "tree_index": "bigint"}, moved)
    insert_rows("ledger_entry", _COLUMNS, missing)
    return len(missing)


def _row(body: bytes, leaf: bytes, index: int) -> tuple[object, ...]:
    told = json.loads(body)
    at = datetime.fromisoformat(told["at"])
    return told["kind"], told["subject"], at, body, leaf, False, index
