"""The sweep: limits that have passed are seen within a minute, each once, whatever dies meanwhile."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from gezhi.cases.actions.acting import Step, Who, setting_of, take
from gezhi.cases.actions.writing import COLUMNS, STEP_EVENT, update_cases
from gezhi.cases.binding import Chosen
from gezhi.cases.case_row import CaseRow, procedure_of
from gezhi.cases.models import Assignment, Case, Supervision
from gezhi.cases.procedure import Given, Refused, steps_from
from gezhi.cases.queries.held import at_marks, held_back, when_absent, when_over, when_unanswered
from gezhi.cases.watching import next_mark, woken
from gezhi.cases.world import World, world
from gezhi.ledger.actions import record_many
from gezhi.ledger.entries import Draft as Entry
from gezhi.lib.rows import insert_rows
from gezhi.packs.shapes import Effect, Kind, Transition
from gezhi.people.actions.sealing import is_stale
from gezhi.people.binding import waits

Reason = Callable[[Transition], bool]


class Part(Protocol):
    def __call__(self, now: datetime, limit: int, *, stale: bool) -> int: ...


def sweep(at: datetime | None = None, limit: int = 500) -> int:
    """Deal with up to `limit` of each thing whose time has come; returns how many. Call again while it is not 0.

    A limit that passed is marked (or lets the system go on where the procedure says so), a mark of a watch makes
    the system take its step, a unit that has not reported in is absent, an order that nobody answered earns a
    red card. Two sweeps at once take different cases. While nobody outside vouches for the ledger, what has legal
    effect waits where it is.
    """
    now, stale = at or timezone.now(), is_stale()
    return sum(_swept(part, now, limit, stale=stale) for part in (_limits, _marks, _absences, _orders))


def _swept(part: Part, now: datetime, limit: int, *, stale: bool) -> int:
    try:
        return part(now, limit, stale=stale)
    except Refused as refused:
        if waits(refused):
            return 0  # all of it stays as it was, until the next sweep
        raise


def _waiting(chosen: Chosen, current: World, *, stale: bool) -> Q:
    return ~held_back(current, chosen) if stale else Q()


@transaction.atomic
def _limits(now: datetime, limit: int, *, stale: bool) -> int:
    current = world()
    due = Q(due_at__lte=now, overdue_at=None) & _waiting(when_over, current, stale=stale)
    rows = _claim(due, "due_at", limit)
    automatic = {row.id: step for row in rows if (step := _automatic(row, current))}
    stuck = _take([Step(case_id, key, Who()) for case_id, key in automatic.items()], now)
    _mark([row for row in rows if row.id not in automatic or row.id in stuck], current, now)
    return len(rows)


@transaction.atomic
def _marks(now: datetime, limit: int, *, stale: bool) -> int:
    """Steps that watches ask for; one that is not open is passed over."""
    current = world()
    setting = setting_of(current)
    due = Q(wake_at__lte=now) & _waiting(at_marks, current, stale=stale)
    rows = {row.id: row for row in _claim(due, "wake_at", limit)}
    steps = []
    for row in rows.values():
        mark = next_mark(row, procedure_of(row, current.catalogue))
        if mark is not None:
            given = Given(reason=mark.why.zh)
            steps.append(Step(row.id, mark.do, Who(), given, watch=mark.key, timed=True))
    passed = _take(steps, now) | (rows.keys() - {step.case_id for step in steps})
    update_cases([woken(rows[case_id], setting, passed=1) for case_id in sorted(passed)])
    return len(rows)


@transaction.atomic
def _absences(now: datetime, limit: int, *, stale: bool) -> int:
    late = Assignment.objects.filter(state="open", absent_at=None, due_at__lte=now)
    free = _waiting(when_absent, world(), stale=stale)
    cases = _claim_with(Q(id__in=late.values("case_id")) & free, limit)
    found = list(late.filter(case_id__in=cases).order_by("-id").values_list("id", "case_id", "unit_id"))
    one_each = {case_id: (pk, unit) for pk, case_id, unit in found}
    steps = _steps([cases[case_id] for case_id in one_each], Kind.ABSENT, lambda step: True)
    stuck = _take([replace(step, given=Given(unit_id=one_each[step.case_id][1])) for step in steps], now)
    told = {step.case_id for step in steps} - stuck
    silent = [pk for case_id, (pk, _) in one_each.items() if case_id not in told]
    Assignment.objects.filter(id__in=silent).update(absent_at=now)
    return len(found)


@transaction.atomic
def _orders(now: datetime, limit: int, *, stale: bool) -> int:
    late = Supervision.objects.filter(due_at__lte=now, answered_at=None, overdue_at=None)
    free = _waiting(when_unanswered, world(), stale=stale)
    cases = _claim_with(Q(id__in=late.values("case_id")) & free, limit)
    found = dict(late.filter(case_id__in=cases).order_by("-id").values_list("case_id", "id"))
    steps = _steps(
        [cases[case_id] for case_id in found], Kind.SUPERVISE, lambda step: Effect.RED_CARD in step.effects
    )
    given = Given(reason="督办令到期未答复")
    _take([replace(step, given=given) for step in steps], now)
    Supervision.objects.filter(id__in=found.values()).update(overdue_at=now)
    return len(found)


def _steps(rows: Iterable[CaseRow], kind: Kind, fits: Reason) -> list[Step]:
    """The system's step of the kind for each open case whose state has one."""
    current = world()
    found = []
    for row in (row for row in rows if row.is_open):
        steps = steps_from(procedure_of(row, current.catalogue), row.state)
        key = next((s.key for s in steps if s.kind is kind and "system" in s.by and fits(s)), None)
        if key:
            found.append(Step(row.id, key, Who()))
    return found


