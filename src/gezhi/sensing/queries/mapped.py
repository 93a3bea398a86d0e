"""Things for a map: those of a box of degrees, the worst first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gezhi.people.access import Actor
from gezhi.sensing.looking import State
from gezhi.sensing.models import Thing
from gezhi.sensing.queries.listing import ThingLine, thing_lines, within
from gezhi.sensing.queries.scope import things_in_sight

MOST: Final = 2_000
Box = tuple[float, float, float, float]  # west, south, east, north
_ORDER: Final = {state: place for place, state in enumerate(State)}


@dataclass(frozen=True, slots=True)
class Mapped:
    """`more`: how many there are besides."""

    lines: Sequence[ThingLine]
    more: int


def things_in_box(actor: Actor, place: str, box: Box, now: datetime) -> Mapped:
    """At most five statements."""
    west, south, east, north = box
    found = Thing.objects.filter(
        things_in_sight(actor), within(place), lon__gte=west, lon__lte=east, lat__gte=south, lat__lte=north
    )
    things = list(found.order_by("place_code", "id")[: MOST + 1])
    more = found.count() - MOST if len(things) > MOST else 0
    lines = thing_lines(things[:MOST], now)
    return Mapped(sorted(lines, key=lambda one: (_ORDER[one.state], -one.level)), more)
