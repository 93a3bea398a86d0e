"""Things within reach, and their datastreams as whoever writes readings needs them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet

from gezhi.lib.codes import place_range
from gezhi.people.access import UNIT_ROLES, Actor
from gezhi.sensing.models import Datastream, Thing
from gezhi.sensing.queries.scope import AT_HOMES, home_kinds

_STREAMS: Final = """
SELECT id, thing_id, place_code, unit_id, feature_id, observation_type FROM sensing_datastream WHERE id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class Reached:
    """Whose posts reach what: places as half-open ranges of codes, and units. `everything`: the whole node. `home`: the
    place of the widest post and its unit, for what has no place of its own; "": there is no post. `unseen`: kinds of
    things that stand in homes, for whoever reaches places by a post that has nothing to do with those."""

    places: tuple[tuple[str, str], ...] = ()
    units: tuple[int, ...] = ()
    everything: bool = False
    home: tuple[str, int | None] = ("", None)
    unseen: tuple[str, ...] = ()

    def holds(self, place_code: str, unit_id: int | None) -> bool:
        return (
            self.everything
            or unit_id in self.units
            or any(low <= place_code < high for low, high in self.places)
        )

    @property
    def rows(self) -> Q:
        """Of what has a place and a unit."""
        if self.everything:
            return Q()
        found = Q(unit_id__in=self.units)
        for low, high in self.places:
            found |= Q(place_code__gte=low, place_code__lt=high)
        return found


def reached_by(actor: Actor) -> Reached:
    """No statement. Units see what they answer for, the others what stands in their places."""
    places = tuple(sorted({place_range(code) for code in actor.seen_places}))
    low, high = place_range(settings.NODE_PLACE)
    seen = [(post.place_code, None) for post in actor.posts if post.place_code in actor.seen_places]
    units = [(post.place_code, post.unit_id) for post in actor.posts if post.unit_id in actor.handling_units]
    homes: list[tuple[str, int | None]] = [*sorted(seen, key=lambda one: len(one[0].rstrip("0"))), *units]
    return Reached(
        places=places,
        units=tuple(sorted(actor.handling_units)),
        everything=any(a <= low and high <= b for a, b in places),
        home=homes[0] if homes else ("", None),
        unseen=() if _may_see_homes(actor) else tuple(sorted(home_kinds())),
    )


def _may_see_homes(actor: Actor) -> bool:
    """Every post that reaches places is of those who handle what homes tell."""
    reaching = {post.role for post in actor.posts if post.place_code in actor.seen_places} - UNIT_ROLES
    return reaching <= AT_HOMES


def things_at(reached: Reached) -> QuerySet[Thing]:
    return Thing.objects.filter(reached.rows)


@dataclass(frozen=True, slots=True)
class Held:
    """A datastream as whoever writes its readings needs it."""

    id: int
    thing_id: int
    place_code: str
    unit_id: int | None
    feature_id: int | None
    observation_type: str


def streams_of(series: Iterable[int]) -> dict[int, Held]:
    """One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STREAMS, [[one for one in series if 0 < one <= Datastream.MOST]])
        return {row[0]: Held(*row) for row in cursor.fetchall()}
