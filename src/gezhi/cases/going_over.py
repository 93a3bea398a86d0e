"""A case whose category was wrong goes over to the procedure of the right one, while nobody has it in hand. Pure."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from gezhi.cases.case_row import CaseRow, Setting, procedure_of
from gezhi.cases.procedure import Refused, state_of
from gezhi.packs.shapes import Kind, Stage, Transition

NOT_IN_HAND = frozenset({Stage.COLLECT, Stage.FILE})


def is_other(category: str, row: CaseRow, setting: Setting) -> bool:
    return setting.catalogue.category(category).procedure != row.procedure


def gone_over(row: CaseRow, category: str, step: Transition, setting: Setting, at: datetime) -> CaseRow:
    """At the start of the other procedure, in the version in force. Its limit is still to be set. Raises Refused."""
    if step.kind is not Kind.CORRECT:
        raise _by_correcting(category)
    _require_free(row, category, setting)
    procedure = setting.catalogue.procedure_of(category)
    return replace(
        row,
        pack_version_id=setting.catalogue.pack_version_id(category),
        procedure=procedure.key,
        state=procedure.states[0].key,
        state_at=at,
        due_at=None,
        overdue_at=None,
        clock_left=None,
        wake_at=None,
        watched=0,
    )


def in_its_pack(row: CaseRow, category: str, setting: Setting) -> CaseRow:
    """A category of another pack that follows the same procedure brings its own forms and closing conditions."""
    catalogue = setting.catalogue
    old, new = catalogue.version(row.pack_version_id).pack, catalogue.pack_of(category)
    version = catalogue.pack_version_id(category)
    procedure = catalogue.find_procedure(version, row.procedure)
    known = procedure is not None and row.state in {state.key for state in procedure.states}
    if old.manifest.name == new.manifest.name or not known:
        return row
    return replace(row, pack_version_id=version)


def require_nobody_called(before: CaseRow, after: CaseRow, partners: Sequence[int]) -> None:
    """`partners`: units called to the case that have not done their share. Raises Refused."""
    if after.procedure != before.procedure and partners:
        raise _in_hand(after.category)


def _require_free(row: CaseRow, category: str, setting: Setting) -> None:
    stage = state_of(procedure_of(row, setting.catalogue), row.state).stage
    if row.unit_id is not None or stage not in NOT_IN_HAND or row.open_children or row.asked is not None:
        raise _in_hand(category)
    if row.reopen_count:
        raise Refused(
            "other-procedure",
            f"案件已按原流程办结过，不能改为适用另一流程的类别“{category}”，请不予立案后按新类别重新上报。",
            f"The case was closed once under its own procedure. Report the matter anew for '{category}'.",
        )


def _by_correcting(category: str) -> Refused:
    return Refused(
        "other-procedure",
        f"类别“{category}”适用另一流程，请先“更正”类别，再按新流程办理。",
        f"Category '{category}' follows another procedure. Correct the category first, then go on there.",
    )


def _in_hand(category: str) -> Refused:
    return Refused(
        "other-procedure",
        f"类别“{category}”适用另一流程，案件已有单位在办，请先退回，待协办、子案件和申请了结后再更正。",
        f"Category '{category}' follows another procedure and the case is in hand. Return it first, and let its "
        "shares, child cases and requests come to an end.",
    )
