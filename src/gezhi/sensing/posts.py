"""Which posts a warning is told to, point to point. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from gezhi.lib.codes import TOWN, ancestor_at, ancestors, level_of

FROM: Final = 3  # orange: from this level on people are told in person
USUAL: Final = timedelta(minutes=15)  # to acknowledge, where a pack says nothing
GRID_ROLE: Final = "grid-worker"
ABOVE_ROLE: Final = "dispatcher"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a post today, of their own or handed over. `place_code`: the post's."""

    account_id: int
    role: str
    place_code: str


def places_asked(places: Iterable[str]) -> frozenset[str]:
    """Where posts may be that are concerned with warnings at these places: there and all places above."""
    return frozenset(code for place in places for code in (place, *ancestors(place)))


def of_the_grid(places: Iterable[str], holders: Sequence[Holder]) -> list[Holder]:
    """Grid workers of these places: each place's nearest, of its grid or else of its village."""
    return _nearest([(place, *ancestors(place)) for place in places], GRID_ROLE, holders)


def above(places: Iterable[str], holders: Sequence[Holder]) -> list[Holder]:
    """Dispatchers of the towns of these places; where a town has none, of the nearest place above it that has."""
    towns = [ancestor_at(place, TOWN) if level_of(place) > TOWN else place for place in places]
    return _nearest([(town, *ancestors(town)) for town in towns], ABOVE_ROLE, holders)


def _nearest(chains: Iterable[Sequence[str]], role: str, holders: Sequence[Holder]) -> list[Holder]:
    """Of each chain of places, nearest first, those at the first at which somebody holds the role. Nobody twice."""
    at: dict[str, list[Holder]] = {}
    for one in holders:
        if one.role == role:
            at.setdefault(one.place_code, []).append(one)
    found: dict[int, Holder] = {}
    for chain in chains:
        here = next((at[place] for place in chain if place in at), [])
        found |= {one.account_id: one for one in here if one.account_id not in found}
    return list(found.values())
