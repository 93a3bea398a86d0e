"""Which masks are lifted for whom, and what is behind them."""

from collections.abc import Collection, Mapping
from datetime import datetime

from gezhi.cases.contact import Contact
from gezhi.cases.models import Report
from gezhi.people.models import Lookup

KIND = "report"


def shown_reports(account_id: int, case_id: int, now: datetime) -> dict[int, datetime]:
    """report -> until when this person sees how to reach whoever made it. One statement."""
    lifted = Lookup.objects.filter(
        account_id=account_id, case_id=case_id, subject_kind=KIND, shown_until__gt=now
    )
    rows = lifted.order_by("shown_until").values_list("subject_id", "shown_until")
    return {report: until for report, until in rows if until is not None}


def contacts(case_id: int, reports: Collection[int] = ()) -> Mapping[int, Contact]:
    """Of the case's reports, or of some of them, that left any. One statement."""
    found = Report.objects.filter(case_id=case_id)
    found = found.filter(id__in=reports) if reports else found
    columns = ("id", "reporter_name", "reporter_phone", "reporter_email")
    read = {pk: Contact(*rest) for pk, *rest in found.order_by("id").values_list(*columns)}
    return {pk: contact for pk, contact in read.items() if contact.fields}


def contact_of(report: Report) -> Contact:
    return Contact(report.reporter_name, report.reporter_phone, report.reporter_email)
