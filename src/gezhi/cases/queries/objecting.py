"""Reports whose words may not teach the classifier."""

from collections.abc import Collection

from django.conf import settings

from gezhi.cases.models import Objection, Report
from gezhi.lib.numbers import number_digest


def report_digest(report_id: int) -> str:
    """Under which somebody who left no number objects, for one report."""
    return number_digest(f"{settings.SECRET_KEY}:report", str(report_id))


def unteachable(reports: Collection[int]) -> set[int]:
    """One statement where nobody objects, two otherwise."""
    digests = set(Objection.objects.filter(teaching=True).values_list("digest", flat=True))
    if not digests:
        return set()
    rows = Report.objects.filter(id__in=reports).values_list("id", "reporter_phone")
    return {
        pk
        for pk, number in rows
        if report_digest(pk) in digests or (number and number_digest(settings.SECRET_KEY, number) in digests)
    }
