"""Past the guards of the tables, as an intruder or a restore would come."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from tests.owner import owning


@contextmanager
def past_every_wall() -> Iterator[None]:
    """As somebody who has the database in hand: its guards are off until the block ends."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            with owning():
                yield
        finally:
            cursor.execute("SET session_replication_role = origin")
