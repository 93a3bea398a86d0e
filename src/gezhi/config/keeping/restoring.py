"""A node's data folder made anew from its backup: the database as of a moment, the files, and the proof of both."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import psutil  # type: ignore[import-untyped]
import psycopg
from psycopg.conninfo import make_conninfo

from gezhi.config.keeping.choosing import END, LATEST, Way, way_to
from gezhi.config.keeping.files import bring_back, stored_files
from gezhi.config.keeping.manifest import require_listed
from gezhi.config.keeping.programs import hand_over, programs_of, run_server, server_user
from gezhi.config.keeping.proof import Proof
from gezhi.config.keeping.records import Damaged, read_whole
from gezhi.config.keeping.store import Notes, Store, segment_of

_TOO_SHORT: Final = "recovery ended before configured recovery target was reached"
_CONF: Final = "# made by gezhi restore: the original's settings were kept elsewhere\n"
_HBA: Final = "local all all trust\nlocal replication all trust\n"
_OF_A_RUN: Final = (".handle_pids.json", ".s.PGSQL.5432.lock", ".s.PGSQL.5432")  # of the embedded server
_MASTERS: Final = """
SELECT (SELECT rolname FROM pg_roles WHERE rolsuper AND rolcanlogin ORDER BY oid LIMIT 1),
    (SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = 'public.django_migrations'::regclass)
"""
_LONGEST: Final = 24 * 3600  # seconds that reading the log may take
Say = Callable[[str], None]


class CannotRestore(Exception):
    """Nothing was restored, or not all of it; the message says why and what is possible."""


@dataclass(frozen=True, slots=True)
class Restored:
    """`at`: the moment that the copy stands for; `last_change`: of the newest change in it; `behind`: seconds between
    that moment and the newest that the backup knew of."""

    folder: str
    at: datetime
    last_change: datetime | None
    base: str
    seconds: float
    bytes: int
    files: int
    proof: Proof

    def line(self) -> str:
        plain = {
            **asdict(self),
            "at": self.at.isoformat(),
            "proof": asdict(self.proof),
            "whole": self.proof.whole,
        }
        plain["last_change"] = self.last_change.isoformat() if self.last_change else None
        return json.dumps(plain, ensure_ascii=False)


def moment_in(text: str) -> str | datetime:
    """latest, end, or an instant; without a zone, in the node's. Raises CannotRestore."""
    if text in (LATEST, END):
        return text
    from zoneinfo import ZoneInfo

    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise CannotRestore(
            f"'{text}' is no moment. Write latest, end, or e.g. 2026-11-22T14:05:00+08:00."
        ) from error
    zone = ZoneInfo(os.environ.get("GEZHI_TIME_ZONE", "Asia/Shanghai"))
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def restore(
    store: Store, to: str | datetime, into: Path, say: Say, *, postgres: Path | None = None
) -> Restored:
    """`into` is empty or not there; `postgres`: where the database goes, `into`/postgres unless given.
    Raises CannotRestore, NoBackup, NotKept, NoPrograms, Damaged, WrongKey, OSError."""
    begun = time.monotonic()
    store.described()
    way = way_to(store, to)
    cluster = postgres or into / "postgres"
    _require_room(store, way, into)
    into.mkdir(parents=True, exist_ok=True)
    say(f"The moment {way.at.isoformat()}, from the copy {way.base.stamp}.")
    size = _unpack(store, way, cluster, say)
    _lay_log(store, way, cluster, say)
    files = _bring_files(store, into, say)
    with _recovered(way, cluster, say) as (url, last_change):
        say("Looking whether everything is there...")
        proof = prove(_masters(url), into)
    return Restored(
        str(into), way.at, last_change, way.base.stamp, round(time.monotonic() - begun, 1), size, files, proof
    )


def set_aside(folder: Path) -> Path | None:
    """What is in the folder moves into one beside it; nothing is deleted. Raises CannotRestore while a database runs
    in it."""
    if not folder.exists() or not any(folder.iterdir()):
        return None
    _require_dead(folder)
    aside = folder / f"replaced-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S')}"
    aside.mkdir()
    for path in list(folder.iterdir()):
        if path != aside and not path.name.startswith("replaced-"):
            path.rename(aside / path.name)
    return aside


