"""What a step makes of a case: new facets, what happens to its assignment. Pure."""

from collections.abc import Callable, Container
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from gezhi.cases.deadlines import Office
from gezhi.cases.limits import state_due
from gezhi.cases.procedure import Given, Refused, state_of
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Effect, Kind, Need, Procedure, Transition
from gezhi.people.directory import Directory


@dataclass(frozen=True, slots=True)
class CaseRow:
    """The columns of a case that steps read and write."""

    id: int
    number: str
    pack_version_id: int
    procedure: str
    category: str
    state: str
    is_open: bool
    place_code: str
    unit_id: int | None
    suggested_unit_id: int | None
    opened_at: datetime
    state_at: datetime
    due_at: datetime | None
    overdue_at: datetime | None
    closed_at: datetime | None
    reopen_count: int
    rating: int | None
    report_count: int
    version: int


class Share(StrEnum):
    """What happens to the unit's share of the case."""

    GIVE = "give"
    RECEIVE = "received"
    FINISH = "finished"
    RETURN = "returned"
    CANCEL = "cancelled"


@dataclass(frozen=True, slots=True)
class Setting:
    """The configuration that decisions use."""

    catalogue: Catalogue
    directory: Directory
    office: Office
    places: Container[str]


def changed(row: CaseRow, step: Transition, given: Given, setting: Setting, at: datetime) -> CaseRow:
    """The case after the step. Raises Refused for a unit, category or place that is not known."""
    after = _with_corrections(row, step, given, setting)
    for effect in step.effects:
        after = _FACETS.get(effect, _unchanged)(after, given)
    if Effect.ASSIGN in step.effects:
        _require_unit(given, setting)
    after = _in_state(after, step, setting, at)
    return replace(after, version=row.version + 1)


def _unchanged(row: CaseRow, given: Given) -> CaseRow:
    return row


def shares(step: Transition, has_active: bool) -> list[Share]:
    """What the step does to assignments; a new one ends the active one first."""
    found: list[Share] = []
    for effect in step.effects:
        if effect in (Effect.ASSIGN, Effect.REASSIGN):
            found += [Share.CANCEL] * has_active + [Share.GIVE]
        elif has_active and effect in _SHARES:
            found.append(_SHARES[effect])
    return found


_SHARES = {
    Effect.RECEIVE: Share.RECEIVE,
    Effect.FINISH_ASSIGNMENT: Share.FINISH,
    Effect.RETURN_ASSIGNMENT: Share.RETURN,
    Effect.CANCEL_ASSIGNMENTS: Share.CANCEL,
}


def _assign(row: CaseRow, given: Given) -> CaseRow:
    return replace(row, unit_id=given.unit_id)


def _release(row: CaseRow, given: Given) -> CaseRow:
    return replace(row, unit_id=None, suggested_unit_id=row.unit_id or row.suggested_unit_id)


def _rate(row: CaseRow, given: Given) -> CaseRow:
    """The worst rating of a case's reporters since it was closed stands for it."""
    assert given.rating is not None
    return replace(row, rating=given.rating if row.rating is None else min(row.rating, given.rating))


_FACETS: dict[Effect, Callable[[CaseRow, Given], CaseRow]] = {
    Effect.ASSIGN: _assign,
    Effect.RETURN_ASSIGNMENT: _release,
    Effect.CANCEL_ASSIGNMENTS: _release,
    Effect.RECORD_RATING: _rate,
}


def _require_unit(given: Given, setting: Setting) -> None:
    if given.unit_id not in setting.directory.units:
        raise Refused(
            "unknown-unit",
            f"没有编号为 {given.unit_id} 的单位，请从单位列表中选择。",
            f"There is no unit {given.unit_id}. Choose one of the units in force.",
        )


def _with_corrections(row: CaseRow, step: Transition, given: Given, setting: Setting) -> CaseRow:
    allowed = {*step.needs, *step.may}
    category = given.category if Need.CATEGORY in allowed and given.category else row.category
    place = given.place_code if Need.PLACE in allowed and given.place_code else row.place_code
    if (category, place) == (row.category, row.place_code):
        return row
    _require_known(category, place, row, setting)
    kind = setting.catalogue.category(category)
    unit = setting.directory.responsible(category, kind.function, place)
    return replace(row, category=category, place_code=place, suggested_unit_id=unit.id if unit else None)


def _require_known(category: str, place: str, row: CaseRow, setting: Setting) -> None:
    if category not in {one.key for one in setting.catalogue.reportable}:
        raise Refused(
            "unknown-category",
            f"类别“{category}”不在目录中。",
            f"Category '{category}' is not in the catalogue.",
        )
    if setting.catalogue.category(category).procedure != row.procedure:
        raise Refused(
            "other-procedure",
            f"类别“{category}”适用另一流程，请拆分后重新上报。",
            f"Category '{category}' follows another procedure. Reject this case and report the matter anew.",
        )
    if place not in setting.places:
        raise Refused(
            "unknown-place",
            f"没有编码为 {place} 的区划或网格。",
            f"No jurisdiction or grid has the code {place}.",
        )


def _in_state(row: CaseRow, step: Transition, setting: Setting, at: datetime) -> CaseRow:
    procedure = procedure_of(row, setting.catalogue)
    state = state_of(procedure, step.to or row.state)
    category = setting.catalogue.category(row.category)
    if state.key == row.state:
        return replace(
            row, due_at=state_due(state, category, setting.catalogue, row.state_at, setting.office)
        )
    reopened = step.kind is Kind.REOPEN
    closing = row.is_open and not state.open
    return replace(
        row,
        state=state.key,
        is_open=state.open,
        state_at=at,
        due_at=state_due(state, category, setting.catalogue, at, setting.office),
        overdue_at=None,
        closed_at=at if closing else None if state.open else row.closed_at,
        reopen_count=row.reopen_count + reopened,
        rating=None if reopened else row.rating,
        unit_id=None if reopened else row.unit_id,
        suggested_unit_id=(row.unit_id or row.suggested_unit_id) if reopened else row.suggested_unit_id,
    )


def procedure_of(row: CaseRow, catalogue: Catalogue) -> Procedure:
    """The procedure that the case was opened with, whatever was published since."""
    return catalogue.procedure(row.pack_version_id, row.procedure)
