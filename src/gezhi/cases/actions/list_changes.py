"""Lists change when the case that proposed it comes to its end: what its report's form says is put in force."""

from collections.abc import Sequence

from gezhi.cases.actions.taken import Taken
from gezhi.cases.case_row import CaseRow
from gezhi.cases.models import Report
from gezhi.cases.procedure import Refused
from gezhi.cases.world import World
from gezhi.packs.shapes import Effect
from gezhi.people.actions import apply_list_change
from gezhi.people.lists import BadChange, ListChange, NothingToEnd, read_change, replacement
from gezhi.people.queries import admissions, duties
from gezhi.people.staffing import DutyRow, Known


def check_list_change(row: CaseRow, world: World) -> None:
    """Raises Refused when what the case proposes cannot be put in force."""
    change = _change_of(row, world)
    try:
        if isinstance(change.row, DutyRow):
            replacement(duties().values(), change.row, ends=change.ends)
        else:
            replacement(admissions().values(), change.row, ends=change.ends)
    except NothingToEnd as nothing:
        raise Refused(
            "nothing-to-end", "清单上没有这一条生效，无从取消。请在清单页查看。", str(nothing)
        ) from nothing


def change_lists(batch: Sequence[Taken], world: World) -> None:
    """One edition for each case of the batch whose step changes the lists; two statements to read each."""
    for taken in batch:
        if Effect.CHANGE_LISTS in taken.transition.effects:
            apply_list_change(_change_of(taken.after, world), taken.account_id, taken.after.number)


def _change_of(row: CaseRow, world: World) -> ListChange:
    """The answers of the report that opened the case; a later one only supports it."""
    answers = (
        Report.objects.filter(case_id=row.id).order_by("id").values_list("attributes", flat=True).first()
    )
    answers = answers or {}
    place = str(answers.get("place_code", ""))
    known = Known(
        functions=frozenset(world.catalogue.functions),
        categories=world.catalogue.reportable_keys,
        places=frozenset({place} if place in world.places else ()),
        units=frozenset(),
    )
    try:
        return read_change(answers, known, f"case {row.number}")
    except BadChange as bad:
        zh = "、".join(dict.fromkeys(fault.field for fault in bad.faults))
        raise Refused("bad-list-change", f"变更内容不完整或已失效：{zh}。请重新提出。", str(bad)) from bad
