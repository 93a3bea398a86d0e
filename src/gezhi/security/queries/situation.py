"""How it stands with the security of the node: what is red now, how it went, who took how much."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from gezhi.cases.models import Case
from gezhi.cases.world import known_world
from gezhi.people.models import Account, Signal
from gezhi.security.models import Export, RaisedWarning, Watched

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNWATCHED: Final = timedelta(minutes=5)  # since the rules were last gone through
FAILURES: Final = ("sign-in-failed", "locked-out", "wrong-key", "refused")
_TOP: Final = 10
_CURVE: Final = """
SELECT slot.at, count(s.id) FILTER (WHERE s.kind = ANY(%(kinds)s)), count(s.id) FROM generate_series(
    %(since)s::timestamptz, %(until)s::timestamptz - %(step)s::interval, %(step)s::interval) AS slot(at)
LEFT JOIN people_signal s ON s.at >= slot.at AND s.at < slot.at + %(step)s::interval AND s.at >= %(since)s
GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Point:
    """Signals from `at` on: of failed or refused entry, and all."""

    at: datetime
    failures: int
    all: int


@dataclass(frozen=True, slots=True)
class Source:
    address: str
    failures: int
    accounts: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Taking:
    """Files that one account took since an instant. How much somebody exports says nothing of them."""

    account_id: int
    name: str
    files: int
    rows: int


def warnings_newest(*, standing: bool, most: int) -> list[RaisedWarning]:
    """Those that stand, highest first; or all, newest first."""
    if standing:
        return list(RaisedWarning.objects.filter(ended_at=None).order_by("-level", "-last_at", "-id")[:most])
    return list(RaisedWarning.objects.order_by("-began_at", "-id")[:most])


def warnings_matching(standing: str, rule: str, level: int) -> QuerySet[RaisedWarning]:
    """`standing`: open, ended or "" for all."""
    found = RaisedWarning.objects.order_by("-began_at", "-id")
    if standing:
        found = found.filter(ended_at__isnull=standing == "open")
    if rule:
        found = found.filter(rule=rule)
    return found.filter(level=level) if level else found


def signals_after(after: int, most: int) -> list[Signal]:
    return list(Signal.objects.filter(id__gt=after).order_by("id")[:most])


def signals_of(warning: RaisedWarning, most: int) -> list[Signal]:
    return list(
        Signal.objects.filter(id__in=warning.joined.values("signal_id")).order_by("-at", "-id")[:most]
    )


def curve(since: datetime, until: datetime, step: timedelta) -> list[Point]:
    """One statement; empty slots count zero."""
    values: dict[str, Any] = {"since": since, "until": until, "step": step, "kinds": list(FAILURES)}
    with connection.cursor() as cursor:
        cursor.execute(_CURVE, values)
        return [Point(*row) for row in cursor.fetchall()]


def failures_by_source(since: datetime) -> list[Source]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT address, count(*), count(DISTINCT account_id), max(at) FROM people_signal"
            " WHERE kind = ANY(%s) AND at > %s AND address <> '' GROUP BY 1 ORDER BY 2 DESC, 4 DESC LIMIT %s",
            [list(FAILURES), since, _TOP],
        )
        return [Source(*row) for row in cursor.fetchall()]


def exports_by_account(since: datetime) -> list[Taking]:
    rows = list(
        Export.objects.filter(at__gt=since, account_id__isnull=False)
        .values_list("account_id")
        .annotate(files=Count("id"), sum=Sum("rows"))
        .order_by("-sum", "-files")[:_TOP]
    )
    taken = [(int(account or 0), files, many) for account, files, many in rows]
    names = dict(Account.objects.filter(id__in=[account for account, *_ in taken]).values_list("id", "name"))
    return [Taking(account, names.get(account, "?"), files, many) for account, files, many in taken]


def incidents() -> QuerySet[Case]:
    """Cases of the categories that rules open."""
    categories = {owned.thing.category for owned in known_world().catalogue.warnings.values()}
    return Case.objects.filter(category__in=[one for one in categories if one])


def open_incidents() -> list[Case]:
    """What is due first stands first."""
    return list(incidents().filter(is_open=True).order_by("due_at", "id")[:50])


def watched() -> Watched | None:
    return Watched.objects.filter(id=1).first()


def newest_signal(kinds: Sequence[str]) -> Signal | None:
    return Signal.objects.filter(kind__in=kinds).order_by("-at", "-id").first()


def counts_of_signals(since: datetime, until: datetime | None = None) -> dict[str, int]:
    """By kind, most first."""
    when = Q(at__gte=since) & (Q(at__lt=until) if until else Q())
    rows = Signal.objects.filter(when).values_list("kind").annotate(n=Count("id")).order_by("-n", "kind")
    return dict(rows)
