"""Situations: small stories that prove a pack without a database."""

from pydantic import Field

from gezhi.packs.shapes.base import Key, Length, Role, Shape
from gezhi.packs.shapes.warnings import Level


class Step(Shape):
    """One step of a situation: who does what, with what, how long after the step before."""

    do: Key
    by: Role = "system"
    person: str = "someone"
    given: dict[str, str] = Field(default={}, alias="with")
    after: Length | None = None
    then: Key | None = None
    refused: str | None = None


class Situation(Shape):
    """A small story that proves the pack: given a category and a start, these steps, this end.

    `starts` is the city's own clock: 2026-07-06 09:00. `form`: what the report's form said. `warning`: it was opened
    by a warning of this level, not by a person. `overdue`: the state at the end is past its limit. `due`: when the last
    state's limit ends, by the city's clock.
    """

    title: str = Field(min_length=5)
    category: Key
    starts: str
    form: dict[str, str | bool | int | float] = {}
    warning: Level | None = None
    steps: tuple[Step, ...] = Field(min_length=1)
    ends: Key
    overdue: bool = False
    due: str | None = None
