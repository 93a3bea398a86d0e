"""Running a pack's situations on the engine: no database, no screen, only decisions and the calendar. Pure."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from gezhi.cases.case_row import CaseRow, Setting, procedure_of
from gezhi.cases.deadlines import IsWorkday, Office, due_at
from gezhi.cases.deciding import decided
from gezhi.cases.going_over import require_nobody_called
from gezhi.cases.limits import state_due
from gezhi.cases.opening import SENSED, facts_of, opening, rules_for
from gezhi.cases.procedure import Given, Refused, Standing, choose
from gezhi.cases.stepping import OPENS_AGAIN, PARTNER_TURNS, calls
from gezhi.cases.workdays import is_workday
from gezhi.packs.catalogue import Published, catalogue_of
from gezhi.packs.shapes import Kind, Pack, Situation, Step, Transition
from gezhi.people.directory import Directory, UnitCard
from gezhi.people.duties_apart import HANDLING, HANDLING_ROLES, Doer

ZONE = ZoneInfo("Asia/Shanghai")
ROOT, PLACE = "110000000000", "110101001001001"


@dataclass(frozen=True)
class Failure:
    situation: str
    step: int
    problem: str


class AnyPlace:
    def __contains__(self, code: object) -> bool:
        return True


def run_pack(pack: Pack, is_workday: IsWorkday, needed: Sequence[Pack] = ()) -> list[Failure]:
    """The failures of all situations of a pack; empty when each goes as it says. `needed`: the packs it needs."""
    packs = [*needed, pack]
    catalogue = catalogue_of([Published(number, one, True) for number, one in enumerate(packs, start=1)])
    duties = frozenset(function.key for one in packs for function in one.functions)
    units = [unit for situation in pack.situations for unit in _units(situation)]
    cards = [
        UnitCard(number, name, name, name, ROOT, duties)
        for number, name in enumerate(dict.fromkeys(["unit", *units]), start=1)
    ]
    directory = Directory({card.id: card for card in cards})
    setting = Setting(catalogue, directory, Office(is_workday, ZONE), AnyPlace(), ROOT)
    stories = (Story(situation, setting) for situation in pack.situations)
    return [failure for story in stories if (failure := story.run())]


def _units(situation: Situation) -> Iterator[str]:
    for step in situation.steps:
        yield from filter(None, (step.given.get("unit"), *step.given.get("units", "").split(",")))


class Story:
    """One situation as it runs: the case, who did what, which units take part."""

    def __init__(self, situation: Situation, setting: Setting) -> None:
        self.situation, self.setting = situation, setting
        at = datetime.fromisoformat(situation.starts)
        self.at = at if at.tzinfo else at.replace(tzinfo=ZONE)
        self.row = _opened(situation, setting, self.at)
        self.people: dict[str, int] = {}
        self.did: dict[Kind, set[int]] = {}
        self.handlers: set[int] = set()
        self.counts: Counter[Kind] = Counter()
        self.rated: set[str] = set()
        self.partners: dict[int, str] = {}
        self.numbers = {card.name: card.id for card in setting.directory.units.values()}

    def run(self) -> Failure | None:
        for number, step in enumerate(self.situation.steps, start=1):
            problem = self._step(step)
            if problem:
                return Failure(self.situation.title, number, problem)
        problem = self._end()
        return Failure(self.situation.title, len(self.situation.steps), problem) if problem else None

    def _step(self, step: Step) -> str | None:
        if step.after:
            self.at = due_at(self.at, step.after, self.setting.office)
        try:
            taken = self._taken(step)
        except Refused as refused:
            return None if step.refused == refused.code else f"refused as {refused.code}: {refused}"
        if step.refused:
            return f"should be refused as {step.refused}, was allowed"
        if step.then and step.then != self.row.state:
            return f"should lead to {step.then}, led to {self.row.state}"
        self._remember(step, taken)
        return None

    def _taken(self, step: Step) -> Transition:
        nobody = step.by in ("system", "reporter")
        account = None if nobody else self.people.setdefault(step.person, len(self.people) + 1)
        given = self._given(step)
        procedure = procedure_of(self.row, self.setting.catalogue)
        doer, standing = Doer(account, frozenset({step.by})), self._standing(step)
        found = choose(procedure, standing, step.do, doer, given)
        decision = decided(found, self.row, given, doer, standing, self.setting, self.at)
        require_nobody_called(self.row, decision.after, self._waiting())
        called = calls(self.row, decision.transition, decision.given, [*self.partners], self.setting, self.at)
        self.row = decision.after
        self.partners |= dict.fromkeys((call.unit_id for call in called), "open")
        self._partner(decision.transition, given)
        return decision.transition

    def _standing(self, step: Step) -> Standing:
        row = self.row
        return Standing(
            row.state,
            row.due_at is not None and row.due_at <= self.at,
            self.did,
            self.counts,
            step.person in self.rated,
            shares=tuple(str(unit) for unit in self._waiting()),
            children=row.open_children,
            asked=row.asked is not None,
            ordered=row.ordered,
            held_above=row.held_code != "",
            handlers=self.handlers,
        )

    def _waiting(self) -> list[int]:
        return [unit for unit, state in self.partners.items() if state in ("open", "received")]

    def _partner(self, taken: Transition, given: Given) -> None:
        """The share that is meant is the unit named, or the first that has something to do."""
        for effect, turn in PARTNER_TURNS.items():
            if effect in taken.effects:
                unit = given.unit_id if given.unit_id in self.partners else next(iter(self._waiting()), None)
                if unit is not None:
                    self.partners[unit] = turn

    def _remember(self, step: Step, taken: Transition) -> None:
        who = {self.people[step.person]} if step.person in self.people else set()
        self.did[taken.kind] = who
        if taken.kind.value in HANDLING and step.by in HANDLING_ROLES:
            self.handlers |= who
        if taken.kind in OPENS_AGAIN:
            self.rated, self.counts = set(), Counter()
        elif taken.kind is Kind.RATE:
            self.rated.add(step.person)
        self.counts[taken.kind] += 1

    def _given(self, step: Step) -> Given:
        said = step.given
        units = filter(None, said.get("units", "").split(","))
        return Given(
            reason=said.get("reason", ""),
            text=said.get("text", ""),
            unit_id=self.numbers[said["unit"]] if "unit" in said else None,
            unit_ids=tuple(self.numbers[name] for name in units),
            length=said.get("length", ""),
            form={"given": True} if "form" in said else {},
            category=said.get("category", ""),
            place_code=said.get("place", ""),
            rating=int(said["rating"]) if "rating" in said else None,
            case_number=said.get("case", ""),
            report_id=1 if "report" in said else None,
            evidence=tuple(filter(None, said.get("evidence", "").split(","))),
        )

    def _end(self) -> str | None:
        situation, row = self.situation, self.row
        if row.state != situation.ends:
            return f"should end in {situation.ends}, ends in {row.state}"
        overdue = row.due_at is not None and row.due_at < self.at
        if overdue != situation.overdue:
            return f"should {'' if situation.overdue else 'not '}be overdue at {self.at}, due {row.due_at}"
        due = row.due_at.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if row.due_at else "never"
        if situation.due and due != situation.due:
            return f"should be due {situation.due}, is due {due}"
        return None


def _opened(situation: Situation, setting: Setting, at: datetime) -> CaseRow:
    category = setting.catalogue.category(situation.category)
    procedure = setting.catalogue.procedure_of(category.key)
    state = procedure.states[0]
    rules = rules_for(category, setting.catalogue)
    source, said = "portal", dict(situation.form)
    if situation.warning:
        source, said["warning_level"] = SENSED, situation.warning
    facts = facts_of(situation.title, source, said, rules.form, at, PLACE)
    opens = opening(rules.rules, facts)
    return CaseRow(
        id=1,
        number="1",
        pack_version_id=setting.catalogue.pack_version_id(category.key),
        procedure=procedure.key,
        category=category.key,
        state=state.key,
        is_open=state.open,
        place_code=PLACE,
        unit_id=None,
        suggested_unit_id=None,
        opened_at=at,
        state_at=at,
        due_at=state_due(state, category, setting.catalogue, at, setting.office, opens.limits),
        overdue_at=None,
        closed_at=None,
        reopen_count=0,
        rating=None,
        report_count=1,
        version=1,
        limits=opens.limits,
        function=opens.function,
    )


def prove(pack: Pack, needed: Sequence[Pack] = ()) -> list[str]:
    """The failing situations of a pack by the national calendar, a line each."""
    failures = run_pack(pack, is_workday, needed)
    return [f"{one.situation}, step {one.step}: {one.problem}" for one in failures]
