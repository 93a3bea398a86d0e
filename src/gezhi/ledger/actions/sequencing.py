"""Giving committed entries their places in the tree: one at a time, in the order of their ids.

An entry's place is decided in the database, in a transaction of its own, before any file is written. So every file
follows from committed rows alone: a death at any instant leaves files that are true and perhaps too few.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from django.db import InterfaceError, OperationalError, connection, transaction

from gezhi.ledger.entries import MOST_BYTES

BATCH: Final = 5000  # rows of one transaction
MOST: Final = 100_000  # entries that one checkpoint takes in
TURN: Final = 0x67657A6869  # the advisory lock of whoever numbers entries and publishes
_NUMBER: Final = """
UPDATE ledger_entry AS entry SET tree_index = numbered.place
FROM (
    SELECT id, %s + row_number() OVER (ORDER BY id) - 1 AS place
    FROM (
        SELECT id FROM ledger_entry
        WHERE tree_index IS NULL AND octet_length(body) <= %s ORDER BY id LIMIT %s
    ) AS waiting
) AS numbered
WHERE entry.id = numbered.id
"""


class LedgerBroken(RuntimeError):
    """What the database, the files and the last checkpoint say does not fit together: nothing more is published
    until somebody has looked. The message says what."""


@contextmanager
def turn() -> Iterator[bool]:
    """Whether this process alone numbers and publishes until the block ends. The lock goes with its connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [TURN])
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held and connection.connection is not None and not connection.needs_rollback:
            with suppress(OperationalError, InterfaceError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [TURN])


def number_entries(size: int, most: int = MOST) -> int:
    """Committed entries without a place get the next ones. Whoever calls holds the turn. Returns the new size."""
    end = size + most
    while size < end:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_NUMBER, [size, MOST_BYTES, min(BATCH, end - size)])
            numbered = cursor.rowcount
        size += numbered
        if numbered < BATCH:
            break
    return size
