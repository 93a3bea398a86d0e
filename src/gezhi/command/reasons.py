"""Why a place is red, and who can do something about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import get_language

from gezhi.cases.queries.circles import circling
from gezhi.cases.world import World
from gezhi.command.panels import (
    LIVE,
    Counter,
    RowView,
    counters_of,
    place_rows,
    stage_name,
    unit_rows,
    urge_value,
)
from gezhi.insight.queries.board import memo
from gezhi.insight.queries.board.efficiency import places, units
from gezhi.insight.queries.board.holders import Held, dispatchers_at, held_by, on_duty
from gezhi.insight.queries.board.lines import carded, most_overdue
from gezhi.insight.queries.board.look import Look, scope_key
from gezhi.pages.calls import CircleLine, circle_lines
from gezhi.pages.charts import number_words
from gezhi.pages.lines import LineView, line_views
from gezhi.pages.showing import role_name, said
from gezhi.people.access import Actor
from gezhi.people.models import Role
from gezhi.places.queries import place_names

_ROWS, _LINES, _UNITS, _CIRCLES = 20, 5, 3, 3
ON_PHONE: Final = ("open", "overdue", "soon", "received", "closed", "satisfaction")


@dataclass(frozen=True, slots=True)
class Reason:
    """How many overdue cases one thing holds; `query` looks at them."""

    name: str
    words: str
    query: str


@dataclass(frozen=True, slots=True)
class Duty:
    """A unit that holds overdue cases, or the place whose cases no unit leads, and who is on its posts today:
    (role, name). `urge`: what the button sends, "" for a place."""

    name: str
    people: Sequence[tuple[str, str]]
    urge: str


@dataclass(frozen=True, slots=True)
class Red:
    """`places`: one level down, the most overdue first; the others hold reasons. `cards`: besides the `longest`."""

    counters: Sequence[Counter]
    overdue: int
    overdue_words: str
    places: Sequence[RowView]
    units: Sequence[RowView]
    stages: Sequence[Reason]
    categories: Sequence[Reason]
    longest: Sequence[LineView]
    cards: Sequence[LineView]
    circles: Sequence[CircleLine]
    duties: Sequence[Duty]
    urge: str
    at: datetime


def red_of(actor: Actor, look: Look, world: World, now: datetime) -> Red:
    """Made once in two seconds for everybody who sees the same."""
    key = ("red", scope_key(actor), look, get_language(), world.stamp)
    return memo.get(key, LIVE, lambda: _red(actor, look, world, now))


def _red(actor: Actor, look: Look, world: World, now: datetime) -> Red:
    today = timezone.localdate()
    counters = {one.key: one for one in counters_of(actor, look, world, now)}
    led = unit_rows(units(actor, look, world, now, today), look, "overdue", world)
    late = [row for row in led if row.numbers.overdue]
    held = held_by(actor, look, world, now)
    longest = most_overdue(actor, look, now, _LINES)
    shown = {line.id for line in longest}
    cards = [line for line in carded(actor, look, now, 2 * _LINES) if line.id not in shown]
    unit = int(look.unit) if look.unit else None
    going_round = circling(actor, place=look.place, unit_id=unit)[:_CIRCLES]
    return Red(
        counters=[counters[key] for key in ON_PHONE],
        overdue=counters["overdue"].number,
        overdue_words=counters["overdue"].words,
        places=place_rows(places(actor, look, now, today).rows, look)[:_ROWS],
        units=late[:_ROWS],
        stages=[Reason(stage_name(stage), number_words(n), "") for stage, n in held.stages],
        categories=_categories(held, look, world),
        longest=line_views(longest, world, now),
        cards=line_views(cards[:_LINES], world, now),
        circles=circle_lines(going_round, world, now),
        duties=_duties(late[:_UNITS]) or _centre(look.place),
        urge=urge_value(look),
        at=now,
    )


def _categories(held: Held, look: Look, world: World) -> list[Reason]:
    names = {key: said(world.catalogue.category(key).name) for key, _number in held.categories}
    return [
        Reason(names[key], number_words(n), look.query_string(category=key)) for key, n in held.categories
    ]


def _duties(rows: Sequence[RowView]) -> list[Duty]:
    people: Mapping[int, Sequence[tuple[str, str]]] = on_duty([int(row.key) for row in rows])
    return [
        Duty(row.name, [(role_name(role), name) for role, name in people.get(int(row.key), ())], row.urge)
        for row in rows
    ]


def _centre(place: str) -> list[Duty]:
    """Nobody leads these cases yet: whoever dispatches them there, or at the nearest place above."""
    found = dispatchers_at(place)
    if found is None:
        return []
    code, people = found
    return [Duty(place_names([code])[code], [(role_name(Role.DISPATCHER), name) for name in people], "")]
