"""Searching back in time: every report carries the month of its case, so that a common word ends its search in the
newest months instead of gathering all that ever held it. Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from gezhi.lib.bigrams import tsvector

SEARCHED = 60  # characters of a text, and of an address, that search finds
SPANS = (2, 10)  # months; what is older is one last period. More would cost more to plan than they save


@dataclass(frozen=True, slots=True)
class Period:
    """Cases opened from `since` (None: ever) until `until` (None: no end). `marks`: of its months; none: unmarked."""

    since: datetime | None
    until: datetime | None
    marks: tuple[str, ...]


def month_mark(opened_at: datetime) -> str:
    """The lexeme of a month (UTC); no text gives it, since words hold letters and digits only."""
    return f"@{opened_at.astimezone(UTC):%Y%m}"


def report_words(text: str, address: str, opened_at: datetime) -> str:
    """The input form of a report's tsvector: its words, and the month of its case."""
    return f"{tsvector(f'{text[:SEARCHED]} {address[:SEARCHED]}')} '{month_mark(opened_at)}'"


def periods_back(now: datetime) -> Iterator[Period]:
    """Newest first, disjoint, all of time."""
    month, until = _month(now), None
    for span in SPANS:
        months = [_back(month, steps) for steps in range(span)]
        yield Period(months[-1], until, tuple(month_mark(one) for one in months))
        until, month = months[-1], _back(months[-1], 1)
    yield Period(None, until, ())


def _month(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def _back(month: datetime, steps: int) -> datetime:
    years, index = divmod(month.month - 1 - steps, 12)
    return month.replace(year=month.year + years, month=index + 1)
