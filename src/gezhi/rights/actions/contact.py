"""A person corrects how they are reached, at once and without asking anybody."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from gezhi.cases.models import Reporter
from gezhi.cases.procedure import Refused
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.numbers import is_number
from gezhi.lib.reach import EVERYTHING, within
from gezhi.notices.models import Notice
from gezhi.rights.models import Channel
from gezhi.rights.person import Person
from gezhi.rights.queries.people import digest_of


@dataclass(frozen=True, slots=True)
class Contact:
    """None: stays as it is. `number` must have been proved by a code or at the counter."""

    name: str | None = None
    email: str | None = None
    number: str | None = None


@within(EVERYTHING)  # of what is known of the person, also under the number before
@transaction.atomic
def correct_contact(
    person: Person, contact: Contact, *, account_id: int | None = None, now: datetime | None = None
) -> int:
    """On every report of the person, and on messages that still wait. Returns how many reports. Raises Refused."""
    at = now or timezone.now()
    changed = {
        column: value
        for column, value in (("name", contact.name), ("email", contact.email), ("phone", contact.number))
        if value is not None
    }
    if contact.number is not None and not is_number(contact.number):
        raise Refused("no-number", "这不是电话号码。", "This is no telephone number.")
    rows = _change(person, changed) if changed else 0
    if contact.number is not None:
        _move(person, contact.number, at)
    facts: dict[str, Fact] = {
        "reports": list(person.reports),
        "fields": sorted(changed),
        "account": account_id,
    }
    record("rights.contact-corrected", f"channel:{person.channel_id or 0}", facts)
    return rows


def _change(person: Person, changed: Mapping[str, str]) -> int:
    """Also of reports of which nothing was known. How many reports."""
    known = set(Reporter.objects.filter(report_id__in=person.reports).values_list("report_id", flat=True))
    Reporter.objects.filter(report_id__in=known).update(**changed)
    fresh = [pk for pk in person.reports if pk not in known]
    Reporter.objects.bulk_create(Reporter(report_id=pk, **changed) for pk in fresh)
    return len(person.reports)


def _move(person: Person, number: str, at: datetime) -> None:
    """The channel becomes one of the new number; where that has one already, its requests move there."""
    Notice.objects.filter(report_id__in=person.reports, sent_at=None).exclude(to="").update(to=number)
    known = Channel.objects.filter(digest=digest_of(number)).first()
    own = Channel.objects.filter(id=person.channel_id or 0).first()
    if own is None or (known is not None and known.pk == own.pk):
        return
    if known is None:
        own.digest, own.number, own.seen_at = digest_of(number), number, at
        own.save()
        return
    own.requests.update(channel=known)
    own.number, own.digest = "", f"gone-{own.pk}"
    own.save()
