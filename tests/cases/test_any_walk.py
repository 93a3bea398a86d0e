"""Ten thousand random walks over every shipped procedure: no dead end, nobody's case, or clock that is wrong.

The clock is computed a second time, slowly and in another way: every working minute of two years is listed, and
limits are counted along the list.
"""

import os
import random
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import chinese_calendar
import pytest
from django.conf import settings

from gezhi.cases.case_row import CaseRow, Setting, procedure_of
from gezhi.cases.deadlines import Office
from gezhi.cases.deciding import decided
from gezhi.cases.procedure import Given, Refused, Standing, choose
from gezhi.cases.situations import PLACE, ROOT, ZONE, AnyPlace
from gezhi.cases.stepping import OPENS_AGAIN, OTHER_LEVEL, calls
from gezhi.cases.workdays import is_workday
from gezhi.packs.catalogue import Catalogue, Published, catalogue_of
from gezhi.packs.loading import pack_folders, read_pack
from gezhi.packs.shapes import Category, Effect, Kind, Need, State, Transition
from gezhi.people.directory import Directory, UnitCard
from gezhi.people.duties_apart import Doer

WALKS = int(os.environ.get("WALKS", "10000"))
STEPS = 20
LENGTHS = ("2 working hours", "1 working days", "3 working days", "4 working days", "40 working minutes")
YEARS = (2025, 2031)
ANNOUNCED = 2026


def rests(day: date) -> bool:
    """By the notices for 2025 and 2026; later years are not announced yet and count Monday to Friday."""
    return bool(chinese_calendar.is_holiday(day)) if day.year <= ANNOUNCED else day.weekday() >= 5


def list_of_working_minutes() -> list[datetime]:
    """Every minute that is worked, at its beginning: 8:30-12:00 and 13:30-17:30 of each workday."""
    found = []
    day = date(YEARS[0], 12, 1)
    while day < date(YEARS[-1], 12, 31):
        if not rests(day):
            found += [datetime.combine(day, time(8, 30), ZONE) + timedelta(minutes=n) for n in range(210)]
            found += [datetime.combine(day, time(13, 30), ZONE) + timedelta(minutes=n) for n in range(240)]
        day += timedelta(days=1)
    return found


MINUTES = list_of_working_minutes()


def later(start: datetime, minutes: int) -> datetime:
    """The end of the last of so many working minutes, the first beginning at `start` or after it."""
    begun = bisect_right(MINUTES, start) - 1
    inside = begun >= 0 and MINUTES[begun] <= start < MINUTES[begun] + timedelta(minutes=1)
    part = start - MINUTES[begun] if inside else timedelta()
    first = begun if inside else bisect_left(MINUTES, start)
    if not minutes:
        return start
    last = MINUTES[first + minutes - 1] + timedelta(minutes=1)
    if not part:
        return last
    following = MINUTES[first + minutes]
    return following + part if following != last else last + part


def slow_due(start: datetime, length: str) -> datetime:
    count, unit = length.split(" ", 1)
    number = int(count)
    if unit == "working days":
        return working_days_later(start, number)
    if unit.startswith("working"):
        return later(start.astimezone(ZONE), number * (60 if "hour" in unit else 1))
    return start + timedelta(**{unit if unit.endswith("s") else unit + "s": number})


def working_days_later(start: datetime, number: int) -> datetime:
    """The same time of day on a later workday; a time outside office hours begins with the next ones."""
    local = start.astimezone(ZONE)
    begun = bisect_right(MINUTES, local) - 1
    inside = begun >= 0 and local < MINUTES[begun] + timedelta(minutes=1)
    first = local if inside else MINUTES[bisect_left(MINUTES, local)]
    days = [first.date() + timedelta(days=n) for n in range(1, number * 3 + 30)]
    return datetime.combine([day for day in days if not rests(day)][number - 1], first.time(), ZONE)