def _require_dead(folder: Path) -> None:
    for lock in (folder / "postmaster.pid", folder / "postgres" / "postmaster.pid"):
        with suppress(OSError, ValueError):
            pid = int(lock.read_text().split()[0])
            if psutil.pid_exists(pid):
                raise CannotRestore(f"A database runs in {lock.parent} (process {pid}). Stop the node first.")


def _require_room(store: Store, way: Way, into: Path) -> None:
    """Raises CannotRestore."""
    log = way.until - way.base.start_lsn + way.base.segment_size
    files = sum(path.stat().st_size for path in stored_files(store))
    needed = way.base.raw + log + files
    place = next(folder for folder in (into, *into.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    if free < needed:
        raise CannotRestore(f"{place} has {free / 1e9:.1f} GB free; this needs {needed / 1e9:.1f} GB.")


class _Stream:
    """Pieces as a file that is read once."""

    def __init__(self, pieces: Iterator[bytes], raw: int, say: Say) -> None:
        self._pieces, self._held, self._raw, self._say = pieces, b"", raw, say
        self._read, self._told = 0, 0

    def read(self, size: int) -> bytes:
        while len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._held += piece
            self._read += len(piece)
            self._tell()
        given, self._held = self._held[:size], self._held[size:]
        return given

    def _tell(self) -> None:
        tenth = self._read * 10 // max(self._raw, 1)
        if tenth > self._told:
            self._told = tenth
            self._say(f"  database {tenth * 10} %")


def _unpack(store: Store, way: Way, cluster: Path, say: Say) -> int:
    """Raises Damaged."""
    archive = store.archive_of(way.base.stamp)
    digest = hashlib.sha256()
    with archive.open("rb") as stored:
        while piece := stored.read(1 << 20):
            digest.update(piece)
    if digest.hexdigest() != way.base.sha256:
        raise Damaged(f"{archive} is not what was stored: its SHA-256 differs.")
    cluster.mkdir(parents=True, exist_ok=True)
    cluster.chmod(0o700)
    stream = _Stream(read_whole(archive, f"base/{way.base.stamp}", store.key), way.base.raw, say)
    with tarfile.open(fileobj=stream, mode="r|") as tar:  # type: ignore[call-overload]
        tar.extractall(cluster, filter="data")
    require_listed(cluster)
    for name in _OF_A_RUN:
        (cluster / name).unlink(missing_ok=True)
    return way.base.raw


def _lay_log(store: Store, way: Way, cluster: Path, say: Say) -> None:
    """Where PostgreSQL looks for its log, each segment at its full size."""
    size = way.base.segment_size
    first, last = segment_of(way.base.start_lsn, 0, size)[8:], segment_of(way.until, 0, size)[8:]
    known = {timeline for timeline, _ in way.line.until} | {way.line.timeline}
    wanted = [name for name in store.segments() if first <= name[8:] <= last and int(name[:8], 16) in known]
    for done, name in enumerate(wanted, 1):
        target = cluster / "pg_wal" / name
        with target.open("wb") as out:
            for piece in read_whole(store.wal / name, name, store.key):
                out.write(piece)
            out.truncate(size)
        if done % 50 == 0:
            say(f"  log {done} of {len(wanted)} segments")
    for path in store.wal.glob("*.history"):
        if int(path.stem, 16) in known:
            shutil.copy(path, cluster / "pg_wal" / path.name)


def _bring_files(store: Store, into: Path, say: Say) -> int:
    """Raises Damaged when one is not what was copied."""
    notes, count = Notes(store), 0
    for stored in stored_files(store):
        name = str(stored.relative_to(store.files))
        size, sha256 = bring_back(store, stored, into / name)
        if not notes.fit(name, size, sha256):
            raise Damaged(f"{stored} is not what was copied: its SHA-256 differs.")
        count += 1
        if count % 10_000 == 0:
            say(f"  {count:,} files")
    return count


@contextmanager
def _recovered(way: Way, cluster: Path, say: Say) -> Iterator[tuple[str, datetime | None]]:
    """The database reads its log up to the moment and answers until the block ends."""
    for name, text in (("postgresql.conf", _CONF), ("pg_ident.conf", ""), ("gezhi_hba.conf", _HBA)):
        if name == "gezhi_hba.conf" or not (cluster / name).exists():
            (cluster / name).write_text(text)
    (cluster / "recovery.signal").touch()
    user = server_user()
    sockets = Path(tempfile.mkdtemp(prefix="gezhi-db-"))
    for folder in (cluster, sockets):
        hand_over(folder, user)
    url = f"host={sockets} dbname={way.base.database} user={way.base.user}"
    log = cluster / "restore.log"
    server = _recover(way, cluster, sockets, url, log, way.options, say)
    try:
        with psycopg.connect(url) as connection:
            row = connection.execute("SELECT pg_last_xact_replay_timestamp()").fetchone()
        yield url, row[0].astimezone(UTC) if row and row[0] else None
    finally:
        _stop(server)
        shutil.rmtree(sockets, ignore_errors=True)
        (cluster / "gezhi_hba.conf").unlink(missing_ok=True)


def _recover(
    way: Way, cluster: Path, sockets: Path, url: str, log: Path, target: tuple[tuple[str, str], ...], say: Say
) -> "subprocess.Popen[bytes]":
    options = {
        **way.base.settings, **dict(target), "recovery_target_action": "promote",
        "recovery_target_timeline": str(way.line.timeline), "restore_command": "false", "hot_standby": "off",
        "listen_addresses": "", "unix_socket_directories": str(sockets), "port": "5432", "archive_mode": "off",
        "hba_file": str(cluster / "gezhi_hba.conf"), "ident_file": str(cluster / "pg_ident.conf"), "ssl": "off",
        "logging_collector": "off", "shared_buffers": "128MB", "lc_messages": "C", "log_min_messages": "log",
    }  # fmt: skip
    say("Reading the database's log...")
    with log.open("wb") as out:
        server = run_server(programs_of(way.base.version), cluster, options, out)
    try:
        _wait_until_open(server, url)
    except CannotRestore:
        said = log.read_text(errors="replace")
        if _TOO_SHORT in said and dict(target).keys() == {"recovery_target_time"}:
            # nothing was changed between that moment and the last mark
            return _recover(way, cluster, sockets, url, log, (("recovery_target_name", way.last.name),), say)
        raise CannotRestore(
            f"The database did not come up; it says, in {log}:\n{said.strip()[-1500:]}"
        ) from None
    except BaseException:
        _stop(server)
        raise
    return server


def _wait_until_open(server: "subprocess.Popen[bytes]", url: str) -> None:
    """Raises CannotRestore when the server ends instead."""
    end = time.monotonic() + _LONGEST
    while time.monotonic() < end:
        if server.poll() is not None:
            raise CannotRestore("The server ended.")
        with suppress(psycopg.OperationalError), psycopg.connect(url, autocommit=True) as connection:
            row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
            if row and not row[0]:
                return
        time.sleep(0.1)
    raise CannotRestore(f"The log was not read within {_LONGEST // 3600} hours.")


def _stop(server: "subprocess.Popen[bytes]") -> None:
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(120)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _masters(url: str) -> dict[str, str]:
    """Who looks through a restored database: a superuser sees every row, whatever the role that copied it may; what
    a newer release changes in the tables is done as their owner."""
    with psycopg.connect(url) as connection:
        row = connection.execute(_MASTERS).fetchone()
    assert row is not None
    return {
        "DATABASE_URL": make_conninfo(url, user=row[0]),
        "GEZHI_OWNER_URL": make_conninfo(url, user=row[1]),
    }


def prove(masters: Mapping[str, str], folder: Path) -> Proof:
    """By the program itself in a process of its own, over the restored database and folder. Raises CannotRestore."""
    environment = {
        **os.environ, **masters, "GEZHI_DATA_DIR": str(folder), "GEZHI_BACKUP_DIR": "",
        "DJANGO_SETTINGS_MODULE": "gezhi.config.settings",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "gezhi", "backup", "prove", "--settle", "--json"],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    try:
        return Proof(**json.loads(done.stdout.splitlines()[-1]))
    except (ValueError, IndexError, TypeError) as error:
        raise CannotRestore(
            f"What was restored could not be looked through: {done.stderr.strip()[-1500:]}"
        ) from error
