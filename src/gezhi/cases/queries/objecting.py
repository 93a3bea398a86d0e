"""Reports whose words may not teach the classifier."""

from collections.abc import Collection

from django.conf import settings

from gezhi.cases.models import Objection
from gezhi.cases.queries.contact import contacts_of
from gezhi.lib.numbers import number_digest
from gezhi.lib.reach import EVERYTHING, within


def report_digest(report_id: int) -> str:
    """Under which somebody who left no number objects, for one report."""
    return number_digest(f"{settings.SECRET_KEY}:report", str(report_id))


def unteachable(reports: Collection[int]) -> set[int]:
    """One statement where nobody objects, two otherwise."""
    digests = set(Objection.objects.filter(teaching=True).values_list("digest", flat=True))
    if not digests:
        return set()
    with within(EVERYTHING):
        phones = {pk: one.phone for pk, one in contacts_of(reports).items()}
    return {
        pk
        for pk in reports
        if report_digest(pk) in digests
        or (phones.get(pk) and number_digest(settings.SECRET_KEY, phones[pk]) in digests)
    }
