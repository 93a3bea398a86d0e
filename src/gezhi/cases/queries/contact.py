"""Who reported: read here alone, behind the second wall; which masks are lifted for whom, and who is shown none."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db.models import QuerySet

from gezhi.cases.contact import Contact, Sight, sight_of
from gezhi.cases.models import Case, Report, Reporter
from gezhi.cases.world import World
from gezhi.people.access import Actor
from gezhi.people.models import Lookup

KIND = "report"
NOTHING = Contact()


def shown_reports(account_id: int, case_id: int, now: datetime) -> dict[int, datetime]:
    """report -> until when this person sees how to reach whoever made it. One statement."""
    lifted = Lookup.objects.filter(
        account_id=account_id, case_id=case_id, subject_kind=KIND, shown_until__gt=now
    )
    rows = lifted.order_by("shown_until").values_list("subject_id", "shown_until")
    return {report: until for report, until in rows if until is not None}


def contacts(case_id: int, reports: Collection[int] = ()) -> Mapping[int, Contact]:
    """Of the case's reports, or of some of them, that left any, as far as the session reaches. One statement."""
    found = Report.objects.filter(case_id=case_id)
    found = found.filter(id__in=reports) if reports else found
    return _read(Reporter.objects.filter(report_id__in=found.values("id")))


def contacts_of(reports: Collection[int]) -> Mapping[int, Contact]:
    """Of any reports. At most one statement."""
    return _read(Reporter.objects.filter(report_id__in=reports)) if reports else {}


def contact_of(report_id: int) -> Contact:
    return contacts_of([report_id]).get(report_id, NOTHING)


def sight_in(actor: Actor, case: Case, world: World) -> Sight:
    """What this person is shown of whoever reported the case."""
    roles = actor.roles_at(case.place_code, case.unit_id, case.held_code)
    opened = not roles and actor.emergency(case.pk, case.place_code) is not None
    return sight_of(roles, shielded=world.catalogue.category(case.category).hides_reporter, emergency=opened)


def _read(found: QuerySet[Reporter]) -> Mapping[int, Contact]:
    rows = found.order_by("report_id").values_list("report_id", "name", "phone", "email")
    read = {pk: Contact(*rest) for pk, *rest in rows}
    return {pk: contact for pk, contact in read.items() if contact.fields}
