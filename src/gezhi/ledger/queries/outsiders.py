"""Whom this node asks to vouch for its ledger, and how far they lag."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Count

from gezhi.ledger.freshness import (
    AUTHORITY,
    TIMESTAMP,
    WITNESS,
    Freshness,
    Limits,
    drift,
    freshness,
    waiting_since,
)
from gezhi.ledger.models import LogFault, Outsider, Timestamp, WitnessedLog
from gezhi.ledger.timestamps import BadStamp, Trust, trust_in
from gezhi.ledger.witnessing import Witness, witnesses_in
from gezhi.ledger.witnessing import origin_hash as hash_of_origin

_WAITING = """
SELECT kind, name, since, coalesce(
    (SELECT at FROM ledger_entry WHERE tree_index >= outsider.size ORDER BY tree_index LIMIT 1),
    (SELECT at FROM ledger_entry WHERE tree_index IS NULL ORDER BY id LIMIT 1)
)
FROM ledger_outsider AS outsider
"""


def authority() -> tuple[str, Trust] | None:
    """The timestamp authority's address and certificates; None: none is configured. Raises BadStamp."""
    if not settings.TIMESTAMP_URL:
        return None
    try:
        return str(settings.TIMESTAMP_URL), trust_in(Path(settings.TIMESTAMP_CERT).read_bytes())
    except OSError as error:
        raise BadStamp(f"GEZHI_TIMESTAMP_CERT names no file that can be read: {error}") from error


def witnesses() -> list[Witness]:
    """Those that cosign this node's checkpoints. Raises BadNote."""
    return witnesses_in(settings.WITNESSES)


def lag(now: datetime) -> list[Freshness]:
    """Of timestamps and of witnesses; at most one statement, none where nobody is asked."""
    names = {TIMESTAMP: [AUTHORITY] if settings.TIMESTAMP_URL else [], WITNESS: _witness_names()}
    waiting = _waiting() if any(names.values()) else {}
    needed = {TIMESTAMP: 1, WITNESS: settings.WITNESSES_NEEDED}
    return [
        freshness(kind, [waiting.get((kind, name)) for name in found], needed[kind], _limits(kind), now)
        for kind, found in names.items()
    ]


def newest_timestamp() -> Timestamp | None:
    return Timestamp.objects.order_by("-size").first()


def clock_drift() -> int | None:
    """Seconds by which the authority's clock was ahead of ours (behind: negative) at its newest timestamp; None: none
    came, or nobody is asked."""
    newest = newest_timestamp() if settings.TIMESTAMP_URL else None
    return drift(newest.at, newest.got_at) if newest else None


def drifts(seconds: int | None) -> bool:
    """By more than the setting allows."""
    return bool(seconds is not None and settings.CLOCK_DRIFT and abs(seconds) > settings.CLOCK_DRIFT)


def _witness_names() -> list[str]:
    return [one.name for one in witnesses()]


def _limits(kind: str) -> Limits:
    warn, refuse = (
        (settings.TIMESTAMP_WARN, settings.TIMESTAMP_REFUSE)
        if kind == TIMESTAMP
        else (settings.WITNESS_WARN, settings.WITNESS_REFUSE)
    )
    return Limits(timedelta(minutes=warn), timedelta(minutes=refuse))


def _waiting() -> dict[tuple[str, str], datetime | None]:
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return {(kind, name): waiting_since(since, at) for kind, name, since, at in cursor.fetchall()}


def cosigned_note(origin_hash: str) -> str | None:
    """The last head of another log that this node cosigned."""
    logs = WitnessedLog.objects.exclude(note="").values_list("origin", "note")
    return next((note for origin, note in logs if hash_of_origin(origin) == origin_hash), None)


def witnesses_somebody() -> bool:
    return bool(settings.WITNESS_OF) or WitnessedLog.objects.exclude(keys="").exists()


def witnessed_logs() -> list[WitnessedLog]:
    return list(WitnessedLog.objects.order_by("origin"))


def outsiders() -> dict[tuple[str, str], Outsider]:
    """How it stands with each that was ever asked, by kind and name."""
    return {(one.kind, one.name): one for one in Outsider.objects.all()}


def contradicting() -> list[str]:
    """The witnesses that hold that this log told another history before; no statement where there are none."""
    named = _witness_names()
    found = (
        Outsider.objects.filter(kind=WITNESS, name__in=named, contradicts=True)
        if named
        else Outsider.objects.none()
    )
    return list(found.order_by("name").values_list("name", flat=True))


def faults_since(since: datetime) -> int:
    """Heads of witnessed logs that did not go on from what was signed before."""
    return LogFault.objects.filter(at__gt=since).count()


def fault_counts() -> dict[str, int]:
    """How many heads of each witnessed log do not go on from what it signed before."""
    counted = LogFault.objects.values_list("origin").annotate(count=Count("id"))
    return dict(counted)
