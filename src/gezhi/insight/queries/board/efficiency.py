"""How places and units do: what is open, due soon and overdue there, and how much was handled on time."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import Final

from django.db.models import Count

from gezhi.cases.models import Case
from gezhi.cases.queries.filters import midnight
from gezhi.cases.world import World
from gezhi.insight.queries.board import memo
from gezhi.insight.queries.board.look import Look, scope_key
from gezhi.insight.queries.board.open_cases import (
    Numbers,
    counts,
    groups,
    place_at,
    places_below,
    summed,
)
from gezhi.insight.queries.figures import Dimension, Figures, Within, figures
from gezhi.lib.codes import GRID, LEVELS, TOWN, VILLAGE, level_of, padded, place_range
from gezhi.people.access import Actor
from gezhi.places.queries import centres, grids_in_box
from gezhi.places.whereabouts import Box, Point

ON_TIME_DAYS: Final = 30
FIGURES_KEPT: Final = 60.0  # seconds: they follow from tallies, which follow cases every few minutes
MOST_GRIDS: Final = 4_000
_DIMENSIONS: Final[dict[int, Dimension]] = {2: "county", 3: "town", 4: "village", 5: "grid"}


@dataclass(frozen=True, slots=True)
class LastDays:
    """So many days that end with `today`."""

    today: date
    days: int = ON_TIME_DAYS

    def bounds(self, zone: tzinfo) -> tuple[datetime, datetime]:
        end = self.today + timedelta(days=1)
        return midnight(end - timedelta(days=self.days)), midnight(end)


@dataclass(frozen=True, slots=True)
class Efficiency:
    """Of a place or a unit, never of a person. `on_time`: share handled within the limit of what was to be handled
    in thirty days; None: nothing was. `closed`: in the same days."""

    key: str
    name: str
    centre: Point | None
    numbers: Numbers
    on_time: float | None
    closed: int


@dataclass(frozen=True, slots=True)
class Below:
    """The places one level down, in the order of their codes."""

    level: str
    rows: Sequence[Efficiency]


def places(actor: Actor, look: Look, now: datetime, today: date) -> Below:
    """Every place one level down; what was on time is asked once in a while."""
    names = places_below(look.place)
    if not names:
        return Below("", [])
    level = level_of(names[0][0])
    found = summed(groups(actor, look, now), lambda one: one.place)
    return Below(LEVELS[level], _rows(names, found, _on_time(actor, look, level, today)))


def grids(actor: Actor, look: Look, box: Box, now: datetime, today: date) -> Below:
    """The grids of a box in which something is open. One statement, and one in a while."""
    low, high = place_range(look.place)
    codes = [code for code in grids_in_box(*box, limit=MOST_GRIDS) if low <= code < high]
    found = _open_by_place(actor, look, GRID, now, codes)
    return Below(
        LEVELS[GRID], _rows([(code, "") for code in sorted(found)], found, _on_time(actor, look, GRID, today))
    )


def heat(actor: Actor, look: Look, now: datetime) -> list[tuple[float, float, int]]:
    """lon, lat and how much is open there: of villages, from a town downward of grids. One statement."""
    level = GRID if level_of(look.place) >= TOWN else VILLAGE
    cases = Case.objects.filter(look.still_open(actor, now)).annotate(part=place_at(level))
    found = {
        padded(part): number for part, number in cases.values_list("part").annotate(n=Count("*")).order_by()
    }
    middles = centres(found)
    return [(*middles[code], number) for code, number in found.items() if code in middles]


def units(actor: Actor, look: Look, world: World, now: datetime, today: date) -> list[Efficiency]:
    """Units that lead open cases here or handled some in thirty days, the most overdue first."""
    found = {
        str(unit): numbers
        for unit, numbers in summed(groups(actor, look, now), lambda one: one.unit_id).items()
        if unit is not None
    }
    done = _figures(actor, look, "unit", today)
    known = {str(unit.id): unit.name for unit in world.directory.units.values()}
    names = [(key, known[key]) for key in {*found, *done.keys} if key in known]
    return sorted(
        _rows(names, found, done), key=lambda one: (-one.numbers.overdue, -one.numbers.open, one.name)
    )


def _open_by_place(
    actor: Actor, look: Look, level: int, now: datetime, codes: Collection[str] | None = None
) -> dict[str, Numbers]:
    cases = Case.objects.filter(look.seen_by(actor), look.opened(), is_open=True)
    if codes is not None:
        cases = cases.filter(place_code__in=codes)
    placed = cases.annotate(part=place_at(level))
    rows = placed.values_list("part").annotate(**counts(now)).order_by()
    return {padded(part): Numbers(*numbers) for part, *numbers in rows}


def _on_time(actor: Actor, look: Look, level: int, today: date) -> Figures:
    by = _DIMENSIONS.get(level)
    return _figures(actor, look, by, today) if by else Figures([])


def _figures(actor: Actor, look: Look, by: Dimension, today: date) -> Figures:
    """Of all levels and sources: tallies know neither."""
    within = Within(place=look.place, categories=look.categories, unit=int(look.unit) if look.unit else None)
    key = ("figures", scope_key(actor), look.place, look.categories, look.unit, by, today)
    return memo.get(key, FIGURES_KEPT, lambda: figures(LastDays(today), by, within))


def _rows(names: Iterable[tuple[str, str]], found: Mapping[str, Numbers], done: Figures) -> list[Efficiency]:
    named = list(names)
    middles = centres(code for code, _name in named)
    aligned = done.aligned([code for code, _name in named]).columns
    nothing = [0.0] * len(named)
    columns = (aligned.get(name, nothing) for name in ("should_handle", "handled_on_time", "closed"))
    return [
        Efficiency(
            code,
            name,
            middles.get(code),
            found.get(code, Numbers()),
            on_time / should if should else None,
            int(closed),
        )
        for (code, name), should, on_time, closed in zip(named, *columns, strict=True)
    ]
