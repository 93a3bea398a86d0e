"""The node's working calendar: national holidays and make-up workdays, and years that are not yet announced."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import chinese_calendar


@dataclass(frozen=True)
class Calendar:
    """`imported`: days of years that the library does not hold yet, or that this node decides otherwise."""

    imported: Mapping[date, bool] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        known = self.imported.get(day)
        return is_workday(day) if known is None else known

    def is_known(self, year: int) -> bool:
        """Whether the year's holidays were announced to us."""
        return _in_library(year) or any(day.year == year for day in self.imported)

    def unknown_years(self, first: date, last: date) -> tuple[int, ...]:
        """Years in the span for which limits are provisional. Screens show them as a warning."""
        return tuple(year for year in range(first.year, last.year + 1) if not self.is_known(year))


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """By the State Council's yearly notice; in a year without one, provisionally Monday to Friday."""
    if _in_library(day.year):
        return bool(chinese_calendar.is_workday(day))
    return day.weekday() < 5


@lru_cache(maxsize=64)
def _in_library(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True
