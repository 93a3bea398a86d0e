"""Published bulletins, and those that are due."""

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet

from gezhi.insight.models import Bulletin
from gezhi.insight.periods import Period
from gezhi.insight.queries.methods import methods


def bulletins(appraisal: str = "") -> QuerySet[Bulletin]:
    """Newest period first, without the files."""
    found = Bulletin.objects.defer("xlsx", "pdf", "content").order_by("-period", "appraisal")
    return found.filter(appraisal=appraisal) if appraisal else found


def due_bulletins(today: date) -> Iterator[tuple[str, str]]:
    """(appraisal, period) of monthly and weekly appraisals whose last whole period is not published."""
    published = set(Bulletin.objects.values_list("appraisal", "period"))
    for key, versions in methods().items():
        appraisal = versions[0].appraisal
        if appraisal.period == "day":
            continue
        last = Period.of(appraisal.period, today, appraisal.day_starts).back()
        if appraisal.since <= last.days[0] and (key, last.name) not in published:
            yield key, last.name
