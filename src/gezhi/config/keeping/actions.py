"""Drills: restoring for a try, recorded whatever comes of it; and telling when copies grow old."""

import shutil
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from gezhi.config.keeping import restoring
from gezhi.config.keeping.choosing import LATEST, NotKept
from gezhi.config.keeping.keeper import TROUBLES
from gezhi.config.keeping.keeping import own_store
from gezhi.config.keeping.models import Drill
from gezhi.config.keeping.queries import drill_is_stale
from gezhi.config.keeping.standing import standing
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.people.actions.looking import record_signal
from gezhi.people.models import Signal

BACKUP_STALE: Final = "backup.stale"
DRILL_FAILED: Final = "backup.drill-failed"
DRILL_STALE: Final = "backup.drill-stale"
_AGAIN: Final = timedelta(hours=1)  # a trouble that lasts is told once an hour


def hold_drill(within: Path | None = None, say: Callable[[str], None] = lambda text: None) -> Drill:
    """Restores the newest copy into a folder that is removed afterwards. What goes wrong is in the result."""
    now = datetime.now(UTC)
    folder = Path(tempfile.mkdtemp(prefix="gezhi-drill-", dir=within))
    behind = standing().behind(now)
    drill = Drill(
        at=now, ok=False, seconds=0, behind_s=behind.total_seconds() if behind else 0, copy="", rows=0, entries=0,
        files=0, bytes=0,
    )  # fmt: skip
    try:
        done = restoring.restore(own_store(), LATEST, folder / "data", say)
        _fill(drill, done)
    except (*TROUBLES, NotKept, restoring.CannotRestore) as error:
        drill.fault = str(error)[:2000]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    drill.seconds = (datetime.now(UTC) - now).total_seconds()
    _keep(drill)
    return drill


def _fill(drill: Drill, done: restoring.Restored) -> None:
    proof = done.proof
    drill.copy, drill.bytes, drill.files = done.base, done.bytes, done.files
    drill.rows, drill.entries, drill.ok = sum(proof.rows.values()), proof.entries, proof.whole
    if not proof.whole:
        amiss = [*proof.missing, *proof.different][:5]
        drill.fault = f"{proof.broken} entries, {proof.faults} files are amiss: {amiss}. {proof.ledger}"


@transaction.atomic
def _keep(drill: Drill) -> None:
    drill.save()
    facts: dict[str, Fact] = {
        "ok": drill.ok, "seconds": round(drill.seconds), "behind": round(drill.behind_s), "copy": drill.copy,
        "rows": drill.rows, "entries": drill.entries, "files": drill.files,
    }  # fmt: skip
    record("keeping.drill", f"drill:{drill.pk}", facts)
    if not drill.ok:
        record_signal(DRILL_FAILED, None, "", {"drill": drill.pk, "copy": drill.copy})


@transaction.atomic
def request_drill(account_id: int) -> bool:
    """As a job. False: one waits already."""
    try:
        with transaction.atomic():
            app.configure_task("keeping.drill", allow_unknown=False).defer(timestamp=0)
    except AlreadyEnqueued:
        return False
    record("keeping.drill-asked", f"account:{account_id}", {"account": account_id})
    return True


def watch_backup(now: datetime) -> list[str]:
    """Tells of a backup that nobody follows and of drills that are due. Returns the signals that were given."""
    one = standing()
    if not one.kept:
        return []
    behind = one.behind(now)
    told = []
    if one.is_stale(now) and _signal(
        BACKUP_STALE, {"behind": round(behind.total_seconds()) if behind else -1}, now
    ):
        told.append(BACKUP_STALE)
    if one.copies and drill_is_stale(now) and _signal(DRILL_STALE, {}, now):
        told.append(DRILL_STALE)
    return told


def _signal(kind: str, facts: dict[str, int], now: datetime) -> bool:
    if Signal.objects.filter(kind=kind, at__gt=now - _AGAIN).exists():
        return False
    record_signal(kind, None, "", facts, now)
    return True
