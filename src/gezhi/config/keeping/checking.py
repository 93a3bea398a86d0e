"""Reading a whole backup and holding it against its digests."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from gezhi.config.keeping.files import pieces_of, stored_files
from gezhi.config.keeping.records import Damaged, WrongKey, read_whole
from gezhi.config.keeping.store import Store
from gezhi.config.keeping.wal import reach


def faults_of(store: Store) -> tuple[list[str], dict[str, int]]:
    """Sentences, and how much was read. Raises NoBackup, WrongKey for the folder as a whole."""
    store.described()
    faults = [*_copies(store), *_log(store), *_files(store)]
    counts = {
        "bases": len(store.bases()),
        "segments": len(store.segments()),
        "files": sum(1 for _ in stored_files(store)),
    }
    return faults, counts


def _copies(store: Store) -> Iterator[str]:
    for base in store.bases():
        path = store.archive_of(base.stamp)
        if not path.exists() or _digest(path) != base.sha256:
            yield f"The copy {base.stamp} is not what was stored."


def _log(store: Store) -> Iterator[str]:
    for name in store.segments():
        try:
            for _ in read_whole(store.wal / name, name, store.key):
                pass
        except (Damaged, WrongKey) as error:
            yield str(error)
    last, bases = store.last_mark(), store.bases()
    if last and bases:
        came = reach(store, bases[-1].start_lsn, last.timeline, bases[-1].segment_size)
        if came < last.lsn:
            yield f"The log has a gap: it leads from the copy {bases[-1].stamp} to {came:X} and not to {last.lsn:X}."


def _files(store: Store) -> Iterator[str]:
    noted = store.noted()
    for path in stored_files(store):
        name = str(path.relative_to(store.files))
        digest, size = hashlib.sha256(), 0
        try:
            for piece in pieces_of(store, path, name):
                digest.update(piece)
                size += len(piece)
        except (Damaged, WrongKey) as error:
            yield str(error)
            continue
        if noted.get(name, (size, digest.hexdigest())) != (size, digest.hexdigest()):
            yield f"{name} is not what was copied."
    there = {str(path.relative_to(store.files)) for path in stored_files(store)}
    yield from (f"{name} was copied and is not there." for name in noted if name not in there)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
