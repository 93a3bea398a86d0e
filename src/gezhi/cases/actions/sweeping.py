"""The sweep: limits that have passed are seen within a minute, each once, whatever dies meanwhile."""

from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from gezhi.cases.actions.acting import Step, Who, setting_of, take
from gezhi.cases.actions.writing import COLUMNS
from gezhi.cases.intake.rows import EVENT
from gezhi.cases.models import Case
from gezhi.cases.procedure import steps_from
from gezhi.cases.stepping import CaseRow, procedure_of
from gezhi.cases.world import World, world
from gezhi.ledger.actions import record_many
from gezhi.ledger.entries import Draft as Entry
from gezhi.lib.rows import insert_rows
from gezhi.packs.shapes import Kind


def sweep(at: datetime | None = None, limit: int = 500) -> int:
    """Deal with up to `limit` cases whose limit has passed; returns how many. Call again while it is not 0.

    A case whose procedure lets the system go on (rating time over) goes on; any other is marked overdue.
    Two sweeps at once take different cases.
    """
    now = at or timezone.now()
    current = world()
    with transaction.atomic():
        rows = _claim(now, limit)
        automatic = {row.id: step for row in rows if (step := _automatic(row, current))}
        steps = [Step(case_id, key, Who()) for case_id, key in automatic.items()]
        outcomes = take(steps, now) if steps else []
        stuck = {
            step.case_id
            for step, outcome in zip(steps, outcomes, strict=True)
            if isinstance(outcome, Exception)
        }
        _mark([row for row in rows if row.id not in automatic or row.id in stuck], now)
    return len(rows)


def _claim(now: datetime, limit: int) -> list[CaseRow]:
    due = Case.objects.select_for_update(skip_locked=True).filter(due_at__lte=now, overdue_at=None)
    return [CaseRow(*row) for row in due.order_by("due_at").values_list(*COLUMNS)[:limit]]


def _automatic(row: CaseRow, current: World) -> str | None:
    procedure = procedure_of(row, setting_of(current).catalogue)
    steps = steps_from(procedure, row.state)
    return next((step.key for step in steps if step.when_overdue and "system" in step.by), None)


def _mark(rows: list[CaseRow], now: datetime) -> None:
    if not rows:
        return
    Case.objects.filter(id__in=[row.id for row in rows]).update(
        overdue_at=now, overdue_count=F("overdue_count") + 1, version=F("version") + 1
    )
    after = [replace(row, version=row.version + 1) for row in rows]
    insert_rows("cases_caseevent", EVENT, [_event(row, now) for row in after])
    record_many(
        Entry(
            "case.overdue",
            f"case:{row.id}",
            now,
            {"seq": row.version, "state": row.state, "unit": row.unit_id},
        )
        for row in after
    )


def _event(row: CaseRow, now: datetime) -> tuple[object, ...]:
    kind = Kind.OVERDUE.value
    return (
        row.id,
        row.version,
        now,
        kind,
        kind,
        row.state,
        row.state,
        None,
        "system",
        "",
        "{}",
        row.due_at,
        b"",
    )
