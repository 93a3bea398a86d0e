"""What comes of a step that may be taken: it is done, waits for approval, is agreed to by one more, or denied. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from gezhi.cases.asking import Asked, agree, ask, asked_from, deny
from gezhi.cases.case_row import CaseRow, Setting, procedure_of
from gezhi.cases.procedure import Given, why_too_late
from gezhi.cases.stepping import changed
from gezhi.packs.shapes import Kind, Transition


@dataclass(frozen=True, slots=True)
class Decision:
    """`transition`: the one that is recorded; a step that only asks has no effects. `facts`: for the history."""

    transition: Transition
    given: Given
    after: CaseRow
    facts: dict[str, object] = field(default_factory=dict)


def decided(
    transition: Transition,
    row: CaseRow,
    given: Given,
    roles: frozenset[str],
    account_id: int | None,
    setting: Setting,
    at: datetime,
) -> Decision:
    """Raises Refused."""
    procedure = procedure_of(row, setting.catalogue)
    asked = asked_from(row.asked)
    if transition.kind is Kind.DENY:
        denied = deny(asked, procedure, roles, account_id)
        return Decision(transition, given, _waiting(row, None), {"step": denied.key})
    if transition.kind is Kind.APPROVE:
        wanted, left = agree(asked, procedure, roles, account_id)
        if left is not None or asked is None:
            return Decision(transition, given, _waiting(row, left), {"step": wanted.key})
        if late := why_too_late(wanted, row.due_at is not None and row.due_at <= at):
            raise late
        after = changed(replace(row, asked=None), wanted, asked.given, setting, at)
        return Decision(wanted, asked.given, after, {"asked_by": [*asked.accounts]} | _said(given))
    after = changed(row, transition, given, setting, at)
    wanting = ask(transition, given, roles, account_id, at) if transition.approve else None
    if wanting is None:
        return Decision(transition, given, after)
    return Decision(_only_asking(transition), given, _waiting(row, wanting), {"step": transition.key})


def _said(given: Given) -> dict[str, object]:
    """The words of whoever agreed last: the event's own are those of the request."""
    words = given.text.strip() or given.reason.strip()
    return {"said": words} if words else {}


def _only_asking(transition: Transition) -> Transition:
    nothing = {"kind": Kind.ASK, "to": None, "effects": (), "answer": None, "document": None}
    return transition.model_copy(update=nothing)


def _waiting(row: CaseRow, asked: Asked | None) -> CaseRow:
    return replace(row, asked=asked.plain() if asked else None, version=row.version + 1)
