"""The node's working calendar: national holidays and make-up workdays, and what to do for years not yet known."""

from datetime import date
from functools import lru_cache

import chinese_calendar


@lru_cache(maxsize=4096)
def is_workday(day: date) -> bool:
    """By the State Council's yearly notice; for a year without one, Monday to Friday (see `unknown_years`)."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


@lru_cache(maxsize=64)
def is_known(year: int) -> bool:
    """Whether the library holds that year's notice."""
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def unknown_years(first: date, last: date) -> tuple[int, ...]:
    """Years in the span for which limits are provisional. Screens show them as a warning."""
    return tuple(year for year in range(first.year, last.year + 1) if not is_known(year))
