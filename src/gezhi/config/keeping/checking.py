"""Reading a whole backup and holding it against its digests."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from gezhi.config.keeping.files import pieces_of, stored_files
from gezhi.config.keeping.records import Damaged, WrongKey, read_whole
from gezhi.config.keeping.store import Mark, Notes, Store, segment_of
from gezhi.config.keeping.wal import ancestry, reach


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
    """From where the oldest copy begins: a segment before that may be left over, and nobody reads it any more."""
    bases = store.bases()
    begin = min((segment_of(base.start_lsn, 0, base.segment_size)[8:] for base in bases), default="")
    for name in store.segments():
        if name[8:] < begin:
            continue
        try:
            for _ in read_whole(store.wal / name, name, store.key):
                pass
        except (Damaged, WrongKey) as error:
            yield str(error)
    last = store.last_mark()
    if last:
        yield from _gaps(store, last)


def _gaps(store: Store, last: Mark) -> Iterator[str]:
    """From each copy the log leads to where the next one is complete, from the newest to the last mark. Copies of a
    time that was left by restoring an earlier moment lead nowhere."""
    line = ancestry(store, last.timeline)
    bases = [base for base in store.bases() if line.at(base.stop_lsn) == base.timeline]
    ends = [min(base.stop_lsn, last.lsn) for base in bases[1:]] + [last.lsn]
    for base, end in zip(bases, ends, strict=True):
        came = reach(store, base.start_lsn, last.timeline, base.segment_size)
        if came < end:
            yield f"The log has a gap: it leads from the copy {base.stamp} to {came:X} and not to {end:X}."


def _files(store: Store) -> Iterator[str]:
    notes = Notes(store)
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
        if not notes.fit(name, size, digest.hexdigest()):
            yield f"{name} is not what was copied."
    there = {str(path.relative_to(store.files)) for path in stored_files(store)}
    lost = (name for name in sorted(notes.names() - there) if not (store.files / name).exists())
    yield from (f"{name} was copied and is not there." for name in lost)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
