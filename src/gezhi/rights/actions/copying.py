"""Giving a person a copy of what is held of them, recorded as such."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localtime

from gezhi.cases.models import Evidence, IssuedDocument
from gezhi.cases.papers import paper_path
from gezhi.cases.photos import photo_path
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.people.purposes import PURPOSES
from gezhi.rights.copying import write_copy
from gezhi.rights.person import Person
from gezhi.rights.queries.holding import Plain, Sheet, holding, holding_of_account
from gezhi.rights.queries.looks import LookLine, looks_of

MOST_LOOKS = 10_000


@transaction.atomic
def take_copy(
    out: IO[bytes], person: Person, *, account_id: int | None = None, now: datetime | None = None
) -> list[Sheet]:
    """Writes the archive and returns what went into it. `account_id`: of whoever hands it out at the counter."""
    at = now or timezone.now()
    sheets = holding(person)
    looks = [_look(line) for line in looks_of(person, MOST_LOOKS)]
    write_copy(out, sheets, looks, _files(person), name=settings.NODE_NAME, at=localtime(at))
    facts: dict[str, Fact] = {"reports": list(person.reports), "tables": len(sheets), "account": account_id}
    record("rights.copied", f"channel:{person.channel_id or 0}", facts)
    return sheets


@transaction.atomic
def take_own_copy(out: IO[bytes], account_id: int, now: datetime | None = None) -> list[Sheet]:
    """What is held of a member of staff, for that person alone."""
    at = now or timezone.now()
    sheets = holding_of_account(account_id)
    write_copy(out, sheets, [], [], name=settings.NODE_NAME, at=localtime(at))
    record("rights.copied", f"account:{account_id}", {"tables": len(sheets)})
    return sheets


def _files(person: Person) -> Iterator[tuple[str, Path]]:
    photos = Evidence.objects.filter(report_id__in=person.reports).order_by("id")
    for key in photos.values_list("key", flat=True):
        yield f"photos/{key}.jpg", photo_path(str(key))
    papers = IssuedDocument.objects.filter(facts__report_id__in=list(person.reports)).order_by("id")
    for number, code in papers.values_list("number", "code"):
        yield f"documents/{number.replace('/', '-')}.pdf", paper_path(code)


def _look(line: LookLine) -> dict[str, Plain]:
    purpose = PURPOSES.get(line.purpose)
    return {
        "at": line.at.isoformat(),
        "role": line.role,
        "unit": line.unit[0],
        "purpose": purpose.zh if purpose else line.purpose,
        "purpose_en": purpose.en if purpose else line.purpose,
        "fields": list(line.fields),
        "way": line.way,
    }
