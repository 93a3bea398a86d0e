"""Who somebody is, by the way that they came: a number, or one report."""

from django.conf import settings

from gezhi.cases.models import Callback, CaseEvent, Report
from gezhi.cases.queries.contact import contacts_of
from gezhi.lib.numbers import is_number, number_digest, number_key
from gezhi.lib.reach import current, within
from gezhi.rights.models import Channel, Request
from gezhi.rights.person import Person, Signs
from gezhi.rights.queries.sql import rows_of

_OF_NUMBER = """
SELECT r.id, r.case_id FROM cases_reporter p JOIN cases_report r ON r.id = p.report_id
WHERE p.number <> '' AND p.number = %s ORDER BY r.id
"""
_VISITED = "SELECT 1 FROM rounds_known WHERE until IS NULL AND number <> '' AND number = %s LIMIT 1"


def digest_of(number: str) -> str:
    return number_digest(settings.SECRET_KEY, number)


def person_of_number(number: str) -> Person:
    """Also of a number under which nothing is held."""
    digest = digest_of(number)
    channel = Channel.objects.filter(digest=digest).first()
    found = _reports_of(number)
    asked = _own_reports(channel.pk) if channel else []
    rows = sorted({*found, *asked})
    return Person(
        number=number,
        digest=digest,
        channel_id=channel.pk if channel else None,
        reports=tuple(report for report, _ in rows),
        cases=tuple(sorted({case for _, case in rows})),
    )


def person_of_channel(channel: Channel) -> Person:
    if channel.number:
        return person_of_number(channel.number)
    rows = _own_reports(channel.pk)
    reports, cases = tuple(report for report, _ in rows), tuple(sorted({case for _, case in rows}))
    return Person("", channel.digest, channel.pk, reports, cases)


def person_of_report(report_id: int) -> Person:
    """Of one report alone, whatever else was said under the same number: the requests made about it are its own."""
    asked = Request.objects.filter(report_id=report_id).values_list("own_report_id", flat=True)
    rows = sorted(Report.objects.filter(id__in=[report_id, *asked]).values_list("id", "case_id"))
    return Person(
        reports=tuple(report for report, _ in rows), cases=tuple(sorted({case for _, case in rows}))
    )


def is_held(number: str) -> bool:
    """Whether anything is held under the number."""
    if not is_number(number):
        return False
    if _reports_of(number) or Channel.objects.filter(digest=digest_of(number)).exists():
        return True
    return bool(rows_of(_VISITED, [number_key(number)]))


def signs_of(person: Person) -> Signs:
    """Four statements."""
    columns = ("address", "text", "rating_text")
    rows = list(Report.objects.filter(id__in=person.reports).values_list(*columns))
    addresses, *texts = zip(*rows, strict=True) if rows else ((),) * 3
    with within(current().with_reports(person.reports)):
        known = contacts_of(person.reports).values()
    told = Callback.objects.filter(report_id__in=person.reports).values_list("text", flat=True)
    stepped = CaseEvent.objects.filter(
        case_id__in=person.cases, role="reporter", facts__report__in=list(person.reports)
    ).values_list("text", flat=True)
    return Signs(
        names=tuple(one.name for one in known if one.name),
        numbers=tuple(filter(None, (*(one.phone for one in known), person.number))),
        emails=tuple(one.email for one in known if one.email),
        addresses=tuple(filter(None, addresses)),
        texts=tuple(filter(None, (*(one for some in texts for one in some), *told, *stepped))),
    )


def signs_of_others(person: Person) -> Signs:
    """Whoever else reported the same matters. Two statements."""
    others = Report.objects.filter(case_id__in=person.cases).exclude(id__in=person.reports)
    addresses = dict(others.values_list("id", "address"))
    with within(current().with_reports(addresses)):
        known = contacts_of(addresses.keys()).values()
    return Signs(
        names=tuple(one.name for one in known if one.name),
        numbers=tuple(one.phone for one in known if one.phone),
        emails=tuple(one.email for one in known if one.email),
        addresses=tuple(filter(None, addresses.values())),
    )


def _reports_of(number: str) -> list[tuple[int, int]]:
    """(report, case) of everything that was said under the number."""
    if not is_number(number):
        return []
    return [(int(report), int(case)) for report, case in rows_of(_OF_NUMBER, [number_key(number)])]


def _own_reports(channel_id: int) -> list[tuple[int, int]]:
    """The requests that somebody made here are reports of theirs as well."""
    own = Request.objects.filter(channel_id=channel_id).values_list("own_report_id", flat=True)
    return list(Report.objects.filter(id__in=own).values_list("id", "case_id"))
