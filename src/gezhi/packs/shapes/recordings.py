"""Recordings: small series of readings, and what a monitor makes of them, without a database."""

from typing import Annotated, Literal

from pydantic import Field

from gezhi.packs.shapes.base import Key, Shape
from gezhi.packs.shapes.things import PROPERTY

Minutes = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
Value = Annotated[float, Field(ge=-1e9, le=1e9, allow_inf_nan=False)]
Series = Annotated[tuple[tuple[Minutes, Value], ...], Field(max_length=500)]


class Recording(Shape):
    """`readings`: [minutes after the start, value] of what the monitor watches; `others`: what else the thing measures.

    `starts`: by the city's clock. `then`: every change of the warning's level as [minutes, level], `none` where it
    ends; empty: it stays silent. `until`: for how many minutes time goes on after the readings.
    """

    title: str = Field(min_length=5)
    monitor: Key
    starts: str
    readings: Series
    others: dict[Annotated[str, Field(pattern=PROPERTY)], Series] = {}
    then: tuple[tuple[Minutes, Literal["none", "blue", "yellow", "orange", "red"]], ...] = ()
    until: Minutes = 0
