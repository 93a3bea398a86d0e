"""Whether this process lives, whether it can do its work, and, for whoever keeps the node, how each part does."""

import hmac
import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from ipaddress import ip_address
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone

from gezhi.ledger.freshness import TIMESTAMP, WITNESS, refusing
from gezhi.ledger.freshness import State as Lag
from gezhi.ledger.queries.outsiders import clock_drift, drifts, lag
from gezhi.people.access import KEEPING, actor_of, public
from gezhi.people.models import Account

_FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via")
_LITTLE_ROOM: Final = 0.05  # of the disk
_DEAF: Final = 30.0  # seconds without a sign of life of the process that hears devices
_JOBS: Final = """
SELECT queue_name, count(*), extract(epoch FROM now() - min(coalesce(scheduled_at, e.at)))
FROM procrastinate_jobs j
LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events WHERE job_id = j.id AND type = 'deferred') e ON true
WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now()) GROUP BY 1
"""


@dataclass
class State:
    """None: not known. Ages and lengths in seconds."""

    database_ms: float | None = None
    disk_free: float | None = None
    workers: int | None = None
    jobs: Mapping[str, int] = field(default_factory=dict)
    oldest_job: float | None = None
    notices: int | None = None
    entries: int | None = None
    backup_kept: bool = False
    backup_behind: float | None = None
    backup_trouble: str = ""
    drill_age: float | None = None
    drill_ok: bool | None = None
    behind: Mapping[str, float] = field(default_factory=dict)  # timestamp, witness -> seconds, of those asked
    drift: int | None = None
    stale: bool = False
    held: int = 0
    sense_age: float | None = None
    sensing: Mapping[str, Mapping[str, int | str]] = field(default_factory=dict)  # adapter -> what it counted

    def numbers(self) -> dict[str, tuple[str, float | None]]:
        return {
            "database_up": ("Whether the database answers", float(self.database_ms is not None)),
            "database_seconds": ("Time to ask it", self.database_ms and self.database_ms / 1000),
            "disk_free_ratio": ("Free part of the data folder's disk", self.disk_free),
            "workers": ("Workers that gave a sign lately", self.workers),
            "oldest_job_seconds": ("How long the oldest job that may run has waited", self.oldest_job),
            "notices_waiting": ("Notices that were not sent yet", self.notices),
            "ledger_entries": ("Entries of the ledger", self.entries),
            "backup_behind_seconds": ("How much younger the node is than its backup", self.backup_behind),
            "drill_age_seconds": ("Since the last drill", self.drill_age),
            "timestamp_behind_seconds": (
                "How long the oldest entry without a timestamp waits",
                self.behind.get(TIMESTAMP),
            ),
            "witness_behind_seconds": (
                "How long the oldest entry without its witnesses waits",
                self.behind.get(WITNESS),
            ),
            "clock_drift_seconds": ("How far ahead of ours the authority's clock is", self.drift),
            "acts_held": ("Automatic acts that wait for timestamps or witnesses", float(self.held)),
            "sense_age_seconds": (
                "Since the last sign of life of the process that hears devices",
                self.sense_age,
            ),
            "drill_ok": ("Whether it succeeded", None if self.drill_ok is None else float(self.drill_ok)),
        }

    def troubles(self) -> list[str]:
        """By name: what somebody should look at."""
        found = {
            "database": self.database_ms is None,
            "disk": self.disk_free is not None and self.disk_free < _LITTLE_ROOM,
            "workers": self.workers == 0,
            "jobs": (self.oldest_job or 0) > 300,
            "backup": self.backup_kept and (self.backup_behind is None or self.backup_behind > 60),
            "drill": self.drill_ok is False,
            "proofs": self.stale,
            "clock": drifts(self.drift),
            "sensing": self.sense_age is not None and self.sense_age > _DEAF,
        }
        return [name for name, bad in found.items() if bad]


