"""Erasing a person: no plaintext stays where no law keeps it, and the ledger's salted hashes say nothing any more.

The ledger itself is not touched: its entries hold ids and hashes alone, so every proof that was given stays valid.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from gezhi.cases.models import Callback, Evidence, Report, Reporter
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.numbers import KEY_SQL, number_key
from gezhi.lib.reach import EVERYTHING, within
from gezhi.rights.actions.blotting import blot_loose, blot_out
from gezhi.rights.actions.leaving import finish
from gezhi.rights.actions.sql import changed, returned
from gezhi.rights.models import Channel, Erasure
from gezhi.rights.person import Person, Signs
from gezhi.rights.queries.columns import columns_of
from gezhi.rights.queries.erased import listed
from gezhi.rights.queries.people import person_of_report, signs_of
from gezhi.rights.queries.plans import Plan, plan_of
from gezhi.rights.queries.sql import rows_of
from gezhi.rights.queries.uploads import uploads_naming
from gezhi.rights.tags import all_tags
from gezhi.rights.wiping import blank, goes

_OTHERS_TITLE = """
UPDATE cases_case c SET title = left(regexp_replace(r.text, '\\s+', ' ', 'g'), 120), address = r.address,
    lon = r.lon, lat = r.lat
FROM (
    SELECT DISTINCT ON (case_id) case_id, text, address, lon, lat FROM cases_report
    WHERE case_id = ANY(%s) AND text <> '' ORDER BY case_id, id
) AS r WHERE r.case_id = c.id AND c.id = ANY(%s)
"""
_NUMBER_LEFT = """
DELETE FROM rounds_known WHERE number <> '' AND number = %(phone)s RETURNING subject_id
"""
_THEIRS = KEY_SQL.format(column="(one.value #>> '{}')")
_NUMBER_ANSWERED = f"""
UPDATE rounds_round r SET answers = told.others
FROM (
    SELECT t.id, coalesce(jsonb_object_agg(one.key, one.value) FILTER (WHERE NOT is_theirs), '{{}}') AS others
    FROM rounds_round t, jsonb_each(t.answers) AS one(key, value),
        LATERAL (SELECT {_THEIRS} = %(phone)s AS is_theirs) AS whose
    WHERE t.subject_id = ANY(%(doors)s) GROUP BY t.id HAVING bool_or(is_theirs)
) AS told WHERE r.id = told.id
"""


@dataclass(slots=True)
class _Done:
    counts: dict[str, int] = field(default_factory=dict)
    photos: list[str] = field(default_factory=list)
    papers: list[str] = field(default_factory=list)
    uploads: list[str] = field(default_factory=list)

    def add(self, table: str, rows: int) -> None:
        if rows:
            self.counts[table] = self.counts.get(table, 0) + rows


@dataclass(frozen=True, slots=True)
class _Why:
    """What asked for it, who carried it out, and the channel that goes with it."""

    request_id: int | None
    account_id: int | None
    channel: Channel | None


@transaction.atomic
def erase(
    person: Person,
    *,
    request_id: int | None = None,
    account_id: int | None = None,
    spare: Sequence[int] = (),
    even_open: bool = False,
    channel: Channel | None = None,
    at_once: bool = False,
    now: datetime | None = None,
) -> Erasure:
    """All that is held of the person and that no law keeps. `spare`: reports that stay for now: the request itself,
    until its answer has arrived. What is still being handled stays, and is named in `kept`, unless `even_open`.
    `channel`: its number goes as well. `at_once`: files go when this is committed, without a worker."""
    at = now or timezone.now()
    plan = plan_of(person, frozenset(spare), even_open=even_open)
    gone = plan.gone
    done = _Done()
    if channel is not None:
        _forget(channel, done)
    if gone.reports:
        signs = signs_of(gone)
        _gather_files(gone, signs, done)
        _wipe(gone, signs, done)
    if person.number and not plan.held_up:
        _wipe_number(person, done)
    erasure = _recorded(plan, done, _Why(request_id, account_id, channel), at)
    _leave_files(erasure, done, at_once=at_once)
    return erasure


def _gather_files(person: Person, signs: Signs, done: _Done) -> None:
    """What lies outside the database, before its rows are gone."""
    photos = Evidence.objects.filter(report_id__in=person.reports)
    done.photos = [str(key) for key in photos.values_list("key", flat=True)]
    done.uploads = uploads_naming(signs)


def _wipe(person: Person, signs: Signs, done: _Done) -> None:
    tags = all_tags()
    first_of = _cases_begun(person)
    done.papers += blot_out(person, signs, done.add)
    blot_loose(person, signs, done.add)
    for table in tags.tables:
        held = tags.holds(table)
        columns = [name for name, tag in tags.of_table(table).items() if goes(tag)]
        if held.reporter and columns:
            condition = f"({held.reporter})" + (f" AND NOT ({held.lasts})" if held.lasts else "")
            if table == "cases_issueddocument":
                done.papers += _papers(condition, person)
            done.add(table, _empty(table, columns, condition, person.params))
    changed(_OTHERS_TITLE, [first_of, first_of])
    done.add(
        "cases_callback", Callback.objects.filter(report_id__in=person.reports, done_at=None).delete()[0]
    )


def _cases_begun(person: Person) -> list[int]:
    """Cases whose title and place are those of one of the reports."""
    begun = rows_of(
        "SELECT case_id FROM (SELECT DISTINCT ON (case_id) case_id, id FROM cases_report"
        " WHERE case_id = ANY(%s) ORDER BY case_id, id) AS first WHERE id = ANY(%s)",
        [list(person.cases), list(person.reports)],
    )
    return [case for (case,) in begun]


def _papers(condition: str, person: Person) -> list[str]:
    found = rows_of(f'SELECT code FROM "cases_issueddocument" t WHERE {condition}', person.params)
    return [code for (code,) in found]


def _empty(table: str, columns: list[str], condition: str, params: dict[str, object]) -> int:
    """How many rows were emptied, or went."""
    held = all_tags().holds(table)
    if held.delete:
        return changed(f'DELETE FROM "{table}" t WHERE {condition}', params)
    sets = blank(held, columns, columns_of(table)).sets
    words = ", ".join(f'"{name}" = {value}' for name, value in sets.items())
    return changed(f'UPDATE "{table}" AS t SET {words} WHERE {condition}', params)


def _wipe_number(person: Person, done: _Done) -> None:
    """What hangs on the number alone: codes, and what visits learnt; the door's other answers stay with the door."""
    phone = {"phone": number_key(person.number)}
    doors = [door for (door,) in returned(_NUMBER_LEFT, phone)]
    done.add("rounds_known", len(doors))
    if doors:
        done.add("rounds_round", changed(_NUMBER_ANSWERED, {**phone, "doors": doors}))
    done.add("rights_code", changed('DELETE FROM "rights_code" WHERE digest = %s', [person.digest]))


