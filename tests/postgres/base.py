"""The application's role may empty no table."""

from collections.abc import Sequence

from django.db.backends.postgresql import base as plain

from gezhi.lib.postgres import base
from tests.owner import owning


class Operations(plain.DatabaseOperations):
    def execute_sql_flush(self, sql_list: Sequence[str]) -> None:
        with owning():
            super().execute_sql_flush(sql_list)


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = Operations
