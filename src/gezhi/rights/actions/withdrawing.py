"""What rests on consent stops, and machines no longer decide. Parts of carrying out, in its transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db.models import F

from gezhi.cases.models import Callback, Case, Evidence, Lesson, Objection
from gezhi.cases.photos import forget_position
from gezhi.cases.queries.objecting import report_digest
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.personal import GIVEN_FREELY
from gezhi.notices.models import Notice
from gezhi.rights.actions.sql import changed
from gezhi.rights.person import Person
from gezhi.rights.queries.columns import columns_of
from gezhi.rights.tags import all_tags
from gezhi.rights.wiping import blank, rests_on


def withdraw_consent(person: Person, *, spare: Sequence[int], at: datetime) -> dict[str, int]:
    """Contact data and positions of photos go, whether the matter is open or not; messages that wait are read on the
    page instead; calls that wait are not made; words no longer teach. Table -> rows."""
    left = replace(person, reports=tuple(one for one in person.reports if one not in spare))
    counts = {table: _empty(table, columns, left) for table, columns in _given_freely().items()}
    waiting = Notice.objects.filter(report_id__in=left.reports, sent_at=None)
    counts["waiting"] = waiting.update(transport="portal", to="", sent_at=F("queued_at"))
    counts["cases_callback"] = Callback.objects.filter(report_id__in=left.reports, done_at=None).delete()[0]
    counts["cases_lesson"] = Lesson.objects.filter(report_id__in=left.reports).delete()[0]
    for key in Evidence.objects.filter(report_id__in=left.reports).values_list("key", flat=True):
        forget_position(str(key))
    _object(person, left.reports, at, automation=False, teaching=True)
    facts: dict[str, Fact] = {"reports": list(left.reports), "rows": sum(counts.values())}
    record("rights.consent-withdrawn", f"channel:{person.channel_id or 0}", facts)
    return {table: rows for table, rows in counts.items() if rows}


def object_to_machines(person: Person, at: datetime) -> int:
    """Of the open cases no machine's suggestion stands; of what comes later under the number, none is made. Returns
    how many cases."""
    _object(person, person.reports, at, automation=True, teaching=False)
    stand = Case.objects.filter(id__in=person.cases, is_open=True, unit_id=None)
    touched = stand.update(suggested_unit_id=None, confidence=0.0)
    facts: dict[str, Fact] = {"cases": list(person.cases), "changed": touched}
    record("rights.machines-objected-to", f"channel:{person.channel_id or 0}", facts, configures=True)
    return touched


def _given_freely() -> dict[str, list[str]]:
    """Table -> the columns that rest on consent."""
    tags = all_tags()
    found = {
        table: [name for name, tag in tags.of_table(table).items() if rests_on(tag, GIVEN_FREELY)]
        for table in tags.tables
    }
    return {table: columns for table, columns in found.items() if columns}


def _empty(table: str, columns: list[str], person: Person) -> int:
    held = all_tags().holds(table)
    emptied = blank(held, columns, columns_of(table))
    sets = ", ".join(f'"{name}" = {value}' for name, value in emptied.sets.items())
    return changed(
        f'UPDATE "{table}" AS t SET {sets} WHERE ({held.reporter}) AND ({emptied.full})', person.params
    )


def _object(
    person: Person, reports: Sequence[int], at: datetime, *, automation: bool, teaching: bool
) -> None:
    """Under the number; of whoever left none, under each report."""
    digests = [person.digest] if person.digest else [report_digest(one) for one in reports]
    for digest in digests:
        found, _ = Objection.objects.get_or_create(digest=digest, defaults={"at": at})
        found.automation, found.teaching = found.automation or automation, found.teaching or teaching
        found.at = at
        found.save()
