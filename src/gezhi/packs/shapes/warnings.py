"""Rules that make warnings of signals: they count events at accounts, addresses and the node, and judge nobody."""

from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from gezhi.packs.shapes.base import Key, Shape, Words

SPAN = r"^[1-9][0-9]{0,3} (minutes|hours|days)$"
_HOURS = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
Level = Literal["blue", "yellow", "orange", "red"]
LEVELS: tuple[Level, ...] = ("blue", "yellow", "orange", "red")
SignalKey = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)?$", max_length=40)]
Span = Annotated[str, Field(pattern=SPAN)]


class WarningRule(Shape):
    """So many `signals` of one account, address or of the node `within` a span make a warning.

    `sums`: a number of the signals that is summed instead of counting them. `distinct`: how many different accounts
    or addresses are counted instead. `hours`: only signals of these hours of the day. `levels`: from how many on.
    `quiet`: a warning that ended is taken up again when the same comes back within this span. `opens`: from which
    level on it opens a case of `category`, or joins the one that is open. `todo`: what whoever is on duty should do.
    """

    key: Key
    title: Words
    signals: tuple[SignalKey, ...] = Field(min_length=1)
    by: Literal["account", "address", "node"]
    within: Span
    sums: str = Field(default="", pattern=r"^[a-z_]{0,20}$")
    distinct: Literal["", "account", "address"] = ""
    hours: str = Field(default="", pattern=f"^$|{_HOURS}")
    levels: dict[Level, int] = Field(min_length=1)
    quiet: Span
    opens: Level | None = None
    category: Key | None = None
    todo: Words
    source: str = Field(min_length=3)

    def __hash__(self) -> int:
        return hash(self.key)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        numbers = [self.levels[level] for level in LEVELS if level in self.levels]
        if numbers != sorted(set(numbers)) or numbers[0] < 1:
            raise ValueError("'levels' must rise from blue to red, from 1 on")
        if (self.opens is None) != (self.category is None):
            raise ValueError("give both of 'opens' and 'category' or neither")
        if self.sums and self.distinct:
            raise ValueError("give one of 'sums' and 'distinct'")
        if self.hours and len({datetime.strptime(one, "%H:%M") for one in self.hours.split("-")}) == 1:  # noqa: DTZ007
            raise ValueError("'hours' must begin and end at different times")
        return self
