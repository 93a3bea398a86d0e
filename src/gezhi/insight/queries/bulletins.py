"""Published bulletins, and those that are due."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet

from gezhi.insight.models import Bulletin, Tally
from gezhi.insight.periods import Period
from gezhi.insight.queries.methods import methods


def bulletins(appraisal: str = "") -> QuerySet[Bulletin]:
    """Newest period first, without the files."""
    found = Bulletin.objects.defer("xlsx", "pdf", "content").order_by("-period", "appraisal")
    return found.filter(appraisal=appraisal) if appraisal else found


def due_bulletins(today: date) -> Iterator[tuple[str, str]]:
    """(appraisal, period) of monthly and weekly appraisals whose last whole period is not published, and in which
    something was counted."""
    published = set(Bulletin.objects.values_list("appraisal", "period"))
    for key, versions in methods().items():
        appraisal = versions[0].appraisal
        if appraisal.period == "day":
            continue
        last = Period.of(appraisal.period, today, appraisal.day_starts).back()
        is_open = appraisal.since <= last.days[0] and (key, last.name) not in published
        if is_open and _has_counts(last):
            yield key, last.name


def _has_counts(period: Period) -> bool:
    since, until = period.bounds(ZoneInfo(settings.TIME_ZONE))
    return Tally.objects.filter(at__gte=since, at__lt=until).exists()
