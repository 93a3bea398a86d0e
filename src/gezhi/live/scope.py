"""What happened to a case, and who may know."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a case in one or several events. `shown` is what a stream tells of it; `left_places` and
    `left_units` had it before."""

    case_id: int
    shown: Mapping[str, object]
    place: str
    units: frozenset[int]
    left_places: frozenset[str] = frozenset()
    left_units: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Scope:
    """The places (as half-open ranges of codes) and units whose cases somebody sees, but for those of the `hidden`
    categories."""

    places: tuple[tuple[str, str], ...]
    units: frozenset[int]
    hidden: frozenset[str] = frozenset()

    def sees(self, change: Change) -> bool:
        if self._hides(change):
            return False
        return self._covers(change.place) or not self.units.isdisjoint(change.units)

    def loses(self, change: Change) -> bool:
        """Whether the case was seen before, and is no more."""
        if self.sees(change) or self._hides(change):
            return False
        return any(map(self._covers, change.left_places)) or not self.units.isdisjoint(change.left_units)

    def _hides(self, change: Change) -> bool:
        return change.shown.get("category") in self.hidden

    def _covers(self, place: str) -> bool:
        return any(low <= place < high for low, high in self.places)
