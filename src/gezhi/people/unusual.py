"""What of a look is unusual: how many people in an hour, and the hour of the night. Pure."""

import re
from datetime import datetime
from typing import Final

Hours = tuple[int, int]
_HOURS: Final = re.compile(r"(\d|1\d|2[0-3])-(\d|1\d|2[0-4])")


def odd_hours(said: str) -> Hours | None:
    """`22-6`: from ten in the evening to six in the morning; "": never. Raises ValueError."""
    if not said.strip():
        return None
    found = _HOURS.fullmatch(said.strip())
    if found is None:
        raise ValueError(f"'{said}' is no span of hours. Write two hours with a dash between, such as 22-6.")
    return int(found[1]), int(found[2])


def is_odd(local: datetime, hours: Hours | None) -> bool:
    if hours is None:
        return False
    begin, end = hours
    return begin <= local.hour < end if begin < end else local.hour >= begin or local.hour < end


def passed(before: int, after: int, every: int) -> int | None:
    """The highest multiple of `every` that was passed on the way from `before` to `after`; None: none, or 0 for
    never."""
    reached = after // every * every if every > 0 else 0
    return reached if reached > before and reached > 0 else None
