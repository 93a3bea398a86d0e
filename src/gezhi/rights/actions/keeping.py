"""Keeping no longer than the time that was set: a job of the night, in batches, and what a person sees of it before."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from gezhi.ledger.actions import record
from gezhi.lib.personal import FILES
from gezhi.rights.actions.leaving import analyze, remove_files
from gezhi.rights.actions.sql import returned
from gezhi.rights.queries.columns import columns_of
from gezhi.rights.queries.keeping import Lot, days_of, lots, orphans
from gezhi.rights.queries.uploads import forgotten_uploads
from gezhi.rights.tags import all_tags
from gezhi.rights.wiping import blank

BATCH = 5000  # rows in one transaction
MOST_BATCHES = 2000  # of one kind in one night
_FILES_OF = {  # tables whose rows name files: the column that does
    "cases_evidence": "key",
    "cases_issueddocument": "code",
    "cases_importrun": "key",
}


@dataclass(slots=True)
class Kept:
    """What a run took: table and kind of keeping -> rows; files by table."""

    rows: dict[str, int] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return sum(self.rows.values())


def keep_no_longer(now: datetime | None = None) -> Kept:
    """Everything whose time is over: columns emptied, rows and files gone. Each batch is a transaction of its own, so
    that a run that dies has done what it did."""
    at = now or timezone.now()
    done = Kept()
    for lot in lots():
        for _ in range(MOST_BATCHES):
            if _take(lot, at, done) < BATCH:
                break
    for key in orphans(at):
        done.files.setdefault("cases_evidence", []).append(key)
        remove_files([key], [], [])
    for key in forgotten_uploads(at - timedelta(days=days_of(FILES) or 0)):
        done.files.setdefault("cases_importrun", []).append(key)
        remove_files([], [], [key])
    analyze({name.partition(":")[0] for name in done.rows})
    _record(done)
    return done


@transaction.atomic
def _record(done: Kept) -> None:
    files = sum(len(names) for names in done.files.values())
    record("rights.kept-no-longer", "retention", {"rows": dict(done.rows), "files": files})


@transaction.atomic
def _take(lot: Lot, at: datetime, done: Kept) -> int:
    until = at - timedelta(days=lot.days)
    chosen = f'SELECT t.ctid FROM "{lot.table}" t WHERE {lot.due} LIMIT {BATCH} FOR UPDATE SKIP LOCKED'
    names = _FILES_OF.get(lot.table)
    returning = f'RETURNING t."{names}"::text' if names else "RETURNING NULL"
    taken = returned(f"{_verb(lot)} WHERE t.ctid = ANY(ARRAY({chosen})) {returning}", {"until": until})
    rows, files = len(taken), [str(name) for (name,) in taken] if names else []
    if rows:
        key = f"{lot.table}:{lot.retention.key}"
        done.rows[key] = done.rows.get(key, 0) + rows
        _drop(lot.table, files, done)
    return rows


def _verb(lot: Lot) -> str:
    if lot.deletes:
        return f'DELETE FROM "{lot.table}" t'
    sets = blank(all_tags().holds(lot.table), lot.columns, columns_of(lot.table)).sets
    return f'UPDATE "{lot.table}" AS t SET ' + ", ".join(
        f'"{name}" = {value}' for name, value in sets.items()
    )


def _drop(table: str, names: Sequence[str], done: Kept) -> None:
    """Once the rows are gone for good: a file without a row is looked for again, a row without its file never heals."""
    if not names:
        return
    done.files.setdefault(table, []).extend(names)
    kinds = [names if table == one else [] for one in _FILES_OF]
    transaction.on_commit(lambda: remove_files(*kinds))
