"""Who plays whom: the people in post, found by what a step needs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from gezhi.cases.actions import Step, Who
from gezhi.cases.case_row import CaseRow, procedure_of
from gezhi.cases.filling import form_of_step
from gezhi.cases.procedure import Given
from gezhi.cases.world import World
from gezhi.demo import texts
from gezhi.demo.filling import fill_in
from gezhi.demo.photos import Album, Taken, copy
from gezhi.demo.scenes import Move, Scene, Waiting
from gezhi.lib.codes import CITY, COUNTY, TOWN, VILLAGE, ancestor_at, level_of
from gezhi.packs.forms import Value
from gezhi.packs.shapes import Kind, Need, Transition
from gezhi.people.access import Actor, HeldPost
from gezhi.people.directory import CONTRACTOR, is_grid
from gezhi.people.models import Post, Role

HIRED = 0.6  # of the matters that a contract covers, which the contractor gets
CALLED = (1, 1, 2, 2, 3)  # units, by a whistle
ASKED_LENGTH = "3 working days"
Where = Mapping[int, tuple[float, float]]  # case -> longitude, latitude


@dataclass(frozen=True)
class Cast:
    """`bureaus`: by city or county, the units that have a handler there."""

    at_centres: Mapping[tuple[str, str], Sequence[Actor]]  # (role, city, county or town)
    at_units: Mapping[int, Sequence[Actor]]
    at_grids: Mapping[str, Actor]
    bureaus: Mapping[str, Sequence[int]]

    def at_centre(self, role: str, place: str, rng: Random) -> Actor | None:
        """Of the nearest jurisdiction that has such a post; a town's own dispatcher leaves half to the county's."""
        level = min(level_of(place), TOWN)
        levels = range(level, CITY - 1, -1) if rng.random() < 0.5 else range(min(level, COUNTY), CITY - 1, -1)
        found = (self.at_centres.get((role, ancestor_at(place, one))) for one in levels)
        people = next(filter(None, found), None)
        return rng.choice(people) if people else None

    def handler(self, row: CaseRow, world: World, rng: Random) -> Actor | None:
        """The unit's handler; for a community the grid's own worker, where the matter lies in a grid."""
        unit = world.directory.units.get(row.unit_id or 0)
        at_grid = self.at_grids.get(row.place_code) if is_grid(row.place_code) else None
        if at_grid and unit and level_of(unit.place_code) == VILLAGE:
            return at_grid
        return self.at_unit(row.unit_id, rng)

    def at_unit(self, unit_id: int | None, rng: Random) -> Actor | None:
        people = self.at_units.get(unit_id or 0)
        return rng.choice(people) if people else None


def cast_on(day: date) -> Cast:
    """One statement."""
    centres: dict[tuple[str, str], list[Actor]] = defaultdict(list)
    units: dict[int, list[Actor]] = defaultdict(list)
    grids: dict[str, Actor] = {}
    bureaus: dict[str, list[int]] = defaultdict(list)
    rows = Post.objects.filter(valid_from__lte=day).exclude(valid_to__lte=day).order_by("id")
    columns = (
        "account_id",
        "account__name",
        "id",
        "role",
        "unit_id",
        "unit__name",
        "place_code",
        "unit__kind",
    )
    for account, name, pk, role, unit, unit_name, place, kind in rows.values_list(*columns):
        held = HeldPost(pk, role, unit, unit_name, place)
        actor = Actor(account, name, (held,))
        if held.role == Role.GRID_WORKER:
            grids.setdefault(held.place_code, actor)
        elif held.role != Role.HANDLER:
            centres[held.role, held.place_code].append(actor)
        else:
            if kind != CONTRACTOR and unit not in units and level_of(place) <= COUNTY:
                bureaus[place].append(unit)
            units[held.unit_id].append(actor)
    return Cast(dict(centres), dict(units), grids, dict(bureaus))


@dataclass(frozen=True)
class Stage:
    """Everything that a play needs besides the cases. `system`: the account of another system that reports.
    `unusual`: how many times as often as in everyday life the straight way is left."""

    world: World
    cast: Cast
    album: Album
    system: int
    seed: int
    unusual: float = 1.0


def scene_of(
    row: CaseRow,
    truth: str,
    report_id: int,
    stage: Stage,
    partners: Sequence[Waiting] = (),
    refused: frozenset[str] = frozenset(),
) -> Scene:
    """A matter stays with the procedure that it was opened with: a truth with another one is not looked for."""
    catalogue = stage.world.catalogue
    same = catalogue.category(truth).procedure == row.procedure
    procedure = procedure_of(row, catalogue)
    return Scene(row, truth if same else row.category, procedure, report_id, tuple(partners), refused)


def step_of(scene: Scene, move: Move, where: Where, stage: Stage, at: datetime, rng: Random) -> Step | None:
    """The move as a step by a person in post. None when nobody could do it, or lacks what it needs."""
    transition = next(step for step in scene.procedure.transitions if step.key == move.step)
    who = _who(scene, transition, move, stage, rng)
    given = _given(scene, transition, move, where, stage, at, rng) if who else None
    return Step(scene.row.id, move.step, who, given) if who and given else None


def _who(scene: Scene, step: Transition, move: Move, stage: Stage, rng: Random) -> Who | None:
    if move.role == "reporter":
        return Who(report_id=scene.report_id) if scene.report_id else None
    actor = _actor(scene.row, step, move, stage, rng)
    return Who(actor=actor) if actor else None


def _actor(row: CaseRow, step: Transition, move: Move, stage: Stage, rng: Random) -> Actor | None:
    cast = stage.cast
    if move.role == "partner":
        return cast.at_unit(move.unit, rng)
    if move.role == "handler":
        both = "grid-worker" in step.by
        return cast.handler(row, stage.world, rng) if both else cast.at_unit(row.unit_id, rng)
    if move.role == "grid-worker":
        return cast.at_grids.get(row.place_code)
    held = row.held_code if move.role == Role.DISPATCHER else ""
    return cast.at_centre(move.role, held or row.place_code, rng)


def _given(
    scene: Scene, step: Transition, move: Move, where: Where, stage: Stage, at: datetime, rng: Random
) -> Given | None:
    """What the move says, and what the step needs besides."""
    row, needs = scene.row, step.needs
    unit = _unit(row, step, move, stage, rng) if Need.UNIT in needs else None
    form = _form(row, step, stage, at, rng) if Need.FORM in needs else {}
    if form is None or (Need.UNIT in needs and unit is None):
        return None
    return Given(
        reason=move.reason or (texts.REASON if Need.REASON in needs else ""),
        text=move.text or (rng.choice(texts.DONE) if Need.TEXT in needs else ""),
        category=move.category,
        rating=move.rating,
        unit_id=unit,
        unit_ids=_units(row, step, stage, rng) if Need.UNITS in needs else (),
        length=move.length or (step.longest or ASKED_LENGTH if Need.LENGTH in needs else ""),
        form=form,
        evidence=_photos(scene, step, where, stage, at, rng),
    )


def _unit(row: CaseRow, step: Transition, move: Move, stage: Stage, rng: Random) -> int | None:
    function = row.function or stage.world.catalogue.category(row.category).function
    if step.kind is Kind.TRANSFER:
        return _another(row, stage, rng)
    if move.to_city:
        unit = stage.world.directory.responsible(row.category, function, stage.world.root)
        return unit.id if unit else row.suggested_unit_id
    hired = [
        card
        for card in stage.world.directory.contracts
        if card.covers(row.category, function, row.place_code)
    ]
    if hired and rng.random() < HIRED:
        return rng.choice(hired).unit_id
    return row.suggested_unit_id


def _another(row: CaseRow, stage: Stage, rng: Random) -> int | None:
    others = [unit for unit in _near(row, stage) if unit != row.unit_id]
    return rng.choice(others) if others else None


def _near(row: CaseRow, stage: Stage) -> Sequence[int]:
    """The bureaus of the case's county, else of the city."""
    county = ancestor_at(row.place_code, min(level_of(row.place_code), COUNTY))
    return stage.cast.bureaus.get(county) or stage.cast.bureaus.get(ancestor_at(row.place_code, CITY), ())


