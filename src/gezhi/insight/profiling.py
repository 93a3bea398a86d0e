"""What a grid is about, and whether its post has too much or too little to do. Of places, not of persons. Pure.

A category stands out where its share in the grid is clearly above its share everywhere (lift), from enough cases.
Load compares a grid with the median of all grids: cases, households and rounds due for each post, each as a multiple of
its median, and the mean of these.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean, median
from typing import Final, Literal

LEAST_CASES: Final = 5  # of a category in the grid
LEAST_LIFT: Final = 1.5
SHOWN: Final = 5
HEAVY, LIGHT = 2.0, 0.5
DAY_PARTS: Final = ("night", "morning", "afternoon", "evening")  # six hours each, from midnight


@dataclass
class Grid:
    """What is counted of a grid in the period. `posts`: a post that works three grids is a third of one for each.
    `parts`: reports by part of the day."""

    code: str
    households: int | None = None
    posts: float = 0.0
    rounds: int = 0
    reports: int = 0
    found: int = 0
    categories: Counter[str] = field(default_factory=Counter)
    parts: list[int] = field(default_factory=lambda: [0] * len(DAY_PARTS))

    @property
    def found_share(self) -> float | None:
        return self.found / self.reports if self.reports else None


@dataclass(frozen=True, slots=True)
class Need:
    """`lift`: how many times as common as everywhere."""

    category: str
    number: int
    lift: float


@dataclass(frozen=True, slots=True)
class Load:
    """Multiples of the median; None where it is not known. `index`: their mean, None without a post."""

    cases: float | None
    households: float | None
    rounds: float | None
    index: float | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """`kind`: redraw with these neighbours, or staff. The numbers behind it are the loads."""

    code: str
    kind: Literal["redraw", "staff"]
    heavy: bool
    neighbours: tuple[str, ...] = ()


def needs(grid: Grid, everywhere: Counter[str]) -> list[Need]:
    """What stands out, strongest first."""
    total = everywhere.total()
    found = [
        Need(category, number, number / grid.reports / (everywhere[category] / total))
        for category, number in grid.categories.items()
        if number >= LEAST_CASES
    ]
    return sorted((one for one in found if one.lift >= LEAST_LIFT), key=lambda one: -one.lift)[:SHOWN]


def loads(grids: Sequence[Grid]) -> dict[str, Load]:
    """By code."""
    posts = {grid.code: grid.posts or 1.0 for grid in grids}
    cases = _multiples({grid.code: grid.reports / posts[grid.code] for grid in grids})
    rounds = _multiples({grid.code: grid.rounds / posts[grid.code] for grid in grids})
    homes = _multiples({g.code: g.households / posts[g.code] for g in grids if g.households is not None})
    found = {}
    for grid in grids:
        parts = cases.get(grid.code), homes.get(grid.code), rounds.get(grid.code)
        known = [part for part in parts if part is not None]
        found[grid.code] = Load(*parts, round(mean(known), 2) if known else None)
    return found


def _multiples(values: Mapping[str, float]) -> dict[str, float]:
    """Nothing where the median is 0: then there is nothing to compare with."""
    middle = median(values.values()) if values else 0
    return {code: round(value / middle, 2) for code, value in values.items()} if middle else {}


def stands_out(load: Load) -> bool:
    return load.index is not None and (load.index > HEAVY or load.index < LIGHT)


def proposal(grid: Grid, load: Mapping[str, Load], neighbours: Sequence[str]) -> Proposal | None:
    """A heavy grid gives to lighter neighbours, or is staffed where none is; a light one takes from heavier ones."""
    index = load[grid.code].index
    if index is None or not stands_out(load[grid.code]):
        return None
    known = {code: one.index for code in neighbours if (one := load.get(code)) and one.index is not None}
    if index > HEAVY:
        lighter = sorted((code for code in known if known[code] < 1), key=lambda code: known[code])
        able = bool(lighter) and grid.posts > 0
        return Proposal(grid.code, "redraw" if able else "staff", True, tuple(lighter[:3]) if able else ())
    heavier = sorted((code for code in known if known[code] > 1), key=lambda code: -known[code])
    return Proposal(grid.code, "redraw", False, tuple(heavier[:3])) if heavier else None
