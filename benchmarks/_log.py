"""A log of many entries as files, made as the node makes them but without waiting for the disk."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gezhi.ledger import notes
from gezhi.ledger.entries import Draft, body_of, leaf_hash
from gezhi.ledger.folder import CHECKPOINT, KEYS
from gezhi.ledger.tiles import BUNDLE, WIDTH, Edge, Tile, bundle_of

ORIGIN = "bench/log"
AT = datetime(2026, 11, 1, 4, tzinfo=UTC)


def make(folder: Path, entries: int, signer: notes.Ed25519Signer) -> notes.Note:
    """Every entry has a body of its own, of the size of a handler's last step."""
    edge, made, partial = Edge(0), set[Path](), dict[int, tuple[Tile, bytes]]()
    for begin, bodies in _bundles(entries):
        _write(folder, Tile(BUNDLE, begin // WIDTH, len(bodies)), bundle_of(bodies), made)
        for tile, data in edge.add(b"".join(map(leaf_hash, bodies))):
            if tile.width == WIDTH:
                partial.pop(tile.level, None)
                _write(folder, tile, data, made)
            else:
                partial[tile.level] = tile, data
    for tile, data in partial.values():
        _write(folder, tile, data, made)
    note = notes.signed(notes.Checkpoint(ORIGIN, entries, edge.root()), [signer], int(time.time()))
    (folder / CHECKPOINT).write_text(note.written())
    (folder / KEYS).write_text(signer.verifier.vkey() + "\n")
    return note


def _bundles(entries: int) -> Iterator[tuple[int, list[bytes]]]:
    facts = {
        "seq": 4, "step": "finish", "from": "handling", "to": "verifying", "account": 1234, "role": "handler",
        "category": "matter-06010", "place": "330203001001001", "unit": 17, "words": "a" * 64, "evidence": ["b" * 64],
    }  # fmt: skip
    body = body_of(Draft("case.finish", "case:%d", AT, facts))
    for begin in range(0, entries, WIDTH):
        numbers = range(begin, min(begin + WIDTH, entries))
        yield begin, [body.replace(b"%d", b"%d" % number) for number in numbers]


def _write(folder: Path, tile: Tile, data: bytes, made: set[Path]) -> None:
    path = folder / tile.address
    if path.parent not in made:
        path.parent.mkdir(parents=True, exist_ok=True)
        made.add(path.parent)
    path.write_bytes(data)