def _units(row: CaseRow, step: Transition, stage: Stage, rng: Random) -> tuple[int, ...]:
    others = [unit for unit in _near(row, stage) if unit not in (row.unit_id, row.suggested_unit_id)]
    count = rng.choice(CALLED) if step.kind is Kind.WHISTLE else 1
    return tuple(rng.sample(others, min(count, len(others))))


def _form(row: CaseRow, step: Transition, stage: Stage, at: datetime, rng: Random) -> dict[str, Value] | None:
    catalogue = stage.world.catalogue
    form = form_of_step(step, catalogue, row.pack_version_id)
    day = at.astimezone(stage.world.office.zone).date()
    facts = {"number": row.number, "today": day.isoformat(), "place": row.place_code}
    return fill_in(form, facts, day, rng) if form else {}


def _photos(
    scene: Scene, step: Transition, where: Where, stage: Stage, at: datetime, rng: Random
) -> tuple[str, ...]:
    """New pictures of after the work, taken at the place: as many as closing asks for."""
    row, catalogue = scene.row, stage.world.catalogue
    closing = catalogue.closing(row.pack_version_id, catalogue.category(row.category).closing)
    wanted = 1 if Need.EVIDENCE in step.needs else 0
    if closing and step.kind is Kind.FINISH and Need.EVIDENCE in {*step.needs, *step.may}:
        wanted = max(wanted, closing.least)
    place = where.get(row.id)
    taken = [_taken(row, place, at, rng) for _ in range(wanted)]
    return tuple(copy(rng.choice(stage.album.after), one).key for one in taken)


def _taken(row: CaseRow, place: tuple[float, float] | None, at: datetime, rng: Random) -> Taken:
    moment = max(row.state_at, at - timedelta(minutes=rng.uniform(1, 9)))
    if place is None:
        return Taken(moment)
    return Taken(moment, place[0] + rng.uniform(-1e-4, 1e-4), place[1] + rng.uniform(-1e-4, 1e-4))
