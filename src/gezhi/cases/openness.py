"""What of a case anybody may see: private unless a pack says otherwise, and coarse even then. Pure.

places   each case on map and list: category, state, day, promise; its place no finer than a village or community,
         its point the middle of a cell of about 200 metres. Never a text, address, photo, name or number of a
         person.
numbers  how many there are in a town or a larger place, told from LEAST upward in each town: what is told of a larger
         place is the sum of what is told of its towns, so that no difference of two sums is less.
nothing  as if there were none.
"""

import math
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final

from gezhi.lib.codes import VILLAGE, ancestor_at, level_of
from gezhi.packs.catalogue import Catalogue
from gezhi.packs.shapes import Category, Group, Public, Stage, State

LEAST: Final = 3  # fewer of the categories that are told as numbers might be somebody
LEAST_SHARE: Final = 10  # of fewer closings, a share or a middle says how one person fared
RECENT: Final = timedelta(days=30)  # how long what is closed is still shown
CELL: Final = 0.002  # degrees: some 220 metres north to south, 190 east to west
_DONE: Final = frozenset({Stage.VERIFY, Stage.EVALUATE})
_WAITS: Final = frozenset({Stage.COLLECT, Stage.FILE})


class Standing(StrEnum):
    """How far a matter is, in the three words that everybody understands."""

    WAITING = "waiting"
    IN_HAND = "in-hand"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Opened:
    """The categories that are open to view, by how far; `done`, `waiting`: the states of all procedures."""

    places: frozenset[str]
    numbers: frozenset[str]
    done: frozenset[str]
    waiting: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        return self.places | self.numbers


def openness(category: Category, group: Group | None) -> Public:
    """What staff alone report, and what is kept from grids as private, stays private whatever its group says."""
    if category.internal or not category.grids:
        return "nothing"
    return category.public or (group.public if group else "nothing")


def opened(catalogue: Catalogue) -> Opened:
    found: dict[Public, set[str]] = {"places": set(), "numbers": set(), "nothing": set()}
    for one in catalogue.open_to_all:
        found[openness(one, catalogue.groups.get(one.group))].add(one.key)
    states = [state for procedure in catalogue.procedures for state in procedure.states]
    return Opened(
        places=frozenset(found["places"]),
        numbers=frozenset(found["numbers"]),
        done=frozenset(state.key for state in states if standing(state) is Standing.DONE),
        waiting=frozenset(state.key for state in states if standing(state) is Standing.WAITING),
    )


def standing(state: State) -> Standing | None:
    """None for what ended otherwise: refused, withdrawn, merged with another."""
    if not state.open:
        return Standing.DONE if state.stage in _DONE else None
    return Standing.WAITING if state.stage in _WAITS else Standing.IN_HAND


def blurred(lon: float, lat: float) -> tuple[float, float]:
    """The middle of the cell that a point lies in: the same for everything in it."""
    return _middle(lon), _middle(lat)


def _middle(degrees: float) -> float:
    return round((math.floor(degrees / CELL) + 0.5) * CELL, 6)


def shown_place(code: str) -> str:
    """The village or community; a place above one stays itself."""
    return ancestor_at(code, VILLAGE) if level_of(code) > VILLAGE else code


def share(part: float, whole: float) -> float | None:
    """Per cent; None of too few."""
    return None if whole < LEAST_SHARE else round(100 * part / whole, 1)
