"""Monitors: rules over the readings of things. What they raise are warnings; warnings open or join cases."""

from itertools import pairwise
from typing import Annotated, Final, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from gezhi.packs.shapes.base import Key, Shape, Words
from gezhi.packs.shapes.warnings import LEVELS, Level

TIMESPAN: Final = r"^[1-9][0-9]{0,4} (seconds|minutes|hours|days)$"
WINDOW: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$"
SECONDS: Final = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400}
Timespan = Annotated[str, Field(pattern=TIMESPAN)]
Window = Annotated[str, Field(pattern=WINDOW)]
Expression = Annotated[str, Field(min_length=1, max_length=500)]
Area = Literal["province", "city", "county", "town", "village", "grid", "thing"]


def _form_of(silent: object) -> str:
    return "levels" if isinstance(silent, dict) else "span"


Silent = Annotated[
    Annotated[Timespan, Tag("span")] | Annotated[dict[Level, Timespan], Tag("levels")],
    Discriminator(_form_of),
]


def seconds_of(text: str) -> int:
    """30 seconds, 10 minutes, 2 hours, 7 days."""
    number, unit = text.split()
    return int(number) * SECONDS[unit]


class Watched(Shape):
    """The datastreams that a monitor looks at: of things of this `kind` (none: of any), for this property."""

    kind: Key | None = None
    property: Key


class Escalation(Shape):
    """A warning that has stood for so long, and whose condition still holds, is at least at this level."""

    after: Timespan
    to: Level


class Downgrade(Shape):
    """A warning falls to a lower level, but not to its end, once the higher one has been gone for so long."""

    after: Timespan


class Gathering(Shape):
    """Alarms of one area (or one thing) are one warning. `wait`: from the first alarm until the warning is raised, or
    `at once`.
    `most`: so many warnings of a monitor stand at once; what comes beyond goes into one for the whole monitor."""

    by: tuple[Area, ...] = Field(default=("town",), min_length=1, max_length=3)
    wait: Timespan | Literal["at once"] = "30 seconds"
    most: int = Field(default=200, ge=1, le=10_000)

    @property
    def waits(self) -> int:
        """Seconds."""
        return 0 if self.wait == "at once" else seconds_of(self.wait)


class Clearing(Shape):
    """When a case of the warning may close: the readings are back in range for so long, or there is evidence."""

    within: Timespan | None = None
    or_: Literal["evidence"] | None = Field(default=None, alias="or")

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.within is None and self.or_ is None:
            raise ValueError("give 'within', 'or' or both")
        return self


class Monitor(Shape):
    """A rule over the datastreams that it is `of`, each by itself.

    `levels`: from blue to red, rules of the rule language. `silent`: instead, how long nothing may come; one span, or
    a span for each level. `for`: so long a level's rule must hold before the level is raised; `keep`: so long it must
    not hold before the level ends (Prometheus' `for` and `keep_firing_for`). `hours`: windows of the day, by the
    city's clock, outside which no rule holds. `inhibits`: monitors whose alarms in the same area (`within`) are muted
    while this one's stand. `acknowledge`: so long the grid's posts have to take up an orange or red warning
    before those of the town are told; 15 minutes where nothing is said. `opens`: from which level on a warning opens a
    case of `category`, or joins one.
    """

    key: Key
    title: Words
    of: Watched
    unit: str = Field(default="", max_length=20)
    levels: dict[Level, Expression] = {}
    silent: Silent | None = None
    for_: Timespan | None = Field(default=None, alias="for")
    keep: Timespan | None = None
    hours: tuple[Window, ...] = Field(default=(), max_length=12)
    escalate: Escalation | None = None
    downgrade: Downgrade | None = None
    group: Gathering = Gathering()
    inhibits: tuple[Key, ...] = ()
    within: Area | None = None
    acknowledge: Timespan | None = None
    opens: Level | None = None
    category: Key | None = None
    clear: Clearing | None = None
    todo: Words
    source: str = Field(min_length=3)

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def silences(self) -> dict[Level, int]:
        """After how many seconds without a reading which level is reached. One span alone: `opens`, or blue."""
        if self.silent is None:
            return {}
        given = {self.opens or "blue": self.silent} if isinstance(self.silent, str) else self.silent
        return {level: seconds_of(given[level]) for level in LEVELS if level in given}

    @property
    def reached(self) -> tuple[Level, ...]:
        """Its levels, rising."""
        return tuple(level for level in LEVELS if level in (self.levels or self.silences))

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if bool(self.levels) == (self.silent is not None and self.silent != {}):
            raise ValueError("give one of 'levels' and 'silent'")
        if any(before >= after for before, after in pairwise(self.silences.values())):
            raise ValueError("'silent' must rise from blue to red")
        if self.silent is not None and self.for_:
            raise ValueError("'silent' is itself a length of time: give no 'for' with it")
        if (self.opens is None) != (self.category is None):
            raise ValueError("give both of 'opens' and 'category' or neither")
        if bool(self.inhibits) != (self.within is not None):
            raise ValueError("give both of 'inhibits' and 'within' or neither")
        if any(len(set(window.split("-"))) == 1 for window in self.hours):
            raise ValueError("'hours' must begin and end at different times")
        return self
