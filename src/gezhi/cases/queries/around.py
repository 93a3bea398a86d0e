"""What decisions need to know around the cases of a batch: one statement each, and only when a step asks for it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection

from gezhi.cases.case_row import CaseRow
from gezhi.cases.closing import Claim
from gezhi.cases.models import Case, Evidence, Report
from gezhi.cases.photos import is_stored
from gezhi.cases.procedure import Standing
from gezhi.cases.queries.asked import Asked
from gezhi.cases.queries.closing_facts import read_claims
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Kind
from gezhi.people.directory import Directory
from gezhi.people.duties_apart import HANDLING, HANDLING_ROLES


@dataclass(frozen=True, slots=True)
class Partner:
    """A unit that was called to a case and has not done its share."""

    assignment_id: int
    unit_id: int
    state: str
    absent: bool


@dataclass(frozen=True, slots=True)
class Past:
    """`did`: who took the last step of each kind, or asked for it where others agreed, and for whom; `counts`: how
    often since the case was opened last; `handlers`: who ever handled it, and for whom."""

    did: dict[Kind, Collection[int]]
    counts: dict[Kind, int]
    handlers: set[int]


NO_PAST = Past({}, {}, set())


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
    keys = {key for step in steps for key in step.given.evidence if is_stored(key)}
    around = around_cases(list(rows), by_people, keys)
    return replace(around, said=_said(reports), claims=read_claims(steps, rows, catalogue, at))


def around_cases(case_ids: Sequence[int], with_past: Sequence[int], photos: Collection[str] = ()) -> Around:
    """Shares of the cases, pasts of some of them, and photos that prove something already: one statement."""
    leads: dict[int, int] = {}
    partners: dict[int, list[Partner]] = defaultdict(list)
    pasts: dict[int, Past] = defaultdict(lambda: Past({}, {}, set()))
    used = set()
    with connection.cursor() as cursor:
        handling = [sorted(HANDLING), sorted(HANDLING_ROLES)]
        cursor.execute(_AROUND, [list(with_past), list(case_ids), *handling, list(photos)])
        for what, case, number, count, kind, state, absent, accounts in cursor.fetchall():
            if what == "photo":
                used.add(kind)
            elif what == "handled":
                pasts[case].handlers.update(accounts)
            elif what == "past":
                pasts[case].did[Kind(kind)] = accounts
                pasts[case].counts[Kind(kind)] = count
            elif kind == "lead":
                leads[case] = number
            else:
                partners[case].append(Partner(number, count, state, absent))
    return Around(dict(pasts), leads, partners, {}, frozenset(used), {})


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


def standing_of(
    case: Case | CaseRow, around: "Around", units: Collection[int], directory: Directory, at: datetime
) -> Standing:
    """The case as decisions see it. `units`: those for which whoever looks handles."""
    key = case.pk if isinstance(case, Case) else case.id
    past, partners = around.past.get(key, NO_PAST), around.partners.get(key, ())
    return Standing(
        state=case.state,
        overdue=case.due_at is not None and case.due_at <= at,
        did=past.did,
        handlers=past.handlers,
        counts=past.counts,
        shares=waiting_shares(partners, directory),
        children=case.open_children,
        asked=case.asked is not None,
        ordered=case.ordered,
        held_above=case.held_code != "",
        present=has_reported_in(partners, units),
    )


def has_reported_in(partners: Iterable[Partner], units: Collection[int]) -> bool:
    """Whether none of these units is still awaited."""
    mine = [one for one in partners if one.unit_id in units]
    return bool(mine) and all(one.state != "open" for one in mine)


_AROUND = """
WITH told AS (
    SELECT case_id, kind, role, seq, CASE WHEN facts ? 'asked_by'
        THEN array_remove(ARRAY[(facts -> 'asked_by' ->> 0)::bigint, (facts ->> 'asked_for')::bigint], NULL)
        ELSE array_remove(ARRAY[account_id, (facts ->> 'for')::bigint], NULL) END AS accounts,
        facts ? 'asked_by' AS agreed,
        lead(kind) OVER (PARTITION BY case_id ORDER BY seq) AS next
    FROM cases_caseevent
    WHERE case_id = ANY(%s::bigint[])
), e AS (
    SELECT * FROM told WHERE kind NOT IN ('join', 'undo') AND next IS DISTINCT FROM 'undo'
), o AS (
    SELECT case_id, max(seq) AS seq FROM e WHERE kind IN ('reopen', 'overturn') GROUP BY case_id
)
(SELECT 'share', case_id, id, unit_id, kind, state, absent_at IS NOT NULL, NULL::bigint[]
 FROM cases_assignment WHERE case_id = ANY(%s::bigint[]) AND state IN ('open', 'received') ORDER BY id)
UNION ALL
SELECT 'past', e.case_id, 0, count(*) FILTER (WHERE e.seq > coalesce(o.seq, 0)), e.kind, '', false,
       (array_agg(e.accounts::text ORDER BY e.seq DESC))[1]::bigint[]
FROM e LEFT JOIN o USING (case_id) GROUP BY e.case_id, e.kind
UNION ALL
SELECT 'handled', e.case_id, 0, 0, '', '', false, array_agg(DISTINCT one)
FROM e CROSS JOIN unnest(e.accounts) AS one
WHERE e.kind = ANY(%s) AND (e.agreed OR e.role = ANY(%s)) GROUP BY e.case_id
UNION ALL
SELECT 'photo', 0, 0, 0, key::text, '', false, NULL FROM cases_evidence WHERE key = ANY(%s::uuid[])
"""
