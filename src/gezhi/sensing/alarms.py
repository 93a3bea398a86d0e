"""An alarm: one series that stands at a level of one monitor. Warnings gather alarms. Pure."""

from dataclasses import dataclass
from datetime import datetime

from gezhi.lib.codes import ancestor_at, level_named, level_of

THING = "thing"


@dataclass(frozen=True, slots=True)
class Alarm:
    """`place`: the code of where its thing stands. `level`: 1 blue to 4 red. `since`: when it was raised."""

    monitor: str
    series: int
    place: str
    thing: str
    level: int
    since: datetime

    @property
    def key(self) -> tuple[str, int]:
        return self.monitor, self.series

    def within(self, area: str) -> str:
        """The name of its area: a place code of that level (its own where it is no finer), or its thing."""
        if area == THING:
            return f"{THING} {self.thing}"
        level = level_named(area)
        return ancestor_at(self.place, level) if level_of(self.place) >= level else self.place
