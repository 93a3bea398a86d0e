"""Bringing in a file of readings of the past: stored, looked at, then worked by a job."""

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from gezhi.exchange.backfill.layout import Layout, checked, readings_in
from gezhi.exchange.backfill.parquet_rows import SUFFIX, opened_readings
from gezhi.exchange.files import uploads
from gezhi.exchange.files.opening import FORMATS
from gezhi.exchange.files.rows import FileUnreadable, Table
from gezhi.ledger.actions import record
from gezhi.people.access import Actor, actor_of
from gezhi.people.models import Account
from gezhi.sensing.actions.backfilling import Backfilled, backfill
from gezhi.sensing.models import BackfillFault, BackfillRun, Datastream
from gezhi.sensing.past import Wrong
from gezhi.sensing.queries.named import series_named
from gezhi.sensing.queries.scope import streams_kept

BACKFILL_JOB: Final = "exchange.backfill_file"
FOLDER: Final = "backfills"
MOST_BYTES: Final = 256 * 1024 * 1024
MOST_FAULTS: Final = 10_000  # kept of one file; all are counted
FORMS: Final = (*FORMATS, SUFFIX)
MARK: Final = "mark"


@transaction.atomic
def bring_in(file: uploads.Upload, name: str, actor: Actor) -> BackfillRun:
    """Stored and looked at; a job takes its readings. Raises FileUnreadable: what the file is or lacks."""
    key = uploads.store(_folder(), file, name, FORMS, MOST_BYTES)
    try:
        with _table(uploads.stored(_folder(), key)) as (table, _layout):
            expected = table.expected
    except FileUnreadable:
        _remove(key)
        raise
    run = BackfillRun.objects.create(
        key=UUID(key),
        name=uploads.stored(_folder(), key).name[-120:],
        account_id=actor.account_id,
        state="running",
        started_at=timezone.now(),
        total=expected,
    )
    record("sensing.backfill-started", f"backfill:{key}", {"by": actor.account_id})
    jobs.configure_task(BACKFILL_JOB).defer(run_id=run.pk)
    return run


def run_backfill(run: BackfillRun) -> BackfillRun:
    """Every reading of datastreams that whoever brought the file looks after. Raises FileUnreadable; the run then says
    why. A run that died half-way is run again from the start: what is in already is known. One that has ended stays as
    it is."""
    run.refresh_from_db()
    if run.ended_at is not None:
        return run
    BackfillFault.objects.filter(run=run).delete()
    faults: list[Wrong] = []

    def done(so_far: Backfilled) -> None:
        _save_progress(run, so_far, faults)
        faults.clear()

    try:
        with _table(uploads.stored(_folder(), str(run.key))) as (table, layout):
            rows = readings_in(table.rows, layout)
            now = timezone.now()
            backfill(rows, run.name, run.account_id, now, faults.append, done, _kept_by(run.account_id))
        _end(run, "done")
    except FileUnreadable as error:
        if _end(run, "failed", str(error)).state == "failed":
            raise
    finally:
        if run.ended_at is not None:
            _remove(str(run.key))
    return run


def _kept_by(account_id: int) -> Callable[[Iterable[str]], dict[str, int]]:
    actor = actor_of(Account.objects.get(pk=account_id), timezone.localdate())

    def named(names: Iterable[str]) -> dict[str, int]:
        found = series_named(names)
        kept = Datastream.objects.filter(streams_kept(actor), pk__in=set(found.values()))
        mine = set(kept.values_list("pk", flat=True))
        return {name: series for name, series in found.items() if series in mine}

    return named


@contextmanager
def _table(path: Path) -> Iterator[tuple[Table, Layout]]:
    """Columns series, at, value and perhaps mark. Raises FileUnreadable."""
    with opened_readings(path, [*Layout().needed(), MARK]) as table:
        layout = Layout(mark=MARK if MARK in table.columns or not table.columns else "")
        checked(table, Layout())
        yield table, layout


@transaction.atomic
def _save_progress(run: BackfillRun, so_far: Backfilled, faults: list[Wrong]) -> None:
    room = max(0, MOST_FAULTS - run.refused)
    BackfillFault.objects.bulk_create(
        BackfillFault(
            run=run,
            row=one.number,
            series=_storable(one.series, 120),
            field=one.field,
            cell=_storable(one.cell, 60),
            code=one.code,
        )
        for one in faults[:room]
    )
    run.read, run.added, run.known, run.refused = so_far.read, so_far.new, so_far.again, so_far.wrong
    run.save(update_fields=["read", "added", "known", "refused"])


def _storable(text: str, most: int) -> str:
    """PostgreSQL text holds neither NUL nor half a surrogate pair."""
    return text.encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")[:most]


@transaction.atomic
def _end(run: BackfillRun, state: str, error: str = "") -> BackfillRun:
    told = {"state": state, "error": error[:2000], "ended_at": timezone.now()}
    first = BackfillRun.objects.filter(pk=run.pk, ended_at=None).update(**told)
    run.refresh_from_db()
    if first:
        record("sensing.backfill-ended", f"backfill:{run.key}", {"state": state, "refused": run.refused})
    return run


def _remove(key: str) -> None:
    shutil.rmtree(_folder() / key, ignore_errors=True)


def _folder() -> Path:
    return Path(settings.DATA_DIR) / FOLDER
