"""Who plays whom: the people in post, found by what a step needs."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from random import Random

from gezhi.cases.actions import Step, Who
from gezhi.cases.procedure import Given
from gezhi.cases.case_row import CaseRow
from gezhi.cases.world import World
from gezhi.demo.photos import Album, copy
from gezhi.demo.playing import Move
from gezhi.lib.codes import CITY, COUNTY, VILLAGE, ancestor_at, level_of
from gezhi.people.access import Actor, HeldPost
from gezhi.people.directory import is_grid
from gezhi.people.models import Post, Role


@dataclass(frozen=True)
class Cast:
    at_centres: Mapping[tuple[str, str], Sequence[Actor]]  # (role, city or county)
    at_units: Mapping[int, Sequence[Actor]]
    at_grids: Mapping[str, Actor]

    def at_centre(self, role: str, place: str, rng: Random) -> Actor:
        county = ancestor_at(place, min(level_of(place), COUNTY))
        people = self.at_centres.get((role, county)) or self.at_centres[role, ancestor_at(place, CITY)]
        return rng.choice(people)

    def handler(self, row: CaseRow, world: World, rng: Random) -> Actor:
        """The unit's handler; for a community the grid's own worker, where the matter lies in a grid."""
        unit = world.directory.units[row.unit_id or 0]
        if (
            is_grid(row.place_code)
            and level_of(unit.place_code) == VILLAGE
            and row.place_code in self.at_grids
        ):
            return self.at_grids[row.place_code]
        return rng.choice(self.at_units[unit.id])


def cast_on(day: date) -> Cast:
    """One statement."""
    centres: dict[tuple[str, str], list[Actor]] = defaultdict(list)
    units: dict[int, list[Actor]] = defaultdict(list)
    grids: dict[str, Actor] = {}
    rows = Post.objects.filter(valid_from__lte=day).exclude(valid_to__lte=day).order_by("id")
    columns = ("account_id", "account__name", "id", "role", "unit_id", "unit__name", "place_code")
    for account, name, pk, role, unit, unit_name, place in rows.values_list(*columns):
        held = HeldPost(pk, role, unit, unit_name, place)
        actor = Actor(account, name, (held,))
        if held.role == Role.GRID_WORKER:
            grids.setdefault(held.place_code, actor)
        elif held.role == Role.HANDLER:
            units[held.unit_id].append(actor)
        else:
            centres[held.role, held.place_code].append(actor)
    return Cast(centres, units, grids)


@dataclass(frozen=True)
class Stage:
    """Everything that a play needs besides the cases. `system`: the account of another system that reports."""

    world: World
    cast: Cast
    album: Album
    system: int
    seed: int


def step_of(row: CaseRow, move: Move, report_id: int, stage: Stage, rng: Random) -> Step | None:
    """The move as a step by a person in post. None when nobody could do it: a case without a unit."""
    given = Given(
        reason=move.reason,
        text=move.text,
        category=move.category,
        rating=move.rating,
        unit_id=_unit(row, move, stage) if move.step == "dispatch" else None,
        evidence=(copy(rng.choice(stage.album.after), rng).key,) if move.with_photo else (),
    )
    if move.step == "dispatch" and given.unit_id is None:
        return None
    return Step(row.id, move.step, _who(row, move, report_id, stage, rng), given)


def _who(row: CaseRow, move: Move, report_id: int, stage: Stage, rng: Random) -> Who:
    if move.role == "reporter":
        return Who(report_id=report_id)
    if move.role == "handler" and move.step == "return":
        return Who(actor=rng.choice(stage.cast.at_units[row.unit_id or 0]))
    if move.role == "handler":
        return Who(actor=stage.cast.handler(row, stage.world, rng))
    return Who(actor=stage.cast.at_centre(move.role, row.place_code, rng))


def _unit(row: CaseRow, move: Move, stage: Stage) -> int | None:
    function = stage.world.catalogue.category(row.category).function
    if move.to_city:
        unit = stage.world.directory.responsible(row.category, function, stage.world.root)
        return unit.id if unit else row.suggested_unit_id
    return row.suggested_unit_id
