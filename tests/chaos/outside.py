"""A PostgreSQL server of its own for a node: reached by address, looked after as a service would be, with the three
roles that the documents ask for: the owner of the tables, the node's, and the one that follows it."""

import os
import signal
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Self

import psycopg

from gezhi.config.keeping.programs import hand_over, programs_of, run_server, server_user
from gezhi.config.roles import APP, OWNER, SUPERUSER
from tests.chaos.server import free_port

VERSIONS = (15, 16, 17, 18)
KEEPER = "gezhi_keeper"
ROLES = (
    f"CREATE ROLE {OWNER} LOGIN",
    f"CREATE ROLE {APP} LOGIN",
    f"CREATE ROLE {KEEPER} LOGIN REPLICATION",
    f"CREATE DATABASE gezhi OWNER {OWNER}",
)


def any_version() -> int:
    """Debian's when it is there, the wheel's otherwise."""
    return next(
        version
        for version in VERSIONS
        if Path(f"/usr/lib/postgresql/{version}/bin").exists() or version == 18
    )


class Outside:
    """`folder`: the cluster. `port`: of TCP on this machine."""

    def __init__(self, folder: Path, version: int, log: Path, port: int = 0) -> None:
        self.folder, self.version, self.port, self._log = folder, version, port or free_port(), log
        self._programs = programs_of(version)
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self.starts = 0

    def __enter__(self) -> Self:
        if not (self.folder / "PG_VERSION").exists():
            self._make()
        threading.Thread(target=self._look_after, daemon=True).start()
        self.wait()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(30)
            self.kill()

    def url(self, port: int = 0, role: str = APP) -> str:
        return f"postgresql://{role}@127.0.0.1:{port or self.port}/gezhi"

    def environment(self, port: int = 0) -> dict[str, str]:
        """What a node is told; the line at `port` is the node's alone."""
        return {
            "DATABASE_URL": self.url(port),
            "GEZHI_OWNER_URL": self.url(port, OWNER),
            "GEZHI_BACKUP_URL": self.url(role=KEEPER),
        }

    def wait(self, within: float = 60) -> None:
        end = time.monotonic() + within
        while True:
            with suppress(psycopg.OperationalError), psycopg.connect(self.url(), connect_timeout=2):
                return
            if time.monotonic() > end:
                raise TimeoutError(f"PostgreSQL {self.version} did not come up; see {self._log}.")
            time.sleep(0.2)

    def kill(self) -> None:
        """The server itself with kill -9; what it had started notices."""
        if self._process and self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    def give_up(self) -> None:
        """Nobody begins it again."""
        self._stopping.set()
        self.kill()

    def _make(self) -> None:
        user = server_user()
        self.folder.mkdir(parents=True, exist_ok=True)
        hand_over(self.folder, user)
        who = {"user": user} if user else {}
        words = f"-A trust -U {SUPERUSER} -E UTF8 --no-locale --no-sync -D {self.folder}".split()
        subprocess.run([self._programs / "initdb", *words], check=True, capture_output=True, cwd="/", **who)  # type: ignore[call-overload]
        with self._log.open("ab") as log:
            first = run_server(self._programs, self.folder, self._options(), log)
        admin = self.url(role=SUPERUSER)
        for _ in range(200):
            with suppress(psycopg.OperationalError), psycopg.connect(f"{admin[:-5]}postgres") as connection:
                connection.autocommit = True
                for statement in ROLES:
                    connection.execute(statement)
                break
            time.sleep(0.1)
        with psycopg.connect(admin) as connection:
            connection.execute(f"GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO {KEEPER}")
        first.send_signal(signal.SIGINT)
        first.wait(30)

    def _options(self) -> dict[str, str]:
        return {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "timezone": "UTC",
            "max_connections": "150",
        }

    def _look_after(self) -> None:
        while not self._stopping.is_set():
            with self._log.open("ab") as log:
                self._process = run_server(self._programs, self.folder, self._options(), log)
            self.starts += 1
            self._process.wait()
            self._stopping.wait(1)


def backends(of: int) -> list[int]:
    """The process ids of clients' backends of a server."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_bytes().decode(errors="replace")
            if of and parent == of and "gezhi" in words:
                found.append(int(folder.name))
    return found


def server_pid(cluster: Path) -> int:
    """0: it does not run."""
    try:
        pid = int((cluster / "postmaster.pid").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0
    return pid if Path(f"/proc/{pid}").exists() else 0


def kill(pid: int) -> None:
    """Nobody for 0, which to the kernel means this whole group."""
    if pid <= 0:
        return
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
