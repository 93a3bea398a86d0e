"""Joining two cases into one, and taking a report out of a case again: what merge and split do beyond their step."""

from dataclasses import replace
from datetime import datetime

from django.db.models import Q, QuerySet

from gezhi.cases.actions.beginning import Beginning, open_beside
from gezhi.cases.actions.events import Happening, write_happening
from gezhi.cases.actions.taken import Taken
from gezhi.cases.actions.writing import update_cases
from gezhi.cases.case_row import CaseRow
from gezhi.cases.matching import title_of
from gezhi.cases.models import Case, Evidence, Report
from gezhi.cases.periods import report_words
from gezhi.cases.procedure import Refused
from gezhi.cases.world import World
from gezhi.lib.rows import update_rows
from gezhi.packs.shapes import Kind
from gezhi.people.access import Actor


def check_merge(row: CaseRow, target: CaseRow | None, number: str, actor: Actor | None) -> None:
    """Raises Refused when the case cannot join the target. A target out of the actor's sight is not there."""
    if target is None or (actor and not actor.roles_at(target.place_code, target.unit_id)):
        raise Refused("unknown-case", f"没有编号为 {number} 的案件。", f"There is no case {number}.")
    if target.id == row.id:
        raise Refused("same-case", "不能并入案件自身。", "A case cannot be merged into itself.")
    if not target.is_open:
        raise target_closed(number)
    if row.open_children:
        raise Refused(
            "children-open",
            f"还有 {row.open_children} 个子案件未办结，不能并案。",
            f"{row.open_children} child cases are still open. Close them before the case is merged.",
        )


def target_closed(number: str) -> Refused:
    return Refused("target-closed", f"案件 {number} 已结束，不能并入。", f"Case {number} is no longer open.")


def check_split(row: CaseRow, report_id: int | None) -> None:
    """Raises Refused when the report cannot leave the case."""
    if row.report_count < 2:
        raise Refused(
            "only-report",
            "案件只有一条诉求，无需拆分。",
            "The case has one report only; there is nothing to split off.",
        )
    if report_id is None or not Report.objects.filter(id=report_id, case_id=row.id).exists():
        raise Refused(
            "unknown-report", "该诉求不属于本案件。", f"Report {report_id} does not belong to this case."
        )


def merge(taken: Taken, target: CaseRow, at: datetime) -> CaseRow:
    """The reports and their photos go over to the target, which is returned; the merged case says where it went."""
    moved = _move(Report.objects.filter(case_id=taken.after.id), target.id, target.opened_at)
    after = replace(target, version=target.version + 1, report_count=target.report_count + moved)
    update_cases([after])
    Case.objects.filter(id=target.id).update(report_count=after.report_count)
    Case.objects.filter(id=taken.after.id).update(merged_into_id=target.id, report_count=0)
    facts: dict[str, object] = {"from": taken.after.number, "reports": moved}
    _move_photos(Q(case_id=taken.after.id, report_id__isnull=False), after.id, after.version)
    joined = Happening(after.id, after.version, Kind.JOIN, target.state, target.state, after.due_at, facts)
    write_happening(joined, taken, at)
    return after


def split(taken: Taken, world: World, at: datetime) -> int:
    """The report gets a case of its own, at the start of the procedure. Returns the new case's id."""
    old = Case.objects.get(id=taken.after.id)
    report = Report.objects.get(id=taken.given.report_id or 0)
    Case.objects.filter(id=old.pk).update(report_count=taken.after.report_count - 1)
    new = open_beside(
        Beginning(
            title=title_of(report.text),
            category=old.category,
            place_code=report.place_code or old.place_code,
            lon=report.lon,
            lat=report.lat,
            address=report.address,
            occurred_at=report.occurred_at,
            suggested_unit_id=old.unit_id or old.suggested_unit_id,
            reports=1,
        ),
        world,
        at,
    )
    _move(Report.objects.filter(id=report.pk), new.pk, at)
    _move_photos(Q(report_id=report.pk), new.pk, 1)
    facts: dict[str, object] = {"from": old.number, "report": report.pk}
    write_happening(Happening(new.pk, 1, Kind.SPLIT, "", new.state, new.due_at, facts), taken, at)
    return int(new.pk)


def _move(reports: QuerySet[Report], case_id: int, opened_at: datetime) -> int:
    """The reports belong to another case now, and are found by its month. Returns how many."""
    rows = [
        (pk, case_id, report_words(text, address, opened_at))
        for pk, text, address in reports.values_list("id", "text", "address")
    ]
    update_rows("cases_report", {"id": "bigint", "case_id": "bigint", "words": "tsvector"}, rows)
    return len(rows)


def _move_photos(proving: Q, case_id: int, seq: int) -> None:
    """Photos of reporters stand with their report, under the event that brought it."""
    Evidence.objects.filter(proving).update(case_id=case_id, event_seq=seq)
