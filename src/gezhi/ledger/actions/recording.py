"""Writing to the ledger: always inside the transaction of the action that it records."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from django.db import connection, transaction

from gezhi.ledger.entries import Draft, Fact, body_of, leaf_hash
from gezhi.lib.rows import insert_rows

_configurings = 0
COLUMNS = ("kind", "subject", "at", "body", "leaf_hash", "configures")


def record(kind: str, subject: str, facts: Mapping[str, Fact], *, configures: bool = False) -> None:
    """One entry. `configures`: every process must read its cached configuration again after it."""
    record_many([Draft(kind, subject, datetime.now(UTC), facts, configures)])


def record_many(drafts: Iterable[Draft]) -> None:
    """One entry each, one statement in all. Raises RuntimeError outside a transaction."""
    if not connection.in_atomic_block:
        raise RuntimeError("A ledger entry is written in the transaction of its action. Open one first.")
    rows = [_row(draft) for draft in drafts]
    if any(row[-1] for row in rows):
        _count_configuring()
        transaction.on_commit(_count_configuring)
    if rows:
        insert_rows("ledger_entry", COLUMNS, rows)


def configurings() -> int:
    """Grows whenever this process records that the configuration changed, and again when that is committed."""
    return _configurings


def _count_configuring() -> None:
    global _configurings
    _configurings += 1


def _row(draft: Draft) -> tuple[object, ...]:
    body = body_of(draft)
    return draft.kind, draft.subject, draft.at, body, leaf_hash(body), draft.configures
