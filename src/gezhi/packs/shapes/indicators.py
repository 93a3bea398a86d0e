"""Indicators and appraisals: named counts, formulas over them, weights; dated and sourced."""

from datetime import date
from typing import Literal

from pydantic import Field

from gezhi.packs.shapes.base import Key, Shape, Words


class Indicator(Shape):
    """`formula`: an expression over named counts, such as `resolved / asked`. `better`: which way is good."""

    key: Key
    title: Words
    formula: str = Field(min_length=1, max_length=500)
    shown_as: Literal["percent", "count", "points", "hours"] = "percent"
    better: Literal["more", "less"] = "more"
    categories: tuple[Key, ...] = ()
    source: str = Field(min_length=3)


class Appraisal(Shape):
    """How units, posts and grids are marked in a period. `points`: an expression over indicators, 0 to 100."""

    key: Key
    title: Words
    since: date
    period: Literal["month", "week", "day"] = "month"
    day_starts: str = Field(default="00:00", pattern=r"^[0-2][0-9]:[0-5][0-9]$")
    indicators: tuple[Key, ...] = Field(min_length=1)
    points: str = Field(min_length=1, max_length=500)
    source: str = Field(min_length=3)
