"""Periods. With `day_starts` 12:00, day D runs from D-1 12:00 to D 12:00, and so do weeks and months. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Literal, Protocol, Self

Kind = Literal["month", "week", "day"]


class Bounded(Protocol):
    """A time that figures may be of."""

    def bounds(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """since <= what counts < until."""


class BadPeriod(ValueError):
    """Not a period of this kind."""

    def __init__(self, kind: Kind, text: str) -> None:
        example = {"month": "2026-07", "week": "2026-W28", "day": "2026-07-06"}[kind]
        super().__init__(f"{text[:20]!r} is no {kind}; write it as {example}")


@dataclass(frozen=True, slots=True)
class Period:
    """`name`: 2026-07, 2026-W28 or 2026-07-06."""

    kind: Kind
    name: str
    day_starts: str = "00:00"

    @classmethod
    def read(cls, kind: Kind, text: str, day_starts: str = "00:00") -> Self:
        """Raises BadPeriod."""
        try:
            named = cls(kind, text, day_starts)
            first, _last = named.days
        except ValueError:
            raise BadPeriod(kind, text) from None
        if not 2000 <= first.year <= 2200 or cls.of(kind, first, day_starts).name != text:
            raise BadPeriod(kind, text)
        return named

    @classmethod
    def of(cls, kind: Kind, day: date, day_starts: str = "00:00") -> Self:
        """The period that a day lies in."""
        year, week, _weekday = day.isocalendar()
        name = {"month": f"{day:%Y-%m}", "week": f"{year}-W{week:02}", "day": day.isoformat()}[kind]
        return cls(kind, name, day_starts)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day."""
        if self.kind == "month":
            first = date.fromisoformat(f"{self.name}-01")
            return first, first.replace(day=monthrange(first.year, first.month)[1])
        if self.kind == "week":
            first = date.fromisoformat(f"{self.name}-1")
            return first, first + timedelta(days=6)
        day = date.fromisoformat(self.name)
        return day, day

    def bounds(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """since <= what counts < until."""
        first, last = self.days
        return _start(first, self.day_starts, zone), _start(last + timedelta(days=1), self.day_starts, zone)

    def back(self, steps: int = 1) -> "Period":
        """The period so many before this one."""
        period = self
        for _ in range(steps):
            period = Period.of(self.kind, period.days[0] - timedelta(days=1), self.day_starts)
        return period

    def next(self) -> "Period":
        return Period.of(self.kind, self.days[1] + timedelta(days=1), self.day_starts)

    def trend(self, parts: int = 12) -> list["Period"]:
        """This period and those before it, oldest first."""
        return [self.back(steps) for steps in range(parts - 1, -1, -1)]


def named(text: str, day_starts: str = "00:00") -> Period:
    """The period of this name, of whichever kind. Raises BadPeriod."""
    kind: Kind = "week" if "W" in text else "day" if text.count("-") == 2 else "month"
    return Period.read(kind, text, day_starts)


def _start(day: date, day_starts: str, zone: tzinfo) -> datetime:
    at = time.fromisoformat(day_starts)
    begins = day if at == time() else day - timedelta(days=1)
    return datetime.combine(begins, at, zone)