def state_of_node() -> State:
    from gezhi.config.keeping.standing import standing

    now = timezone.now()
    usage = shutil.disk_usage(settings.DATA_DIR)
    state = State(disk_free=usage.free / usage.total)
    kept = standing()
    behind = kept.behind(now)
    state.backup_kept, state.backup_trouble = kept.kept, kept.trouble
    state.backup_behind = behind.total_seconds() if behind else None
    try:
        _ask_database(state, now)
    except DatabaseError:
        state.database_ms = None
    return state


def _ask_database(state: State, now: datetime) -> None:
    from gezhi.config.keeping.queries import drills

    begun = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '3s'")
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '1 minute'"
        )
        state.workers = cursor.fetchone()[0]
        state.database_ms = round((time.perf_counter() - begun) * 1000, 2)
        cursor.execute(_JOBS)
        rows = cursor.fetchall()
        state.jobs = {queue: count for queue, count, _ in rows}
        state.oldest_job = max((float(age or 0) for *_, age in rows), default=0.0)
        cursor.execute("SELECT count(*) FROM notices_notice WHERE sent_at IS NULL")
        state.notices = cursor.fetchone()[0]
        cursor.execute("SELECT coalesce(max(id), 0) FROM ledger_entry")
        state.entries = cursor.fetchone()[0]
        last = next(iter(drills(1)), None)
        _ask_sensing(state, now)
        _ask_outsiders(state, now)
    if last:
        state.drill_age, state.drill_ok = (now - last.at).total_seconds(), last.ok


def _ask_sensing(state: State, now: datetime) -> None:
    """A node on which nothing was ever heard has none."""
    from gezhi.sensing.queries.feeds import SENSE, pulse_of

    if pulse := pulse_of(SENSE):
        state.sense_age = max(0.0, (now - pulse.at).total_seconds())
        state.sensing = pulse.counted.get("adapters", {})


def _ask_outsiders(state: State, now: datetime) -> None:
    found = lag(now)
    state.behind = {one.kind: one.behind.total_seconds() for one in found if one.state is not Lag.OFF}
    state.drift = clock_drift()
    if refusing(found):
        from gezhi.rights.queries.held import held_acts

        state.stale, state.held = True, held_acts(now)


@public
def alive(request: HttpRequest) -> HttpResponse:
    return JsonResponse({"alive": True})


@public
def ready(request: HttpRequest) -> HttpResponse:
    """503 while the database does not answer. Whoever keeps the node reads of each part."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        answers: dict[str, object] = {"ready": True}
    except DatabaseError as error:
        answers = {"ready": False, "database": type(error).__name__}
    if answers["ready"] and may_look(request):
        state = state_of_node()
        numbers = {name: value for name, (_, value) in state.numbers().items()}
        answers |= {
            "troubles": state.troubles(),
            **numbers,
            "jobs": dict(state.jobs),
            "sensing": dict(state.sensing),
            "backup": state.backup_trouble,
        }
    return JsonResponse(answers, status=200 if answers["ready"] else 503)


@public
def metrics(request: HttpRequest) -> HttpResponse:
    """With the token of a setting; without one, to this machine alone."""
    from gezhi.config.metrics import written

    if not may_measure(request):
        return JsonResponse({"detail": "Metrics need the token of GEZHI_METRICS_TOKEN."}, status=403)
    return HttpResponse(written(), content_type="text/plain; version=0.0.4; charset=utf-8")


def may_look(request: HttpRequest) -> bool:
    """By the monitor's token, or signed in with a post that keeps the node."""
    if _has_token(request):
        return True
    user = request.user
    return isinstance(user, Account) and actor_of(user, timezone.localdate()).may(KEEPING)


def may_measure(request: HttpRequest) -> bool:
    if os.environ.get("GEZHI_METRICS_TOKEN"):
        return _has_token(request)
    forwarded = any(name in request.headers for name in _FORWARDED)
    return not forwarded and _is_loopback(request.META.get("REMOTE_ADDR", ""))


def _has_token(request: HttpRequest) -> bool:
    token = os.environ.get("GEZHI_METRICS_TOKEN", "")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(token) and hmac.compare_digest(given.encode(), token.encode())


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False
