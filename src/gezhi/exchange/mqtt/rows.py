"""Rows of one or many messages as they are being read: lists that become columns at the end."""

import math
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import numpy as np

from gezhi.exchange.mqtt.mapping import Clock
from gezhi.exchange.mqtt.refusing import Why
from gezhi.sensing.columns import NOTHING, Columns

_BEIJING = timezone(timedelta(hours=8))
FARTHEST: Final = 100_000_000_000_000  # ms
_PER_SECOND = {"s": 1000.0, "ms": 1.0}


@dataclass(slots=True)
class Rows:
    """`refused`: values left out, by reason; `latest`: an example of each."""

    series: list[int] = field(default_factory=list)
    at: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)
    mark: list[int] = field(default_factory=list)
    refused: Counter[Why] = field(default_factory=Counter)
    latest: dict[Why, str] = field(default_factory=dict)
    frames: list[Columns] = field(default_factory=list)

    def add(self, series: int, at: int, value: float, mark: int) -> None:
        self.series.append(series)
        self.at.append(at)
        self.value.append(value)
        self.mark.append(mark)

    def refuse(self, why: Why, what: object) -> None:
        self.refused[why] += 1
        self.latest[why] = str(what)[:40]

    def __len__(self) -> int:
        return len(self.series) + sum(map(len, self.frames))

    def cut_back(self, length: int) -> None:
        """Forgets what was added since there were so many plain rows."""
        for column in (self.series, self.at, self.value, self.mark):
            del column[length:]

    def columns(self) -> Columns:
        own = Columns(
            np.array(self.series, np.int32),
            np.array(self.at, np.int64),
            np.array(self.value, np.float64),
            np.array(self.mark, np.int16),
        )
        return Columns.joined([part for part in (own, *self.frames) if len(part)] or [NOTHING])


def number_in(said: Any) -> float | None:
    """A number, or the text of one; NaN and infinities too, which the door refuses and counts. None: neither."""
    if isinstance(said, bool):
        return 1.0 if said else 0.0
    try:
        if isinstance(said, int | float):
            return float(said)
        return float(said) if isinstance(said, str) and len(said) <= 40 and "_" not in said else None
    except (ValueError, OverflowError):
        return math.inf if isinstance(said, int) else None


def instant_in(said: Any, clock: Clock) -> int | None:
    """ms since 1970. A text without a zone is Beijing time. None: not a time."""
    if clock == "iso":
        return _iso(said)
    if type(said) is int and clock == "ms":
        return said if -FARTHEST < said < FARTHEST else None
    number = number_in(said)
    if number is None or not math.isfinite(number) or abs(number) > FARTHEST:
        return None
    return round(number * _PER_SECOND[clock])


def _iso(said: Any) -> int | None:
    if not isinstance(said, str) or len(said) > 40:
        return None
    try:
        moment = datetime.fromisoformat(said)
        return round((moment if moment.tzinfo else moment.replace(tzinfo=_BEIJING)).timestamp() * 1000)
    except (ValueError, OverflowError):
        return None
