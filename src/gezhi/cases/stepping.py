"""What a step makes of a case: new facets, what happens to the shares of units. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from gezhi.cases.case_row import CaseRow, Setting, procedure_of
from gezhi.cases.deadlines import after_minutes, due_at, is_working, minutes_between
from gezhi.cases.giving import require_may_have, require_may_keep
from gezhi.cases.going_over import gone_over, in_its_pack, is_other
from gezhi.cases.levels import above, below
from gezhi.cases.limits import state_due, state_length
from gezhi.cases.procedure import Given, Refused, state_of
from gezhi.cases.watching import rewound, woken
from gezhi.packs.shapes import ORDER_LIMIT, REPORT_IN_LIMIT, Effect, Kind, Need, State, Transition

YELLOW, RED = 1, 2
OPENS_AGAIN = frozenset({Kind.REOPEN, Kind.OVERTURN})
OTHER_LEVEL = frozenset({Effect.ESCALATE, Effect.HAND_DOWN})  # the state begins anew, with its whole limit
PARTNER_TURNS = {
    Effect.REPORT_IN: "received",
    Effect.FINISH_SHARE: "finished",
    Effect.MARK_ABSENT: "absent",
}


class Share(StrEnum):
    """What happens to the leading unit's share of the case."""

    GIVE = "give"
    RECEIVE = "received"
    FINISH = "finished"
    RETURN = "returned"
    CANCEL = "cancelled"


@dataclass(frozen=True, slots=True)
class Call:
    """A unit that is called to the case besides the one that leads. `kind`: whistle or joint."""

    unit_id: int
    kind: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Card:
    """What a unit is given by whoever supervises. `level`: yellow, red or order."""

    level: str
    unit_id: int | None
    due_at: datetime | None


def changed(row: CaseRow, step: Transition, given: Given, setting: Setting, at: datetime) -> CaseRow:
    """The case after the step. Raises Refused for a unit, category or place that is not known."""
    after = row
    if Effect.OPEN_CHILD in step.effects:
        _require_child(row, given, setting)
    else:
        after = _with_corrections(row, step, given, setting, at)
    if Effect.ASSIGN in step.effects:
        unit = require_unit(given.unit_id, setting)
        _require_other(step, row, unit)
        require_may_have(after, unit, setting)
    elif Effect.REASSIGN in step.effects or _is_corrected(row, after):
        require_may_keep(after, setting)
    for effect in step.effects:
        after = _FACETS.get(effect, _unchanged)(after, given, setting, at)
    after = _in_state(after, row, step, setting, at)
    if Effect.EXTEND in step.effects:
        after = rewound(_extended(after, given, setting), setting, at)
    if Effect.SET_LIMIT in step.effects and given.length:
        after = rewound(replace(after, due_at=due_at(at, given.length, setting.office)), setting, at)
    return replace(after, version=row.version + 1)


def _is_corrected(before: CaseRow, after: CaseRow) -> bool:
    return (before.category, before.place_code) != (after.category, after.place_code)


def shares(step: Transition, has_active: bool) -> list[Share]:
    """What the step does to the lead; a new one ends the active one first."""
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


def calls(
    row: CaseRow, step: Transition, given: Given, there: Sequence[int], setting: Setting, at: datetime
) -> list[Call]:
    """The units called by a whistle or to handle jointly. `there`: units with a share already. Raises Refused."""
    kind = "whistle" if Effect.CALL in step.effects else "joint" if Effect.CALL_JOINT in step.effects else ""
    if not kind:
        return []
    for unit in given.unit_ids:
        require_may_have(row, require_unit(unit, setting), setting)
    wanted = [unit for unit in dict.fromkeys(given.unit_ids) if unit not in there and unit != row.unit_id]
    if not wanted:
        raise Refused(
            "called-already",
            "所选单位都已参与本案件。",
            "All of these units take part in the case already. Choose others.",
        )
    limit = _length(REPORT_IN_LIMIT, setting, at)
    due = due_at(at, limit, setting.office) if limit else None
    return [Call(unit, kind, due) for unit in wanted]


_CARDS = {Effect.YELLOW_CARD: "yellow", Effect.RED_CARD: "red", Effect.ORDER: "order"}


