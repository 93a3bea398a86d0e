"""Publishing: entries get their places, files are written, a checkpoint over them is signed and put out.

In this order, each step safe before the next begins: places (database), tiles and bundles (files), the checkpoint's
row (database), its file. Whatever dies in between is done again from the rows, with the very same bytes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from gezhi.ledger import notes, queries
from gezhi.ledger.actions.adopting import take_in
from gezhi.ledger.actions.sequencing import LedgerBroken, number_entries, turn
from gezhi.ledger.entries import leaf_hash
from gezhi.ledger.folder import CHECKPOINT, KEYS, LogFolder, MissingTile
from gezhi.ledger.models import Checkpoint, Entry
from gezhi.ledger.tiles import BUNDLE, WIDTH, Edge, Tile, bundle_of, edge_of

ROWS: Final = 40 * WIDTH  # read at once


def publish_checkpoint(now: datetime, signers: Sequence[notes.Signer]) -> Checkpoint | None:
    """Take in what was committed, and publish the tree's new head. None: nothing is new, or another process is at it.

    Raises LedgerBroken, and ValueError without a signer. At most sequencing.MOST entries a time: call again until
    None. Takes part in no transaction of the caller's, except in tests.
    """
    if not signers:
        raise ValueError("A checkpoint needs a signer.")
    with turn() as held:
        return _publish(now, signers, queries.log_folder()) if held else None


def add_signatures(size: int, signatures: Iterable[notes.Signature]) -> Checkpoint:
    """More lines under a published checkpoint, whose text stays as it is. Lines that it has already change nothing."""
    with transaction.atomic():
        found = Checkpoint.objects.select_for_update().get(size=size)
        note = notes.parse_note(found.note).signed_also(signatures)
        found.note = note.written()
        found.save(update_fields=["note"])
    _put_out(queries.log_folder())
    return found


def _publish(now: datetime, signers: Sequence[notes.Signer], folder: LogFolder) -> Checkpoint | None:
    last = _last(now, folder)
    edge = _edge(last, folder)
    size = number_entries(_numbered(edge.size))
    if size == edge.size:
        _put_out(folder)
        return None
    _write_files(edge, size, folder)
    note = notes.signed(notes.Checkpoint(queries.origin(), size, edge.root()), signers, int(now.timestamp()))
    made = Checkpoint.objects.create(size=size, root=edge.root(), at=now, note=note.written())
    _put_out(folder)
    return made


def _last(now: datetime, folder: LogFolder) -> Checkpoint | None:
    """The newest checkpoint. A log has one name and one history: not another after a setting changed, or after a
    database came back older than what was put out."""
    last, origin = queries.newest_checkpoint(), queries.origin()
    if last is not None and (named := notes.parse_checkpoint(last.note).origin) != origin:
        raise LedgerBroken(f"The log is called {named}; GEZHI_LEDGER_ORIGIN now says {origin}. Set it back.")
    put_out = queries.put_out_size()
    if put_out <= (last.size if last else 0):
        return last
    if last is None:
        raise LedgerBroken(
            f"The folder holds a log of {put_out} entries, and this database none. If they belong together: "
            f"gezhi ledger adopt. Otherwise move {folder.path} away."
        )
    take_in(now, folder)
    return queries.newest_checkpoint()


def _numbered(published: int) -> int:
    """How many entries have a place: at least as many as are published, unless rows were taken away."""
    numbered = queries.numbered()
    if numbered < published:
        raise LedgerBroken(
            f"A checkpoint over {published} entries is published, but the database has only {numbered} of them. "
            "See gezhi ledger verify; after a restore, gezhi ledger adopt."
        )
    return numbered


def rewrite_files() -> int:
    """Files that were lost or changed are written again from the rows, as far as the newest checkpoint stands over
    them. Returns its size. Raises LedgerBroken where the rows do not lead to its root, and then writes nothing."""
    with turn() as held:
        last, folder = queries.newest_checkpoint(), queries.log_folder()
        if not held:
            raise LedgerBroken("Another process is publishing. Try again in a minute.")
        if last is None:
            return 0
        _rewrite(last, folder)
        _put_out(folder)
        return last.size


def _edge(last: Checkpoint | None, folder: LogFolder) -> Edge:
    """The tree's right edge at the last checkpoint, from the tiles; these are written again where they are lost."""
    if last is None:
        return Edge(0)
    try:
        edge = edge_of(last.size, folder.tile)
    except MissingTile:
        return _rewrite(last, folder)
    if edge.root() != bytes(last.root):
        raise LedgerBroken(
            f"The tiles do not lead to the root of the last checkpoint, over {last.size} entries. "
            "See gezhi ledger verify; gezhi ledger rewrite writes them again from the rows."
        )
    return edge


def _rewrite(last: Checkpoint, folder: LogFolder) -> Edge:
    """First looked through, then written: rows that were changed must not take the place of files that are right."""
    for into in (None, folder):
        edge = Edge(0)
        _write_files(edge, last.size, into)
        if edge.root() != bytes(last.root):
            raise LedgerBroken(
                f"The rows do not lead to the root of the last checkpoint, over {last.size} entries. "
                "See gezhi ledger verify."
            )
    return edge


def _write_files(edge: Edge, size: int, folder: LogFolder | None) -> None:
    """Tiles and bundles of the entries from the edge's size to `size`; moves the edge. Into no folder: moves it."""
    while edge.size < size:
        begin = edge.size // WIDTH * WIDTH
        end = min(begin + ROWS, size)
        bodies = _bodies(begin, end)
        tiles = list(edge.add(b"".join(map(leaf_hash, bodies[edge.size - begin :]))))
        if folder is None:
            continue
        for at in range(0, len(bodies), WIDTH):
            some = bodies[at : at + WIDTH]
            folder.write(Tile(BUNDLE, (begin + at) // WIDTH, len(some)), bundle_of(some))
        for tile, data in tiles:
            folder.write(tile, data)


def _bodies(begin: int, end: int) -> list[bytes]:
    rows = Entry.objects.filter(tree_index__gte=begin, tree_index__lt=end).order_by("tree_index")
    found = [bytes(body) for body in rows.values_list("body", flat=True)]
    if len(found) != end - begin:
        raise LedgerBroken(
            f"Of the entries {begin} to {end - 1} of the tree the database has only {len(found)}. "
            "See gezhi ledger verify."
        )
    return found


def _put_out(folder: LogFolder) -> None:
    newest = queries.newest_checkpoint()
    if newest is not None:
        folder.set_text(KEYS, "".join(f"{one.vkey}\n" for one in queries.listed_keys()))
        folder.set_text(CHECKPOINT, newest.note)
