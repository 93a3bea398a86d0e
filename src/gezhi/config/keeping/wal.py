"""What the database writes to its log, carried over as it is written.

PostgreSQL's pg_receivewal streams it into a spool beside the data, without waiting for a segment to be full; from
there it is appended to the store, compressed and perhaps sealed, up to where the server knows that it was received.
"""

import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from gezhi.config.keeping.programs import begin, programs_of
from gezhi.config.keeping.records import Writer, whole_length
from gezhi.config.keeping.source import SLOT, Source
from gezhi.config.keeping.store import HISTORY, SEGMENT, Store, segment_of

_PARTIAL: Final = ".partial"


@dataclass
class Receiver:
    """pg_receivewal, begun again whenever it ends."""

    source: Source
    spool: Path
    _process: "subprocess.Popen[bytes] | None" = None

    def ensure(self) -> None:
        """Raises NoPrograms, psycopg.Error."""
        if self._process is not None and self._process.poll() is None:
            return
        self.spool.mkdir(parents=True, exist_ok=True)
        self.spool.chmod(0o700)
        self._process = begin(
            [
                *(programs_of(self.source.version()) / "pg_receivewal", "-D", self.spool, "-S", SLOT),
                *(
                    "--synchronous",
                    "--no-loop",
                    "--status-interval=1",
                    "--no-password",
                    "-d",
                    self.source.url,
                ),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


@dataclass
class Shipping:
    """From the spool into the store. `lengths`: how much of a segment the store has."""

    spool: Path
    store: Store
    segment_size: int
    lengths: dict[str, int] = field(default_factory=dict)

    def ship(self, timeline: int, received: int) -> int:
        """Everything up to `received`. Returns bytes of the original. Raises OSError."""
        current = segment_of(received, timeline, self.segment_size)
        shipped, done = 0, list[Path]()
        for path in sorted(self.spool.iterdir()):
            if HISTORY.fullmatch(path.name):
                self._copy_history(path)
                continue
            name = path.name.removesuffix(_PARTIAL)
            if not SEGMENT.fullmatch(name) or name[8:] > current[8:]:
                continue
            limit = received % self.segment_size if name == current else self.segment_size
            if path.name.endswith(_PARTIAL) and name[:8] != current[:8]:
                continue  # of a timeline that was left: nobody says how far it is valid
            shipped += self._append(path, name, limit)
            if path.name == name:
                done.append(path)
        for path in done[:-1]:  # the receiver goes on behind the newest
            path.unlink()
        return shipped

    def _append(self, path: Path, name: str, limit: int) -> int:
        known = self.lengths.get(name)
        target = self.store.wal / name
        if known is None:
            known = self._mended(target)
        if known >= limit:
            self.lengths[name] = known
            return 0
        self.lengths.pop(name, None)  # unknown while it is written
        with target.open("ab") as out, path.open("rb") as source:
            known = known if out.tell() else 0  # too old for any copy, it was removed meanwhile
            source.seek(known)
            data = source.read(limit - known)
            Writer(out, name, self.store.key).write(known, data)
            out.flush()
            os.fsync(out.fileno())
        self.lengths[name] = known + len(data)
        return len(data)

    def _mended(self, target: Path) -> int:
        """A writer that died left a piece of a record."""
        reached, stored = whole_length(target)
        if target.exists() and target.stat().st_size > stored:
            os.truncate(target, stored)
        return reached

    def _copy_history(self, path: Path) -> None:
        target = self.store.wal / path.name
        if not target.exists():
            draft = target.with_suffix(".draft")
            draft.write_bytes(path.read_bytes())
            draft.rename(target)


@dataclass(frozen=True, slots=True)
class Ancestry:
    """Which timeline wrote which part of the log. `until`: ancestor -> where it was left."""

    timeline: int
    until: tuple[tuple[int, int], ...] = ()

    def at(self, lsn: int) -> int:
        return next((timeline for timeline, end in self.until if lsn < end), self.timeline)


def ancestry(store: Store, timeline: int) -> Ancestry:
    """From the timeline's history file, as PostgreSQL writes it: parent, where it was left, why."""
    from gezhi.config.keeping.store import lsn_of

    path = store.wal / f"{timeline:08X}.history"
    if not path.exists():
        return Ancestry(timeline)
    rows = [line.split() for line in path.read_text().splitlines() if line.strip() and line[0] != "#"]
    return Ancestry(timeline, tuple((int(row[0]), lsn_of(row[1])) for row in rows))


def reach(store: Store, start: int, timeline: int, size: int) -> int:
    """How far the stored log goes without a gap from `start` on, on the way to `timeline`."""
    line = ancestry(store, timeline)
    at = start - start % size
    while True:
        name = segment_of(at, line.at(max(at, start)), size)
        switched = segment_of(at, line.at(at + size - 1), size)
        length = max(whole_length(store.wal / one)[0] for one in {name, switched})
        if length < size:
            return at + length
        at += size
