"""Correcting what was said: the new words take the place of the old, under their own salt. Part of carrying out."""

import secrets
from datetime import datetime
from typing import Final

from django.db.models import F
from django.db.models.expressions import RawSQL

from gezhi.cases.matching import title_of
from gezhi.cases.models import Case, Report
from gezhi.cases.periods import report_words
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact, salted
from gezhi.rights.models import Request

FIELDS: Final = {"text": 4000, "address": 300}  # what may be corrected in a report, and how long it may be


def correct_content(request: Request, at: datetime) -> list[str]:
    """In the caller's transaction. Which fields were changed; none where the wish names none: a person decides."""
    wish = {
        name: str(request.wish[name]).strip()[:most]
        for name, most in FIELDS.items()
        if request.wish.get(name)
    }
    report = (
        Report.objects.select_for_update().select_related("case").filter(id=request.report_id or 0).first()
    )
    if report is None or not wish:
        return []
    for name, value in wish.items():
        setattr(report, name, value)
    report.salt = secrets.token_bytes(16)
    report.words = RawSQL("%s::tsvector", [report_words(report.text, report.address, report.case.opened_at)])
    report.save(update_fields=[*wish, "salt", "words"])
    first = Report.objects.filter(case_id=report.case_id).order_by("id").values_list("id", flat=True).first()
    if first == report.pk:
        Case.objects.filter(id=report.case_id).update(
            title=title_of(report.text), address=report.address, version=F("version") + 1
        )
    hashes: dict[str, Fact] = {name: salted(bytes(report.salt), value) for name, value in wish.items()}
    facts: dict[str, Fact] = {
        "report": report.pk,
        "request": request.pk,
        "fields": sorted(wish),
        "said": hashes,
    }
    record("rights.content-corrected", f"case:{report.case_id}", facts)
    return sorted(wish)