def minutes_left(at: datetime, due: datetime, length: str) -> int:
    if "working" not in length:
        return max(0, int((due - at).total_seconds() // 60))
    return bisect_left(MINUTES, due) - bisect_left(MINUTES, at)


@dataclass
class Walk:
    """One case on its way, with a second opinion about its clock."""

    catalogue: Catalogue
    category: Category
    setting: Setting
    chance: random.Random
    at: datetime
    seen: Counter[tuple[str, str]]
    row: CaseRow = field(init=False)
    due: datetime | None = field(init=False)
    left: int | None = None
    did: dict[Kind, set[int]] = field(default_factory=dict)
    counts: Counter[Kind] = field(default_factory=Counter)
    partners: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        procedure = self.catalogue.procedure_of(self.category.key)
        state = procedure.states[0]
        self.due = self._limit(state)
        self.row = CaseRow(
            *(1, "1", self.catalogue.pack_version_id(self.category.key), procedure.key, self.category.key),
            *(state.key, state.open, PLACE, None, None, self.at, self.at, self.due),
            *(None, None, 0, None, 1, 1),
        )

    def length(self, state: State) -> str | None:
        if state.limit is None:
            return None
        day = self.at.astimezone(ZONE).date()
        keys = (f"{state.limit}.{self.category.limits}", state.limit)
        limits = (self.catalogue.limit(key, day) for key in keys)
        return next((limit.length for limit in limits if limit), None)

    def _limit(self, state: State) -> datetime | None:
        length = self.length(state)
        return slow_due(self.at, length) if length else None

    @property
    def state(self) -> State:
        procedure = procedure_of(self.row, self.catalogue)
        return next(one for one in procedure.states if one.key == self.row.state)

    def step(self) -> bool:
        """Whether it was taken."""
        self.at += timedelta(minutes=self.chance.choice((0, 1, 7, 55, 180, 1440, 4000)))
        if self.row.due_at is not None and self.chance.random() < 0.1:
            self.at = max(self.at, self.row.due_at)
        wanted = self._wanted()
        role, account = self.chance.choice(wanted.by), self.chance.randint(1, 6)
        taken = self.take(wanted, role, account, self._given(wanted))
        self.seen[wanted.key, self.row.procedure] += taken
        return taken

    def _wanted(self) -> Transition:
        """Any transition at all; mostly one that is known here, often the one that was taken least so far."""
        procedure = procedure_of(self.row, self.catalogue)
        here = [one for one in procedure.transitions if self.row.state in one.source]
        draw = self.chance.random()
        if not here or draw < 0.15:
            return self.chance.choice(procedure.transitions)
        if draw < 0.4:
            return self.chance.choice(here)
        away = [one for one in here if one.to not in (None, self.row.state)]
        return min(
            away or here, key=lambda one: self.seen[one.key, procedure.key] * (1 + self.chance.random())
        )

    def take(self, wanted: Transition, role: str, account: int, given: Given) -> bool:
        before = self.row
        procedure = procedure_of(before, self.catalogue)
        person = None if role in ("system", "reporter") else account
        try:
            doer, standing = Doer(person, frozenset({role})), self.standing()
            found = choose(procedure, standing, wanted.key, doer, given)
            decision = decided(found, before, given, doer, standing, self.setting, self.at)
            called = calls(
                before, decision.transition, decision.given, [*self.partners], self.setting, self.at
            )
        except Refused:
            return self.row != before
        self.row = decision.after
        self.partners |= dict.fromkeys((call.unit_id for call in called), "open")
        self._second_opinion(before, decision.transition, decision.given)
        self._remember(decision.transition, person)
        return True

    def standing(self) -> Standing:
        row = self.row
        late = row.due_at is not None and row.due_at <= self.at
        waiting = tuple(str(unit) for unit, state in self.partners.items() if state == "open")
        return Standing(
            *(row.state, late, self.did, self.counts, False, False, waiting, row.open_children),
            *(row.asked is not None, row.ordered),
        )

    def _remember(self, taken: Transition, person: int | None) -> None:
        self.did[taken.kind] = set() if person is None else {person}
        if taken.kind in OPENS_AGAIN:
            self.counts = Counter()
        self.counts[taken.kind] += 1
        if {Effect.FINISH_SHARE, Effect.MARK_ABSENT} & {*taken.effects}:
            self.partners = {}
        if Effect.OPEN_CHILD in taken.effects:  # the child is closed elsewhere
            self.row = CaseRow(**{**_plain(self.row), "open_children": 0})

    def _given(self, wanted: Transition) -> Given:
        full = self.chance.random() < 0.9
        return full_given(wanted, self.chance.choice(LENGTHS), self.chance.randint(1, 5)) if full else Given()

    def _second_opinion(self, before: CaseRow, taken: Transition, given: Given) -> None:
        effects = {*taken.effects}
        if Effect.STOP_CLOCK in effects and before.due_at is not None:
            was = next(s for s in procedure_of(before, self.catalogue).states if s.key == before.state)
            self.left = minutes_left(self.at, before.due_at, self.length(was) or "")
        if Effect.EXTEND in effects and self.due is not None:
            self.due = slow_due(self.due, given.length)
        elif Effect.SET_LIMIT in effects and given.length:
            self.due = slow_due(self.at, given.length)
        elif self.row.state != before.state or OTHER_LEVEL & effects:
            if Effect.START_CLOCK in effects and self.left is not None:
                working = "working" in (self.length(self.state) or "")
                self.due = later(self.at, self.left) if working else self.at + timedelta(minutes=self.left)
            else:
                self.due = self._limit(self.state)
        assert self.row.due_at == self.due, (taken.key, before.state, self.row.due_at, self.due, self.at)

    def check(self) -> None:
        state = self.state
        if not self.row.is_open:
            return
        assert state.worked_by, f"nobody works {state.key}"
        assert self.row.due_at is not None, f"{state.key} has no next limit"
        assert any(self._leads_on(step) for step in self._ways()), f"{state.key} is a dead end"

    def _ways(self) -> Iterator[Transition]:
        procedure = procedure_of(self.row, self.catalogue)
        for step in procedure.transitions:
            if self.row.state in step.source and step.to not in (None, self.row.state):
                yield step

    def _leads_on(self, step: Transition) -> bool:
        """Whether somebody may take this way, now or once the limit has passed, when what is asked or awaited of
        others has been dealt with (which the system or they can always do)."""
        row = CaseRow(**{**_plain(self.row), "asked": None, "open_children": 0})
        late = Standing(row.state, step.when_overdue, {}, self.counts)
        for role in step.by:
            person = None if role in ("system", "reporter") else 99
            given = full_given(step, LENGTHS[0], 3)
            procedure = procedure_of(row, self.catalogue)
            try:
                doer = Doer(person, frozenset({role}))
                choose(procedure, late, step.key, doer, given)
                decided(step, row, given, doer, late, self.setting, self.at)
            except Refused:
                continue
            return True
        return False


def full_given(step: Transition, length: str, rating: int) -> Given:
    """All that the step may want, and no correction of the category or the place."""
    return Given(
        reason="理由",
        text="说明",
        unit_id=2,
        unit_ids=(2, 3),
        rating=rating if Need.RATING in (*step.needs, *step.may) else None,
        case_number="1",
        report_id=1,
        evidence=("photo",),
        length=length if Need.LENGTH in (*step.needs, *step.may) else "",
        form={"given": True},
    )


def _plain(row: CaseRow) -> dict[str, object]:
    return {name: getattr(row, name) for name in CaseRow.__dataclass_fields__}


@pytest.fixture(scope="module")
def setting() -> Setting:
    packs = [read_pack(folder) for folder in pack_folders(settings.PACKS_DIR)]
    published = [Published(number, pack, True) for number, pack in enumerate(packs, start=1)]
    duties = frozenset(function.key for pack in packs for function in pack.functions)
    units = {n: UnitCard(n, f"u{n}", f"单位{n}", f"Unit {n}", ROOT, duties) for n in (1, 2, 3)}
    return Setting(catalogue_of(published), Directory(units), Office(is_workday, ZONE), AnyPlace(), ROOT)


def test_every_shipped_procedure_survives_random_walks(setting: Setting) -> None:
    catalogue = setting.catalogue
    of_procedure = {one.procedure: one for one in catalogue.reportable}
    chance = random.Random(2026)
    reached: set[tuple[str, str]] = set()
    seen: Counter[tuple[str, str]] = Counter()
    for number in range(WALKS):
        category = [*of_procedure.values()][number % len(of_procedure)]
        start = datetime(2026, 1, 1, tzinfo=ZONE) + timedelta(minutes=chance.randrange(300 * 1440))
        walk = Walk(catalogue, category, setting, chance, start, seen)
        for _ in range(STEPS):
            if walk.step():
                walk.check()
                reached.add((walk.row.procedure, walk.row.state))
    procedures = [catalogue.procedure_of(category.key) for category in of_procedure.values()]
    for procedure in procedures if WALKS >= 10_000 else ():  # fewer walks see less
        states = {(procedure.key, state.key) for state in procedure.states}
        assert len(states & reached) * 2 >= len(states), (procedure.key, states - reached)