def _take(steps: Sequence[Step], now: datetime) -> set[int]:
    """Takes the steps; the cases whose step was refused. Raises Refused for what began to wait this very
    moment."""
    outcomes = take(steps, now) if steps else []
    if late := next((one for one in outcomes if isinstance(one, Refused) and waits(one)), None):
        raise late
    pairs = zip(steps, outcomes, strict=True)
    return {step.case_id for step, outcome in pairs if isinstance(outcome, Exception)}


def _claim(what: Q, by: str, limit: int) -> list[CaseRow]:
    due = Case.objects.select_for_update(skip_locked=True).filter(what)
    return [CaseRow(*row) for row in due.order_by(by).values_list(*COLUMNS)[:limit]]


def _claim_with(late: Q, limit: int) -> dict[int, CaseRow]:
    """The case before its shares and orders, as every step does: nobody waits in a ring. What is read of them
    afterwards is as it stands under the lock."""
    return {row.id: row for row in _claim(late, "id", limit)}


def _automatic(row: CaseRow, current: World) -> str | None:
    steps = steps_from(procedure_of(row, current.catalogue), row.state)
    return next((step.key for step in steps if step.when_overdue and "system" in step.by), None)


def _mark(rows: Sequence[CaseRow], current: World, now: datetime) -> None:
    if not rows:
        return
    setting = setting_of(current)
    Case.objects.filter(id__in=[row.id for row in rows]).update(overdue_count=F("overdue_count") + 1)
    after = [
        woken(replace(row, overdue_at=now, version=row.version + 1), setting, _passed(row, current))
        for row in rows
    ]
    update_cases(after)
    insert_rows("cases_caseevent", STEP_EVENT, [_event(row, now) for row in after])
    record_many(
        Entry(
            "case.overdue",
            f"case:{row.id}",
            now,
            {"seq": row.version, "state": row.state, "unit": row.unit_id},
        )
        for row in after
    )


def _passed(row: CaseRow, current: World) -> int:
    """Marks before the limit that nobody saw in time: the limit speaks for them."""
    found = 0
    procedure = procedure_of(row, current.catalogue)
    while (mark := next_mark(replace(row, watched=row.watched + found), procedure)) and (mark.at or 0) < 100:
        found += 1
    return found


def _event(row: CaseRow, now: datetime) -> tuple[object, ...]:
    kind = Kind.OVERDUE.value
    where = (row.id, row.version, now, kind, kind, row.state, row.state)
    return (*where, None, "system", "", "{}", row.due_at, b"", row.unit_id)
