"""The open cases that are looked at, counted once for everything that is said of them."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from operator import add
from typing import Final, NamedTuple, TypeVar

from django.db.models import Count, F, Q
from django.db.models.functions import Substr

from gezhi.cases.models import Case
from gezhi.insight.queries.board import memo
from gezhi.insight.queries.board.look import Look, due_as, scope_key
from gezhi.lib.codes import GRID, level_of, padded
from gezhi.people.access import Actor
from gezhi.places.queries import children

LIVE: Final = 2.0  # seconds that a count is kept
NAMES_KEPT: Final = 60.0
_DIGITS: Final = (2, 4, 6, 9, 12, 16)
K = TypeVar("K", bound=Hashable)


class Numbers(NamedTuple):
    """Of open cases: all, due soon, overdue, with a yellow card, with a red one."""

    open: int = 0
    soon: int = 0
    overdue: int = 0
    yellow: int = 0
    red: int = 0

    @property
    def carded(self) -> int:
        return self.yellow + self.red


class Group(NamedTuple):
    """Open cases of a place one level down (or of the place itself), a unit and a state."""

    place: str
    unit_id: int | None
    pack_version_id: int
    procedure: str
    state: str
    numbers: Numbers


def groups(actor: Actor, look: Look, now: datetime) -> Sequence[Group]:
    """One statement in two seconds, for everybody who sees the same."""
    key = ("open", scope_key(actor), look)
    return memo.get(key, LIVE, lambda: _groups(actor, look, now))


def _groups(actor: Actor, look: Look, now: datetime) -> list[Group]:
    whose = ("part", "unit_id", "pack_version_id", "procedure", "state")
    cases = Case.objects.filter(look.seen_by(actor), look.opened(), is_open=True)
    placed = cases.annotate(part=place_at(level_below(look.place)))
    rows = placed.values_list(*whose).annotate(**counts(now)).order_by()
    return [
        Group(padded(part), unit, version, procedure, state, Numbers(*found))
        for part, unit, version, procedure, state, *found in rows
    ]


def place_at(level: int) -> F | Substr:
    """The digits of the place of that level that a case lies in."""
    return F("place_code") if level == GRID else Substr("place_code", 1, _DIGITS[level])


def part_of(code: str, level: int) -> str:
    """The place of that level that a code lies in; its own where it lies above."""
    return padded(code[: _DIGITS[level]])


def counts(now: datetime) -> dict[str, Count]:
    """The columns of Numbers; counted by a column that the index of open places holds."""
    return {
        "open": Count("*"),
        "soon": Count("place_code", filter=due_as("soon", now)),
        "overdue": Count("place_code", filter=due_as("overdue", now)),
        "yellow": Count("place_code", filter=Q(card=1)),
        "red": Count("place_code", filter=Q(card=2)),
    }


def summed(found: Sequence[Group], key: Callable[[Group], K]) -> Mapping[K, Numbers]:
    totals: dict[K, Numbers] = defaultdict(Numbers)
    for group in found:
        totals[key(group)] = Numbers(*map(add, totals[key(group)], group.numbers))
    return totals


def places_below(place: str) -> Sequence[tuple[str, str]]:
    """(code, name) of the places one level down; read once a minute."""
    names = children(place).values_list("code", "name")
    return memo.get(("below", place), NAMES_KEPT, lambda: list(names))


def level_below(place: str) -> int:
    """The level one down; that of the place where nothing is below it."""
    below = places_below(place)
    return level_of(below[0][0]) if below else level_of(place)
