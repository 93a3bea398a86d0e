"""How the node stands: what of it is worth a signal. Backups tell of themselves (config/keeping)."""

import shutil
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection

from gezhi.ledger.freshness import TIMESTAMP, State
from gezhi.ledger.models import Entry
from gezhi.ledger.queries.outsiders import clock_drift, contradicting, drifts, faults_since, lag
from gezhi.people.models import Signal

Trouble = tuple[str, Mapping[str, int]]
FULL: Final = 90  # percent of the disk
LATE: Final = timedelta(minutes=10)  # that a job which may run waits, or an entry for its place in the tree
SILENT: Final = timedelta(minutes=5)
AGAIN: Final = timedelta(minutes=5)  # a trouble that lasts is told so often
_LATE_JOBS: Final = """
SELECT count(*) FROM procrastinate_jobs j WHERE status = 'todo' AND coalesce(
    scheduled_at, (SELECT min(at) FROM procrastinate_events WHERE job_id = j.id AND type = 'deferred')) < %s
"""
_FAILED_JOBS: Final = (
    "SELECT count(DISTINCT job_id) FROM procrastinate_events WHERE type = 'failed' AND at > %s"
)
_SILENT_WORKERS: Final = "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat < %s"


def troubles(now: datetime) -> Iterator[Trouble]:
    """What is wrong now, whether it was told or not."""
    yield from _ledger(now)
    usage = shutil.disk_usage(settings.DATA_DIR)
    if (percent := round(100 * (usage.total - usage.free) / usage.total)) >= FULL:
        yield "disk-full", {"percent": percent}
    for kind, sql, since in (
        ("jobs-late", _LATE_JOBS, LATE),
        ("jobs-failed", _FAILED_JOBS, AGAIN),
        ("workers-silent", _SILENT_WORKERS, SILENT),
    ):
        if count := _count(sql, now - since):
            yield kind, {"count": count}


def _ledger(now: datetime) -> Iterator[Trouble]:
    for one in lag(now):
        if one.state in (State.LATE, State.STALE):
            kind = "timestamp-stale" if one.kind == TIMESTAMP else "witness-stale"
            yield kind, {"minutes": one.minutes, "refuses": int(one.state is State.STALE)}
    if drifts(seconds := clock_drift()):
        yield "clock-drift", {"seconds": abs(seconds or 0), "behind": int((seconds or 0) > 0)}
    if broken := len(contradicting()) + faults_since(now - AGAIN):
        yield "ledger-broken", {"count": broken}
    oldest = Entry.objects.filter(tree_index=None).order_by("id").values_list("at", flat=True).first()
    if oldest and now - oldest > LATE:
        yield "ledger-late", {"minutes": int((now - oldest).total_seconds() // 60)}


def _count(sql: str, since: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, [since])
        return int(cursor.fetchone()[0])


def was_told(kind: str, now: datetime) -> bool:
    return Signal.objects.filter(kind=kind, at__gt=now - AGAIN).exists()