def cards(row: CaseRow, step: Transition, given: Given, setting: Setting, at: datetime) -> list[Card]:
    """What is given to the unit that leads, or to the one that stayed away."""
    unit = given.unit_id if step.kind is Kind.ABSENT else row.unit_id
    return [
        _card(level, unit, given, setting, at) for effect, level in _CARDS.items() if effect in step.effects
    ]


def _card(level: str, unit: int | None, given: Given, setting: Setting, at: datetime) -> Card:
    length = (given.length or _length(ORDER_LIMIT, setting, at)) if level == "order" else None
    return Card(level, unit, due_at(at, length, setting.office) if length else None)


def _length(parameter: str, setting: Setting, at: datetime) -> str | None:
    limit = setting.catalogue.limit(parameter, at.astimezone(setting.office.zone).date())
    return limit.length if limit else None


Facet = Callable[[CaseRow, Given, Setting, datetime], CaseRow]


def _unchanged(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    return row


def _assign(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    return replace(row, unit_id=given.unit_id)


def _release(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    return replace(row, unit_id=None, suggested_unit_id=row.unit_id or row.suggested_unit_id)


def _rate(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    """The worst rating of a case's reporters since it was closed stands for it."""
    assert given.rating is not None
    return replace(row, rating=given.rating if row.rating is None else min(row.rating, given.rating))


def _escalate(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    return _held(row, above(row.held_code, row.place_code, setting.root, setting.directory.centres), setting)


def _hand_down(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    return _held(row, below(row.held_code, row.place_code, setting.directory.centres), setting)


def _held(row: CaseRow, held: str, setting: Setting) -> CaseRow:
    unit = _responsible(row.category, held or row.place_code, row, setting)
    return replace(row, held_code=held, suggested_unit_id=unit or row.suggested_unit_id)


def _stop_clock(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    left = (
        0
        if row.due_at is None
        else minutes_between(at, row.due_at, _works(row, row.state, setting), setting.office)
    )
    return replace(row, clock_left=left)


def _open_child(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    return replace(row, open_children=row.open_children + 1)


def _yellow(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    return replace(row, card=max(row.card, YELLOW))


def _red(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    return replace(row, card=RED)


def _order(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    return replace(row, ordered=True)


def _answer_order(row: CaseRow, given: Given, setting: Setting, at: datetime) -> CaseRow:
    return replace(row, ordered=False)


_FACETS: dict[Effect, Facet] = {
    Effect.ASSIGN: _assign,
    Effect.RETURN_ASSIGNMENT: _release,
    Effect.CANCEL_ASSIGNMENTS: _release,
    Effect.RECORD_RATING: _rate,
    Effect.ESCALATE: _escalate,
    Effect.HAND_DOWN: _hand_down,
    Effect.STOP_CLOCK: _stop_clock,
    Effect.OPEN_CHILD: _open_child,
    Effect.YELLOW_CARD: _yellow,
    Effect.RED_CARD: _red,
    Effect.ORDER: _order,
    Effect.ANSWER_ORDER: _answer_order,
}


def require_unit(unit_id: int | None, setting: Setting) -> int:
    """Raises Refused for a unit that is not in force."""
    if unit_id is None or unit_id not in setting.directory.units:
        raise Refused(
            "unknown-unit",
            f"没有编号为 {unit_id} 的单位，请从单位列表中选择。",
            f"There is no unit {unit_id}. Choose one of the units in force.",
        )
    return unit_id


def _require_other(step: Transition, row: CaseRow, unit_id: int) -> None:
    """Raises Refused for a transfer to where the case is: its limits would begin anew for nothing."""
    if step.kind is Kind.TRANSFER and unit_id == row.unit_id:
        raise Refused(
            "same-unit",
            "案件就在该单位，请选择其他单位；需要更多时间请申请延期。",
            "The case is with this unit already. Choose another one, or ask to extend the limit.",
        )


def _require_child(row: CaseRow, given: Given, setting: Setting) -> None:
    """What is given is the child's, and may follow another procedure. Raises Refused."""
    _require_known(given.category or row.category, given.place_code or row.place_code, setting)
    if given.unit_id is not None:
        require_unit(given.unit_id, setting)


def _with_corrections(
    row: CaseRow, step: Transition, given: Given, setting: Setting, at: datetime
) -> CaseRow:
    allowed = {*step.needs, *step.may}
    category = given.category if Need.CATEGORY in allowed and given.category else row.category
    place = given.place_code if Need.PLACE in allowed and given.place_code else row.place_code
    if (category, place) == (row.category, row.place_code):
        return row
    _require_known(category, place, setting)
    if is_other(category, row, setting):
        row = gone_over(row, category, step, setting, at)
    elif category != row.category:
        row = in_its_pack(row, category, setting)
    if category != row.category:
        row = replace(row, limits="", function="")  # rules chose them for the other category
    held = row.held_code if place == row.place_code else ""
    unit = _responsible(category, held or place, row, setting)
    return replace(row, category=category, place_code=place, held_code=held, suggested_unit_id=unit)


def _responsible(category: str, place: str, row: CaseRow, setting: Setting) -> int | None:
    kind = setting.catalogue.category(category)
    unit = setting.directory.responsible(category, row.function or kind.function, place, grids=kind.grids)
    return unit.id if unit else None


def _require_known(category: str, place: str, setting: Setting) -> None:
    if category not in setting.catalogue.reportable_keys:
        raise Refused(
            "unknown-category",
            f"类别“{category}”不在目录中。",
            f"Category '{category}' is not in the catalogue.",
        )
    if place not in setting.places:
        raise Refused(
            "unknown-place",
            f"没有编码为 {place} 的区划或网格。",
            f"No jurisdiction or grid has the code {place}.",
        )


def _in_state(row: CaseRow, before: CaseRow, step: Transition, setting: Setting, at: datetime) -> CaseRow:
    procedure = procedure_of(row, setting.catalogue)
    state = state_of(procedure, step.to or row.state)
    if state.key == row.state and not OTHER_LEVEL.intersection(step.effects):
        return _staying(row, before, state, setting, at)
    again = step.kind in OPENS_AGAIN
    closing = row.is_open and not state.open
    resumed = Effect.START_CLOCK in step.effects and row.clock_left is not None
    after = replace(
        row,
        state=state.key,
        is_open=state.open,
        state_at=at,
        due_at=_due(row, state, setting, at) if not resumed else None,
        overdue_at=None,
        closed_at=at if closing else None if state.open else row.closed_at,
        reopen_count=row.reopen_count + again,
        rating=None if again else row.rating,
        card=0 if again else row.card,
        ordered=row.ordered and state.open,
        unit_id=None if again else row.unit_id,
        suggested_unit_id=(row.unit_id or row.suggested_unit_id) if again else row.suggested_unit_id,
        watched=0,
        asked=None,
    )
    if resumed:
        after = _resumed(after, setting, at)
    if Effect.STOP_CLOCK not in step.effects:
        after = replace(after, clock_left=None)
    return woken(after, setting)


def _staying(row: CaseRow, before: CaseRow, state: State, setting: Setting, at: datetime) -> CaseRow:
    """Another category brings its own limit, counted from when the state began; one that lies ahead may pass."""
    if row.category == before.category:
        return row
    due = _due(row, state, setting, row.state_at)
    ahead = due is None or due > at
    return rewound(replace(row, due_at=due, overdue_at=None if ahead else row.overdue_at), setting, at)


def _due(row: CaseRow, state: State, setting: Setting, at: datetime) -> datetime | None:
    category = setting.catalogue.category(row.category)
    return state_due(state, category, setting.catalogue, at, setting.office, row.limits)


def _works(row: CaseRow, state: str, setting: Setting) -> bool:
    """Whether the state's limit is working time."""
    limits = row.limits or setting.catalogue.category(row.category).limits
    found = state_of(procedure_of(row, setting.catalogue), state)
    length = state_length(found, limits, setting.catalogue, row.state_at, setting.office)
    return length is not None and is_working(length)


def _resumed(row: CaseRow, setting: Setting, at: datetime) -> CaseRow:
    working = _works(row, row.state, setting)
    return replace(row, due_at=after_minutes(at, row.clock_left or 0, working, setting.office))


def _extended(row: CaseRow, given: Given, setting: Setting) -> CaseRow:
    if row.due_at is None:
        return row
    return replace(row, due_at=due_at(row.due_at, given.length, setting.office), overdue_at=None)
