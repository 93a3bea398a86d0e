"""What comes of a step that may be taken: it is done, waits for approval, is agreed to by one more, or denied. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from gezhi.cases.asking import Asked, agree, ask, asked_from, chain_of, deny
from gezhi.cases.case_row import CaseRow, Setting, procedure_of
from gezhi.cases.procedure import Given, Standing, role_taken, why_too_late
from gezhi.cases.stepping import changed
from gezhi.packs.shapes import Kind, Transition
from gezhi.people.duties_apart import Doer


@dataclass(frozen=True, slots=True)
class Decision:
    """`transition`: the one that is recorded; a step that only asks has no effects. `facts`: for the history.
    `role`: in which whoever acts does so; "" for the first of theirs."""

    transition: Transition
    given: Given
    after: CaseRow
    facts: dict[str, object] = field(default_factory=dict)
    role: str = ""


def decided(
    transition: Transition,
    row: CaseRow,
    given: Given,
    doer: Doer,
    standing: Standing,
    setting: Setting,
    at: datetime,
) -> Decision:
    """`transition`: as `choose` gave it. Raises Refused."""
    procedure = procedure_of(row, setting.catalogue)
    asked = asked_from(row.asked)
    role = role_taken(transition, standing, doer) or ""
    if transition.kind is Kind.DENY:
        denied = deny(asked, procedure, doer, standing)
        return Decision(
            transition, given, _waiting(row, None), {"step": denied.key}, _turn(asked, denied, doer) or role
        )
    if transition.kind is Kind.APPROVE:
        wanted, left = agree(asked, procedure, doer, standing)
        role = _turn(asked, wanted, doer)
        if left is not None or asked is None:
            return Decision(transition, given, _waiting(row, left), {"step": wanted.key}, role)
        if late := why_too_late(wanted, row.due_at is not None and row.due_at <= at):
            raise late
        after = changed(replace(row, asked=None), wanted, asked.given, setting, at)
        return Decision(wanted, asked.given, after, _asked_by(asked) | _said(given), role)
    after = changed(row, transition, given, setting, at)
    wanting = ask(transition, given, doer, role, at) if transition.approve else None
    if wanting is None:
        return Decision(transition, given, after, role=role)
    return Decision(_only_asking(transition), given, _waiting(row, wanting), {"step": transition.key}, role)


def _turn(asked: Asked | None, wanted: Transition, doer: Doer) -> str:
    """The role whose turn it is to agree; "" for whoever takes back a request of their own."""
    by = chain_of(wanted, asked.given)[asked.agreed].by if asked else ""
    return by if by in doer.roles else ""


def _asked_by(asked: Asked) -> dict[str, object]:
    who: dict[str, object] = {"asked_by": [*asked.accounts]}
    return who | ({"asked_for": asked.asked_for} if asked.asked_for else {})


def _said(given: Given) -> dict[str, object]:
    """The words of whoever agreed last: the event's own are those of the request."""
    words = given.text.strip() or given.reason.strip()
    return {"said": words} if words else {}


def _only_asking(transition: Transition) -> Transition:
    nothing = {"kind": Kind.ASK, "to": None, "effects": (), "answer": None, "document": None}
    return transition.model_copy(update=nothing)


def _waiting(row: CaseRow, asked: Asked | None) -> CaseRow:
    return replace(row, asked=asked.plain() if asked else None, version=row.version + 1)
