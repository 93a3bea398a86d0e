"""Who is responsible for what, where: duties of units, the duty list, admission to grids. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gezhi.lib.codes import GRID, ancestors, level_of

ANY_CATEGORY = "*"


@dataclass(frozen=True, slots=True)
class UnitCard:
    id: int
    code: str
    name: str
    name_en: str
    place_code: str
    functions: frozenset[str]


@dataclass(frozen=True)
class Directory:
    """Units and lists as they stand on one day.

    duty: (category or "*", level) -> function that answers at that level, where it differs from the category's.
    admission: (category, place code) -> admitted; the nearest place upward rules.
    """

    units: Mapping[int, UnitCard]
    duty: Mapping[tuple[str, int], str] = field(default_factory=dict)
    admission: Mapping[tuple[str, str], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_duty: dict[tuple[str, str], int] = {}
        for unit in sorted(self.units.values(), key=lambda unit: unit.code):
            for function in sorted(unit.functions):
                by_duty.setdefault((unit.place_code, function), unit.id)
        object.__setattr__(self, "_by_duty", by_duty)
        object.__setattr__(self, "_resolved", {})
        object.__setattr__(self, "_ruled", frozenset(category for category, _ in self.admission))

    def responsible(self, category: str, function: str, place_code: str) -> UnitCard | None:
        """The nearest unit upward from the place that holds the duty; None when nobody up to the province does."""
        resolved: dict[tuple[str, str, str], UnitCard | None] = self.__dict__["_resolved"]
        key = (category, function, place_code[:12])
        if key not in resolved:
            resolved[key] = self._nearest(category, function, place_code)
        return resolved[key]

    def _nearest(self, category: str, function: str, place_code: str) -> UnitCard | None:
        by_duty: dict[tuple[str, str], int] = self.__dict__["_by_duty"]
        for place in chain_of(place_code):
            unit = by_duty.get((place, self._function_at(category, function, place)))
            if unit is not None:
                return self.units[unit]
        return None

    def _function_at(self, category: str, function: str, place: str) -> str:
        level = level_of(place)
        return self.duty.get((category, level)) or self.duty.get((ANY_CATEGORY, level)) or function

    def admitted(self, category: str, by_default: bool, place_code: str) -> bool:
        """Whether matters of the category may be put on this grid (准入)."""
        if category not in self.__dict__["_ruled"]:
            return by_default
        rulings = (self.admission.get((category, place)) for place in chain_of(place_code))
        return next((ruling for ruling in rulings if ruling is not None), by_default)


def chain_of(place_code: str) -> Iterator[str]:
    """The place and all above it, nearest first; a grid's chain begins at the grid."""
    if place_code:
        yield place_code
        yield from ancestors(place_code)


def is_grid(place_code: str) -> bool:
    return bool(place_code) and level_of(place_code) == GRID
