"""Importing a file of reports: store it, look at it, start it, run it. What only looks is in `queries`."""

import uuid
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from gezhi.cases.intake.door import Drafted, accept, draft
from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.models import ImportRow, ImportRun
from gezhi.cases.world import World, known_world
from gezhi.exchange.files import uploads
from gezhi.exchange.files.mapping import Mapping, mapping_from
from gezhi.exchange.files.queries import (
    columns_of,
    counts,
    errors_csv,
    preview,
    source_of,
    suggest_mapping,
    upload_folder,
)
from gezhi.exchange.files.rows import FileUnreadable
from gezhi.exchange.files.sorting import Sorted, open_with, sort_rows
from gezhi.ledger.actions import record
from gezhi.lib.ahead import ahead

__all__ = [
    "FileUnreadable",
    "Mapping",
    "columns_of",
    "errors_csv",
    "preview",
    "run_import",
    "start",
    "start_from_path",
    "store_upload",
    "suggest_mapping",
]

BATCH = 2000  # rows in one transaction
IMPORT_JOB = "exchange.import_file"
OnBatch = Callable[[ImportRun], None]


def store_upload(file: uploads.Upload, name: str) -> str:
    """The key under which the file waits. Raises FileUnreadable."""
    return uploads.store(upload_folder(), file, name)


@transaction.atomic
def start(key: str, mapping: Mapping, account_id: int | None) -> ImportRun:
    """The import of a stored file, as a job. Starting it again after a failure reads the file again.

    Raises FileUnreadable.
    """
    path = uploads.stored(upload_folder(), key)
    unstarted = {"state": "checked", "mapping": {}, "started_at": timezone.now()}
    run, _ = ImportRun.objects.select_for_update().get_or_create(key=key, defaults=unstarted)
    if run.state == "running":
        return run
    run = _new_run(run, path, mapping, account_id)
    jobs.configure_task(IMPORT_JOB).defer(run_id=run.pk)
    return run


@transaction.atomic
def start_from_path(path: Path, mapping: Mapping, account_id: int | None = None) -> ImportRun:
    """The import of a file where it lies, to be run by the caller."""
    return _new_run(ImportRun(key=uuid.uuid4()), path, mapping, account_id)


def _new_run(run: ImportRun, path: Path, mapping: Mapping, account_id: int | None) -> ImportRun:
    run.name, run.path = path.name[-120:], str(path)
    run.account_id, run.mapping = account_id, mapping.model_dump(mode="json")
    run.state, run.error, run.started_at, run.ended_at = "running", "", timezone.now(), None
    run.read = run.added = run.known = run.refused = 0
    run.save()
    record("exchange.import-started", f"import:{run.key}", {"source": mapping.source, "account": account_id})
    return run


def run_import(run: ImportRun, on_batch: OnBatch = lambda run: None) -> ImportRun:
    """Every row through the intake door, batch by batch. Raises FileUnreadable; the run then says why.

    A run that died half-way is run again from the start: rows that are in already are known.
    """
    mapping = mapping_from(run.mapping)
    edge = edge_for(source_of(mapping), run.account_id)
    try:
        with open_with(Path(run.path), mapping) as table:
            _begin(run, table.expected)
            for batch, drafted in ahead(_drafted(_batches(sort_rows(table, mapping, edge)), known_world())):
                _take(run, batch, drafted)
                on_batch(run)
    except FileUnreadable as error:
        _end(run, "failed", str(error))
        raise
    return _end(run, "done")


def _batches(rows: Iterable[Sorted]) -> Iterator[list[Sorted]]:
    waiting = iter(rows)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def _drafted(batches: Iterable[list[Sorted]], world: World) -> Iterator[tuple[list[Sorted], Drafted]]:
    """Rows are read, located and classified in a thread of their own while the batch before is written."""
    return ((batch, draft(_good(batch), world)) for batch in batches)


def _good(batch: list[Sorted]) -> list[NewReport]:
    return [one.report for one in batch if one.report is not None]


@transaction.atomic
def _begin(run: ImportRun, expected: int) -> None:
    ImportRow.objects.filter(run=run).delete()
    run.total, run.read, run.added, run.known, run.refused = expected, 0, 0, 0, 0
    run.save(update_fields=["total", *counts(run)])


def _take(run: ImportRun, batch: list[Sorted], drafted: Drafted) -> None:
    receipts = accept(_good(batch), drafted=drafted)
    known = sum(receipt.known for receipt in receipts)
    run.read += len(batch)
    run.known += known
    run.added += len(receipts) - known
    run.refused += len(batch) - len(receipts)
    _save_progress(run, batch)


@transaction.atomic
def _save_progress(run: ImportRun, batch: list[Sorted]) -> None:
    ImportRow.objects.bulk_create(
        ImportRow(
            run=run,
            row=one.row.number,
            field=_storable(fault.field, 60),
            value=_storable(fault.value, 200),
            problem=_storable(fault.problem, 300),
        )
        for one in batch
        for fault in one.faults
    )
    run.save(update_fields=list(counts(run)))


def _storable(text: str, limit: int) -> str:
    """PostgreSQL text holds neither NUL nor half a surrogate pair."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")[:limit]


@transaction.atomic
def _end(run: ImportRun, state: str, error: str = "") -> ImportRun:
    run.state, run.error, run.ended_at = state, error[:2000], timezone.now()
    run.total = run.read if state == "done" else run.total
    run.save(update_fields=["state", "error", "ended_at", "total"])
    record("exchange.import-ended", f"import:{run.key}", {"state": state, **counts(run)})
    return run