def _forget(channel: Channel, done: _Done) -> None:
    """The row stays for the requests that name it."""
    Channel.objects.filter(id=channel.pk).update(number="", digest=f"gone-{channel.pk}")
    done.add("rights_channel", 1)


def _recorded(plan: Plan, done: _Done, why: _Why, at: datetime) -> Erasure:
    gone = plan.gone
    received = Report.objects.filter(id__in=gone.reports).order_by("id").values_list("id", "received_at")
    erasure = Erasure.objects.create(
        at=at,
        reports=[[pk, received_at.isoformat()] for pk, received_at in received],
        channel=[why.channel.pk, why.channel.made_at.isoformat()] if why.channel else None,
        request_id=why.request_id,
        account_id=why.account_id,
        counts=done.counts,
        kept=[one.as_json() for one in plan.kept],
    )
    facts: dict[str, Fact] = {
        "reports": list(gone.reports),
        "rows": sum(done.counts.values()),
        "photos": len(done.photos),
        "kept": len(plan.kept),
        "request": why.request_id,
        "account": why.account_id,
    }
    record("rights.erased", f"erasure:{erasure.pk}", facts)
    return erasure


def _leave_files(erasure: Erasure, done: _Done, *, at_once: bool) -> None:
    if at_once:
        transaction.on_commit(partial(finish, erasure.pk, done.photos, done.papers, done.uploads))
        return
    files: dict[str, JSONValue] = {
        "photos": list(done.photos),
        "papers": list(done.papers),
        "uploads": list(done.uploads),
    }
    app.configure_task("rights.finish_erasing", allow_unknown=False).defer(erasure_id=erasure.pk, **files)


@within(EVERYTHING)
@transaction.atomic
def replay(lines: Iterable[str] | None = None, now: datetime | None = None) -> int:
    """Erase again what a restored backup brought back: `lines` of the list of erased ids (None: the node's own).
    Only a report or channel of the very instant of the list is meant. Returns how many came back."""
    at = now or timezone.now()
    entries = [json.loads(line) for line in (listed() if lines is None else lines)]
    reports = {int(pk): str(received) for entry in entries for pk, received in entry["reports"]}
    channels = dict(tuple(entry["channel"]) for entry in entries if entry.get("channel"))
    back = _come_back(reports)
    for pk in back:
        erase(replace(person_of_report(pk), reports=(pk,)), even_open=True, at_once=True, now=at)
    again = Channel.objects.filter(id__in=channels).exclude(number="")
    known = [one for one in again if one.made_at.isoformat() == channels[one.pk]]
    for channel in known:
        erase(Person(), channel=channel, now=at)
    record(
        "rights.erased-again", "erasure", {"reports": back, "channels": len(known), "listed": len(reports)}
    )
    return len(back) + len(known)


def _come_back(reports: Mapping[int, str]) -> list[int]:
    is_known = Exists(Reporter.objects.filter(report_id=OuterRef("id")))
    rows = Report.objects.filter(~Q(text="") | is_known, id__in=reports).values_list("id", "received_at")
    return [pk for pk, received in rows if received.isoformat() == reports[pk]]
