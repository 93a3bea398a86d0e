"""The database that is kept: reached by a role that may replicate."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from gezhi.config.keeping.store import lsn_of
from gezhi.config.paths import data_dir

SLOT: Final = "gezhi_keeper"
LIMITS: Final = (  # recovery refuses smaller ones than the original had
    *("max_connections", "max_worker_processes", "max_wal_senders"),
    *("max_prepared_transactions", "max_locks_per_transaction"),
)


class CannotFollow(Exception):
    """The database does not let itself be followed; the message says what it needs."""


def source_url() -> str:
    """GEZHI_BACKUP_URL, or the node's own database; the embedded one as its administrator."""
    named = os.environ.get("GEZHI_BACKUP_URL", "")
    if named:
        return named
    own = os.environ["DATABASE_URL"]
    is_embedded = (data_dir() / "postgres" / "PG_VERSION").exists()
    if is_embedded and str(conninfo_to_dict(own).get("host", "")).startswith("/"):
        return make_conninfo(own, user="postgres")
    return own


@dataclass(frozen=True, slots=True)
class Position:
    """Where the database's log ends now, and where the receiver is. `valid`: the slot still holds what follows."""

    now: int
    timeline: int
    received: int
    valid: bool
    at: datetime


class Source:
    """A connection that is opened again whenever it was lost. Every method raises psycopg.Error."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection: psycopg.Connection[Any] | None = None

    def ask(self, statement: str, values: tuple[object, ...] = ()) -> Any:
        """The first row."""
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(
                self.url, autocommit=True, connect_timeout=5, application_name="gezhi-keeper",
                options="-c statement_timeout=10000",
            )  # fmt: skip
        try:
            return self._connection.execute(statement, values).fetchone()
        except psycopg.OperationalError:
            self.close()
            raise

    def close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def system(self) -> str:
        return str(self.ask("SELECT system_identifier FROM pg_control_system()")[0])

    def version(self) -> int:
        return int(self.ask("SHOW server_version_num")[0]) // 10000

    def segment_size(self) -> int:
        return int(self.ask("SELECT setting FROM pg_settings WHERE name = 'wal_segment_size'")[0])

    def names(self) -> tuple[str, str]:
        """Database and role."""
        row = self.ask("SELECT current_database(), current_user")
        return str(row[0]), str(row[1])

    def limits(self) -> dict[str, str]:
        return {name: str(self.ask(f"SHOW {name}")[0]) for name in LIMITS}

    def size(self) -> int:
        """Bytes of all databases."""
        return int(self.ask("SELECT sum(pg_database_size(oid)) FROM pg_database WHERE datallowconn")[0])

    def check(self) -> None:
        """Raises CannotFollow."""
        if self.ask("SHOW wal_level")[0] == "minimal":
            raise CannotFollow(
                "wal_level is minimal; set it to replica in postgresql.conf and restart the server."
            )
        role = self.ask(
            "SELECT rolsuper OR rolreplication, current_user FROM pg_roles WHERE rolname = current_user"
        )
        if not role[0]:
            raise CannotFollow(
                f'The role {role[1]} may not replicate. ALTER ROLE "{role[1]}" REPLICATION, or name another '
                "role's address in GEZHI_BACKUP_URL."
            )
        may = self.ask("SELECT has_function_privilege('pg_create_restore_point(text)', 'execute')")
        if not may[0]:
            raise CannotFollow(
                f'GRANT EXECUTE ON FUNCTION pg_create_restore_point(text) TO "{role[1]}" in this database.'
            )

    def ensure_slot(self) -> bool:
        """Whether the server still holds everything since the last time; False: from here on only."""
        row = self.ask("SELECT wal_status FROM pg_replication_slots WHERE slot_name = %s", (SLOT,))
        if row and row[0] in ("reserved", "extended", "unreserved"):
            return True
        if row:
            self.ask("SELECT pg_drop_replication_slot(%s)", (SLOT,))
        self.ask("SELECT pg_create_physical_replication_slot(%s, true)", (SLOT,))
        return False

    def position(self) -> Position:
        row = self.ask(
            "SELECT pg_current_wal_insert_lsn(), pg_walfile_name(pg_current_wal_insert_lsn()), clock_timestamp(), "
            "restart_lsn, wal_status FROM (SELECT 1) AS one LEFT JOIN pg_replication_slots ON slot_name = %s",
            (SLOT,),
        )
        received = lsn_of(row[3]) if row[3] else 0
        return Position(
            lsn_of(row[0]), int(row[1][:8], 16), received, bool(row[4]) and row[4] != "lost",
            row[2].astimezone(UTC),
        )  # fmt: skip

    def restore_point(self, name: str) -> tuple[int, datetime]:
        row = self.ask("SELECT pg_create_restore_point(%s), clock_timestamp()", (name,))
        return lsn_of(row[0]), row[1].astimezone(UTC)
