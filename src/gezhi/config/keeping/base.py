"""A copy of the whole database while it works, and how long copies are kept."""

import hashlib
import json
import re
import shutil
import subprocess
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib.metadata import version as version_of
from pathlib import Path
from typing import IO, Any, Final

from gezhi.config.keeping.journal import lines_of
from gezhi.config.keeping.programs import begin, programs_of
from gezhi.config.keeping.records import PIECE, Writer
from gezhi.config.keeping.source import Source
from gezhi.config.keeping.store import Base, Store, lsn_of, segment_of
from gezhi.lib.durable import write_whole

_POINT: Final = re.compile(r"write-ahead log (start|end) point: ([0-9A-F]+/[0-9A-F]+)(?: on timeline (\d+))?")
Progress = Callable[[int, int], None]


class BaseFailed(Exception):
    """PostgreSQL did not give a copy of the database; the message is its own."""


def take_base(source: Source, store: Store, progress: Progress = lambda done, of: None) -> Base:
    """Raises BaseFailed, NoPrograms, psycopg.Error, OSError."""
    now = datetime.now(UTC)
    stamp = now.strftime("%Y%m%dT%H%M%S")
    archive = store.archive_of(stamp)
    expected, major = source.size(), source.version()
    archive.parent.mkdir(parents=True)
    try:
        sha256, raw, said = _stream(source, store, stamp, lambda done: progress(done, expected))
        start, stop, timeline = _points(said)
    except BaseException:
        shutil.rmtree(archive.parent, ignore_errors=True)
        raise
    database, user = source.names()
    base = Base(
        stamp, now, timeline, start, stop, major, raw, sha256, database, user, source.segment_size(),
        source.limits(), version_of("gezhi"),
    )  # fmt: skip
    store.keep_base(base)
    return base


def _stream(
    source: Source, store: Store, stamp: str, progress: Callable[[int], None]
) -> tuple[str, int, str]:
    """SHA-256 of what was stored, bytes of the archive, and what the program said."""
    programs = programs_of(source.version())
    process = begin(
        [
            *(programs / "pg_basebackup", "-D", "-", "-Ft", "-X", "fetch", "--checkpoint=fast", "--verbose"),
            *("--manifest-checksums=SHA256", "--no-password", "-d", source.url),
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said = list[bytes]()
    listener = threading.Thread(target=_listen, args=(process.stderr, said), daemon=True)
    listener.start()
    digest, raw = hashlib.sha256(), 0
    path = store.archive_of(stamp)
    with path.open("w+b") as out, process:
        writer = Writer(out, f"base/{stamp}", store.key)
        try:
            while piece := process.stdout.read(PIECE):
                writer.write(raw, piece)
                raw += len(piece)
                progress(raw)
            process.wait()
        finally:
            process.kill()
        out.flush()
        out.seek(0)
        while piece := out.read(PIECE):
            digest.update(piece)
    listener.join(5)
    text = b"".join(said).decode(errors="replace")
    if process.returncode != 0:
        raise BaseFailed(f"pg_basebackup ended with {process.returncode}: {text.strip()[-500:]}")
    return digest.hexdigest(), raw, text


def _listen(pipe: IO[bytes], said: list[bytes]) -> None:
    said.extend(pipe)


def _points(said: str) -> tuple[int, int, int]:
    """Where the log has to be read from and to, and its timeline."""
    found = {kind: (lsn_of(lsn), timeline) for kind, lsn, timeline in _POINT.findall(said)}
    if found.keys() != {"start", "end"}:
        raise BaseFailed(f"pg_basebackup did not say where its copy begins and ends: {said.strip()[-500:]}")
    return found["start"][0], found["end"][0], int(found["start"][1])


def prune(store: Store, keep: timedelta, now: datetime) -> list[str]:
    """Removes what no moment within `keep` needs. Returns the names of the bases that went."""
    bases = store.bases()
    older = [base for base in bases if base.at < now - keep]
    gone = older[:-1]  # the newest of them is where the oldest moment begins
    for base in gone:
        shutil.rmtree(store.bases_folder / base.stamp)
    kept = [base for base in bases if base not in gone]
    if kept:
        first = min(segment_of(base.start_lsn, 0, base.segment_size) for base in kept)
        for name in store.segments():
            if name[8:] < first[8:]:
                (store.wal / name).unlink()
        store.forget_marks(min(base.at for base in kept))
    _drop_unfinished(store, now)
    return [base.stamp for base in gone]


def _drop_unfinished(store: Store, now: datetime) -> None:
    """Whoever made it died; a day is longer than any copy takes."""
    for folder in store.bases_folder.iterdir():
        began = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
        if not (folder / "manifest.json").exists() and now - began > timedelta(days=1):
            shutil.rmtree(folder)


def forget_removed(store: Store, data: Path, keep: timedelta, now: datetime) -> int:
    """Files that the node deleted, e.g. because somebody's data were erased, leave the copy once no moment within
    `keep` names them. Returns how many went."""
    from gezhi.config.keeping.files import stored_files

    path = store.folder / "removed.json"
    known: dict[str, str] = json.loads(path.read_bytes()) if path.exists() else {}
    missing: dict[str, str] = {}
    gone = list[str]()
    for stored in stored_files(store):
        name = str(stored.relative_to(store.files))
        if (data / name).exists():
            continue
        since = known.get(name, now.isoformat())
        if datetime.fromisoformat(since) < now - keep:
            stored.unlink()
            gone.append(name)
        else:
            missing[name] = since
    write_whole(path, json.dumps(missing).encode())
    if gone:
        _forget_names(store, set(gone))
    return len(gone)


def _forget_names(store: Store, gone: set[str]) -> None:
    for path in store.lists.paths():
        rows: list[dict[str, Any]] = [one for one in lines_of(path) if one["n"] not in gone]
        write_whole(path, "".join(json.dumps(one) + "\n" for one in rows).encode())
