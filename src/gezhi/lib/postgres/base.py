"""The connection: before a statement the session knows the reach that counts now, and never an older one."""

from typing import Any

import psycopg
from django.conf import settings
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

from gezhi.lib.reach import NOTHING, SETTING, Reach, current, key_from, words_of


class DatabaseWrapper(base.DatabaseWrapper):
    """One statement more whenever the reach differs from the one that the session was told last.

    The server forgets a setting that was made in a transaction when that is rolled back: then it is told anew.
    """

    _told: Reach | None = None  # None: not known

    def get_new_connection(self, conn_params: dict[str, Any]) -> psycopg.Connection[Any]:
        made: psycopg.Connection[Any] = super().get_new_connection(conn_params)
        self._told = NOTHING
        return made

    def create_cursor(self, name: str | None = None) -> Any:
        reach = current()
        if reach is not self._told and reach != self._told:
            self._tell(reach)
        return super().create_cursor(name)

    def _tell(self, reach: Reach) -> None:
        connection = self.connection
        assert connection is not None
        if connection.info.transaction_status == TransactionStatus.INERROR:
            return  # nothing is answered any more until the roll-back, after which it is told anew
        self._told = None
        words = words_of(reach, key_from(settings.SECRET_KEY))
        with psycopg.Cursor(connection) as cursor:
            cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, words])
        self._told = reach

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._told = None

    def _savepoint_rollback(self, sid: str) -> None:
        try:
            super()._savepoint_rollback(sid)  # type: ignore[misc]
        finally:
            self._told = None
