"""What cameras and alarm devices may report: hazards at places, and which category each becomes."""

from typing import Final, Literal, get_args

from pydantic import Field

from gezhi.packs.shapes.base import Key, Shape, Words
from gezhi.packs.shapes.warnings import Span

Hazard = Literal[
    "fire",
    "smoke",
    "water",
    "blocked-road",
    "blocked-exit",
    "cover-missing",
    "cover-broken",
    "fallen-tree",
    "rubbish",
    "overflow",
    "road-damage",
    "spill",
    "ice",
]
HAZARDS: Final[tuple[Hazard, ...]] = get_args(Hazard)


class Alarm(Shape):
    """An alarm of GB/T 28181: `method` and `type` by its numbers (annex A), and words of which one stands in its
    description. What is not given is not asked."""

    method: int = Field(ge=1, le=7)
    type: int | None = Field(default=None, ge=0, le=99)
    words: tuple[str, ...] = ()

    def fits(self, method: int, kind: int | None, description: str) -> bool:
        if self.method != method or (self.type is not None and self.type != kind):
            return False
        return not self.words or any(word in description for word in self.words)


class HazardRule(Shape):
    """An event of this `kind` becomes a report of the category, in the words of `text`.

    `least`: below this confidence (0 to 1) it is counted only; events that say none count as sure. `quiet`: what one
    device says again of one kind within this span is counted and makes no further report. `alarms`: those of GB/T 28181
    that are of this kind. The list of kinds is closed, and none is about a person.
    """

    key: Key
    kind: Hazard
    text: Words
    category: Key
    least: float = Field(default=0.6, ge=0, le=1)
    quiet: Span = "30 minutes"
    alarms: tuple[Alarm, ...] = ()
    source: str = Field(min_length=3)
