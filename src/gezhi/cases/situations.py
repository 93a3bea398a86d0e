"""Running a pack's situations on the engine: no database, no screen, only decisions and the calendar. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from gezhi.cases.deadlines import IsWorkday, Office, due_at
from gezhi.cases.limits import state_due
from gezhi.cases.procedure import Given, Refused, Standing, choose
from gezhi.cases.stepping import CaseRow, Setting, changed, procedure_of
from gezhi.cases.workdays import is_workday
from gezhi.packs.catalogue import Published, catalogue_of
from gezhi.packs.shapes import Kind, Pack, Situation, Step
from gezhi.people.directory import Directory, UnitCard

ZONE = ZoneInfo("Asia/Shanghai")
UNIT = UnitCard(1, "unit", "单位", "unit", "110000000000", frozenset())
FIRST_PLACE = "110000000000"


@dataclass(frozen=True)
class Failure:
    situation: str
    step: int
    problem: str


class AnyPlace:
    def __contains__(self, code: object) -> bool:
        return True


def run_pack(pack: Pack, is_workday: IsWorkday) -> list[Failure]:
    """The failures of all situations of a pack; empty when each goes as it says."""
    catalogue = catalogue_of([Published(1, pack, True)])
    directory = Directory({UNIT.id: replace(UNIT, functions=frozenset(one.key for one in pack.functions))})
    setting = Setting(catalogue, directory, Office(is_workday, ZONE), AnyPlace())
    return [failure for situation in pack.situations if (failure := _run(situation, setting))]


def _run(situation: Situation, setting: Setting) -> Failure | None:
    at = datetime.fromisoformat(situation.starts)
    at = at if at.tzinfo else at.replace(tzinfo=ZONE)
    row = _opened(situation, setting, at)
    people: dict[str, int] = {}
    did: dict[Kind, int | None] = {}
    rated: set[str] = set()
    for number, step in enumerate(situation.steps, start=1):
        at = due_at(at, step.after, setting.office) if step.after else at
        account = (
            None if step.by in ("system", "reporter") else people.setdefault(step.person, len(people) + 1)
        )
        standing = Standing(row.state, row.due_at is not None and row.due_at <= at, did, step.person in rated)
        try:
            taken = choose(
                procedure_of(row, setting.catalogue),
                standing,
                step.do,
                frozenset({step.by}),
                account,
                _given(step),
            )
            row = changed(row, taken, _given(step), setting, at)
        except Refused as refused:
            if step.refused != refused.code:
                return Failure(situation.title, number, f"refused as {refused.code}: {refused}")
            continue
        if step.refused:
            return Failure(situation.title, number, f"should be refused as {step.refused}, was allowed")
        if step.then and step.then != row.state:
            return Failure(situation.title, number, f"should lead to {step.then}, led to {row.state}")
        did[taken.kind] = account
        rated = (
            set()
            if taken.kind is Kind.REOPEN
            else rated | {step.person}
            if taken.kind is Kind.RATE
            else rated
        )
    return _end(situation, row, at)


def _end(situation: Situation, row: CaseRow, at: datetime) -> Failure | None:
    last = len(situation.steps)
    if row.state != situation.ends:
        return Failure(situation.title, last, f"should end in {situation.ends}, ends in {row.state}")
    overdue = row.due_at is not None and row.due_at < at
    if overdue != situation.overdue:
        return Failure(
            situation.title,
            last,
            f"should {'' if situation.overdue else 'not '}be overdue at {at}, due {row.due_at}",
        )
    return None


def _opened(situation: Situation, setting: Setting, at: datetime) -> CaseRow:
    category = setting.catalogue.category(situation.category)
    procedure = setting.catalogue.procedure_of(category.key)
    state = procedure.states[0]
    return CaseRow(
        id=1,
        number="1",
        pack_version_id=1,
        procedure=procedure.key,
        category=category.key,
        state=state.key,
        is_open=state.open,
        place_code=FIRST_PLACE,
        unit_id=None,
        suggested_unit_id=None,
        opened_at=at,
        state_at=at,
        due_at=state_due(state, category, setting.catalogue, at, setting.office),
        overdue_at=None,
        closed_at=None,
        reopen_count=0,
        rating=None,
        report_count=1,
        version=1,
    )


def _given(step: Step) -> Given:
    said = step.given
    return Given(
        reason=said.get("reason", ""),
        text=said.get("text", ""),
        unit_id=UNIT.id if "unit" in said else None,
        category=said.get("category", ""),
        place_code=said.get("place", ""),
        rating=int(said["rating"]) if "rating" in said else None,
        case_number=said.get("case", ""),
        report_id=1 if "report" in said else None,
        evidence=tuple(filter(None, said.get("evidence", "").split(","))),
    )


def prove(pack: Pack) -> list[str]:
    """The failing situations of a pack by the national calendar, a line each."""
    return [f"{one.situation}, step {one.step}: {one.problem}" for one in run_pack(pack, is_workday)]
