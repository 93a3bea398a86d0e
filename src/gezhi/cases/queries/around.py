"""What decisions need to know around the cases of a batch: one statement each, and only when a step asks for it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import connection

from gezhi.cases.case_row import CaseRow
from gezhi.cases.closing import Claim
from gezhi.cases.models import Assignment, Evidence, Report
from gezhi.cases.photos import is_stored
from gezhi.cases.queries.closing_facts import read_claims
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Kind
from gezhi.people.access import Actor
from gezhi.people.directory import Directory

ACTIVE = ("open", "received")


class Asked(Protocol):
    @property
    def case_id(self) -> int: ...
    @property
    def key(self) -> str: ...
    @property
    def who(self) -> "AskedBy": ...
    @property
    def given(self) -> "AskedWith": ...


class AskedWith(Protocol):
    @property
    def evidence(self) -> tuple[str, ...]: ...


class AskedBy(Protocol):
    @property
    def actor(self) -> Actor | None: ...
    @property
    def report_id(self) -> int | None: ...
    @property
    def account_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Partner:
    """A unit that was called to a case and has not done its share."""

    assignment_id: int
    unit_id: int
    state: str
    absent: bool


@dataclass(frozen=True, slots=True)
class Past:
    """`did`: who took the last step of each kind; `counts`: how often since the case was opened last."""

    did: Mapping[Kind, int | None]
    counts: Mapping[Kind, int]


NO_PAST = Past({}, {})


@dataclass(frozen=True)
class Around:
    past: Mapping[int, Past]  # by case
    active: Mapping[int, int]  # case -> the active assignment of the unit that leads
    partners: Mapping[int, Sequence[Partner]]  # by case
    said: Mapping[int, tuple[int, datetime | None]]  # report -> its case, and when it was rated
    used_photos: frozenset[str]  # keys given with these steps that prove something already
    claims: Mapping[int, Claim]  # by case: closings under conditions


def read_around(
    rows: Mapping[int, CaseRow], steps: Sequence[Asked], catalogue: Catalogue, at: datetime
) -> Around:
    by_people = [step.case_id for step in steps if step.who.account_id or step.who.report_id]
    reports = [step.who.report_id for step in steps if step.who.report_id is not None]
    active, partners = shares_of(list(rows))
    return Around(
        past=pasts(by_people),
        active=active,
        partners=partners,
        used_photos=used_photos(key for step in steps for key in step.given.evidence),
        said=_said(reports),
        claims=read_claims(steps, rows, catalogue, at),
    )


def shares_of(case_ids: Sequence[int]) -> tuple[dict[int, int], dict[int, list[Partner]]]:
    """The active lead of each case, and the units called to it that have not done their share."""
    leads: dict[int, int] = {}
    partners: dict[int, list[Partner]] = defaultdict(list)
    rows = Assignment.objects.filter(case_id__in=case_ids, state__in=ACTIVE).order_by("id")
    for pk, case, unit, kind, state, absent in rows.values_list(
        "id", "case_id", "unit_id", "kind", "state", "absent_at"
    ):
        if kind == "lead":
            leads[case] = pk
        else:
            partners[case].append(Partner(pk, unit, state, absent is not None))
    return leads, partners


def _said(reports: Sequence[int]) -> Mapping[int, tuple[int, datetime | None]]:
    if not reports:
        return {}
    rows = Report.objects.filter(id__in=reports).values_list("id", "case_id", "rated_at")
    return {pk: (case_id, rated_at) for pk, case_id, rated_at in rows}


def used_photos(keys: Iterable[str]) -> frozenset[str]:
    """Those of the keys that prove something already."""
    asked = set(filter(is_stored, keys))
    used = Evidence.objects.filter(key__in=asked).values_list("key", flat=True) if asked else ()
    return frozenset(str(key) for key in used)


def waiting_shares(partners: Iterable[Partner], directory: Directory) -> tuple[str, ...]:
    """The names of units that are present and have not done their share; whoever stayed away holds up nobody."""
    units = directory.units
    waiting = (one.unit_id for one in partners if not one.absent)
    return tuple(units[unit].name if unit in units else str(unit) for unit in waiting)


_PASTS = """
WITH e AS (
    SELECT case_id, kind, seq, account_id FROM cases_caseevent
    WHERE case_id = ANY(%s) AND kind NOT IN ('report', 'join')
), o AS (
    SELECT case_id, max(seq) AS seq FROM e WHERE kind IN ('reopen', 'overturn') GROUP BY case_id
)
SELECT e.case_id, e.kind, (array_agg(e.account_id ORDER BY e.seq DESC))[1],
       count(*) FILTER (WHERE e.seq > coalesce(o.seq, 0))
FROM e LEFT JOIN o USING (case_id) GROUP BY e.case_id, e.kind
"""


def pasts(case_ids: Sequence[int]) -> Mapping[int, Past]:
    """One statement; none without cases."""
    if not case_ids:
        return {}
    did: dict[int, dict[Kind, int | None]] = defaultdict(dict)
    counts: dict[int, dict[Kind, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_PASTS, [list(case_ids)])
        for case_id, kind, account, count in cursor.fetchall():
            did[case_id][Kind(kind)] = account
            counts[case_id][Kind(kind)] = count
    return {case_id: Past(did[case_id], counts[case_id]) for case_id in did}
