"""Who is responsible for what, where: duties of units, the duty list, admission to grids. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from gezhi.lib.codes import GRID, VILLAGE, ancestors, level_of
from gezhi.people.contracts import ContractCard

ANY_CATEGORY = "*"
CONTRACTOR = "contractor"


@dataclass(frozen=True, slots=True)
class UnitCard:
    id: int
    code: str
    name: str
    name_en: str
    place_code: str
    functions: frozenset[str]
    kind: str = "office"


@dataclass(frozen=True)
class Directory:
    """Units and lists as they stand on one day.

    duty: (category or "*", level) -> function that answers at that level, where it differs from the category's.
    admission: (category, place code) -> admitted; the nearest place upward rules.
    contracts: those in force. A contractor answers for nothing by itself: it is chosen within a contract.
    centres: places at which somebody holds a dispatcher's post.
    """

    units: Mapping[int, UnitCard]
    duty: Mapping[tuple[str, int], str] = field(default_factory=dict)
    admission: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    contracts: tuple[ContractCard, ...] = ()
    centres: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        by_duty: dict[tuple[str, str], int] = {}
        for unit in sorted(self.units.values(), key=lambda unit: unit.code):
            for function in sorted(unit.functions) if unit.kind != CONTRACTOR else ():
                by_duty.setdefault((unit.place_code, function), unit.id)
        object.__setattr__(self, "_by_duty", by_duty)
        object.__setattr__(self, "_resolved", {})
        object.__setattr__(self, "_ruled", frozenset(category for category, _ in self.admission))

    def responsible(
        self, category: str, function: str, place_code: str, *, grids: bool = True
    ) -> UnitCard | None:
        """The nearest unit upward from the place that holds the duty; None when nobody up to the province does.

        `grids`: whether the category may be put on grids where no list says otherwise; a unit of a village or
        grid where it may not is passed over.
        """
        resolved: dict[tuple[str, str, str, bool], UnitCard | None] = self.__dict__["_resolved"]
        key = (category, function, place_code[:12], grids)
        if key not in resolved:
            resolved[key] = self._nearest(category, function, place_code, grids)
        return resolved[key]

    def _nearest(self, category: str, function: str, place_code: str, grids: bool) -> UnitCard | None:
        by_duty: dict[tuple[str, str], int] = self.__dict__["_by_duty"]
        for place in chain_of(place_code):
            unit = by_duty.get((place, self._function_at(category, function, place)))
            if unit is not None and (level_of(place) < VILLAGE or self.admitted(category, grids, place)):
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

    def contract_for(
        self, unit_id: int, category: str, function: str, place_code: str
    ) -> ContractCard | None:
        """The contract under which this contractor may handle such a matter there; the earliest signed first."""
        own = (card for card in self.contracts if card.unit_id == unit_id)
        return next((card for card in own if card.covers(category, function, place_code)), None)


def chain_of(place_code: str) -> Iterator[str]:
    """The place and all above it, nearest first; a grid's chain begins at the grid."""
    if place_code:
        yield place_code
        yield from ancestors(place_code)


def is_grid(place_code: str) -> bool:
    return bool(place_code) and level_of(place_code) == GRID
