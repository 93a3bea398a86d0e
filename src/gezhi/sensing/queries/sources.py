"""Who may send events, and what came of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Sum

from gezhi.cases.models import Report
from gezhi.sensing.models import EventSource, EventTally


@dataclass(frozen=True, slots=True)
class SourceLine:
    """A source and its counts since a day, by fate."""

    source: EventSource
    counts: dict[str, int]


def source_of(key: str, way: str) -> EventSource | None:
    return EventSource.objects.filter(key=key, way=way, is_active=True).first()


def sources_with_counts(since: date, account_id: int | None = None) -> list[SourceLine]:
    """By key; of one account, or all. Two statements."""
    found = EventSource.objects.order_by("key")
    if account_id is not None:
        found = found.filter(account_id=account_id)
    counts: dict[str, dict[str, int]] = {}
    rows = EventTally.objects.filter(day__gte=since).values_list("source", "fate").annotate(Sum("count"))
    for source, fate, count in rows.order_by("source", "fate"):
        counts.setdefault(source, {})[fate] = count
    return [SourceLine(one, counts.get(one.key, {})) for one in found]


def counts_of_unknown(since: date) -> dict[str, int]:
    """By fate, of whoever proved to be no source."""
    rows = EventTally.objects.filter(source="", day__gte=since).values_list("fate").annotate(Sum("count"))
    return dict(rows.order_by("fate"))


def is_known(source: str, source_id: str) -> bool:
    """Whether this report was accepted already."""
    return Report.objects.filter(source=source, source_id=source_id).exists()


def case_of_late(source: str, category: str, since: datetime) -> Sequence[int]:
    """The open case, if any, of the newest report of this source and category since then."""
    late = Report.objects.filter(source=source, category=category, received_at__gte=since, case__is_open=True)
    return list(late.order_by("-received_at").values_list("case_id", flat=True)[:1])
