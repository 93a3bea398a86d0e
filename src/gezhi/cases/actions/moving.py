"""Open cases go on under the newer version of their pack, each with an event and the limit that it has there."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from gezhi.cases.actions.acting import setting_of
from gezhi.cases.actions.writing import COLUMNS, STEP_EVENT, update_cases
from gezhi.cases.asking import asked_from, chain_of
from gezhi.cases.case_row import CaseRow, Setting, procedure_of
from gezhi.cases.limits import state_due
from gezhi.cases.models import Case
from gezhi.cases.procedure import state_of, steps_from
from gezhi.cases.watching import rewound
from gezhi.cases.world import world
from gezhi.ledger.actions import record_many
from gezhi.ledger.entries import Draft as Entry
from gezhi.lib.json_text import json_text
from gezhi.lib.rows import insert_rows
from gezhi.packs.models import PackVersion
from gezhi.packs.moving import way_of
from gezhi.packs.shapes import Kind, Procedure

MOVE = "move"


def waiting(name: str) -> dict[tuple[str, str], int]:
    """(procedure, state) -> open cases of any version of the pack."""
    versions = PackVersion.objects.filter(name=name).values_list("id", flat=True)
    rows = Case.objects.filter(is_open=True, pack_version_id__in=list(versions))
    counted = rows.values_list("procedure", "state").annotate(n=Count("id")).order_by()
    return {(procedure, state): n for procedure, state, n in counted}


def move_open_cases(name: str, batch: int = 1000) -> int:
    """Every open case of an earlier version whose state has a way into the active one; returns how many. Those
    without a way stay where they are. Breaking off and calling again loses nothing."""
    moved, last = 0, 0
    while rows := _move_batch(name, last, batch):
        moved, last = moved + rows[0], rows[1]
    return moved


@transaction.atomic
def _move_batch(name: str, after: int, batch: int) -> tuple[int, int] | None:
    """(how many moved, the last id looked at); None: nothing is left."""
    now = timezone.now()
    setting = setting_of(world())
    version = setting.catalogue.packs[name].id
    earlier = list(PackVersion.objects.filter(name=name).exclude(pk=version).values_list("id", flat=True))
    open_cases = Case.objects.select_for_update().filter(
        is_open=True, pack_version_id__in=earlier, id__gt=after
    )
    found = [CaseRow(*row) for row in open_cases.order_by("id").values_list(*COLUMNS)[:batch]]
    if not found:
        return None
    pairs = [(row, to) for row in found if (to := moved_row(row, version, setting, now)) is not None]
    _write(pairs, now)
    return len(pairs), found[-1].id


def moved_row(row: CaseRow, version: int, setting: Setting, at: datetime) -> CaseRow | None:
    """The case under that version. It keeps its limit, an extended one too, unless its state is another or is
    limited otherwise; then the new limit counts from when the old state began. None: it has no way."""
    old = state_of(procedure_of(row, setting.catalogue), row.state)
    procedure = setting.catalogue.find_procedure(version, row.procedure)
    key = way_of(procedure, row.state)
    if procedure is None or key is None:
        return None
    state = state_of(procedure, key)
    asked = row.asked if still_asked(row, procedure, key) else None
    moved = replace(row, pack_version_id=version, state=key, version=row.version + 1, asked=asked)
    if (state.key, state.limit) != (old.key, old.limit):
        category = setting.catalogue.category(row.category)
        due = state_due(state, category, setting.catalogue, row.state_at, setting.office, row.limits)
        moved = replace(moved, due_at=due, overdue_at=None)
    return rewound(moved, setting, at)


def still_asked(row: CaseRow, procedure: Procedure, state: str) -> bool:
    """Whether the newer procedure too waits for somebody to agree to what was asked."""
    asked = asked_from(row.asked)
    step = next((one for one in steps_from(procedure, state) if asked and one.key == asked.step), None)
    if asked is None or step is None or state != row.state:
        return False
    return asked.agreed < len(chain_of(step, asked.given))


def _write(pairs: Sequence[tuple[CaseRow, CaseRow]], now: datetime) -> None:
    if not pairs:
        return
    update_cases([after for _, after in pairs])
    insert_rows("cases_caseevent", STEP_EVENT, [_event(before, after, now) for before, after in pairs])
    record_many(_entry(before, after, now) for before, after in pairs)


def _event(before: CaseRow, after: CaseRow, now: datetime) -> tuple[object, ...]:
    facts = json_text({"pack_version": after.pack_version_id})
    what = (after.id, after.version, now, MOVE, Kind.CORRECT.value, before.state, after.state)
    return (*what, None, "system", "", facts, after.due_at, b"", after.unit_id)


def _entry(before: CaseRow, after: CaseRow, now: datetime) -> Entry:
    facts: dict[str, str | int] = {
        "seq": after.version,
        "from": before.state,
        "to": after.state,
        "pack_version": after.pack_version_id,
    }
    return Entry("case.move", f"case:{after.id}", now, facts)
