"""Indicators and appraisals: named counts, formulas over them, weights; dated and sourced."""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import Field

from gezhi.packs.shapes.base import Key, Shape, Words


class Counted(StrEnum):
    """What a formula may use: everything that is counted of a unit, a place or a category in a period."""

    REPORTED = "reported"
    FOUND = "found"
    REPORTED_BY_RESIDENTS = "reported_by_residents"
    MISSED = "missed"
    GIVEN = "given"
    RECEIVED = "received"
    RETURNED = "returned"
    SHOULD_HANDLE = "should_handle"
    HANDLED = "handled"
    HANDLED_ON_TIME = "handled_on_time"
    OVERDUE_OPEN = "overdue_open"
    EXTENDED = "extended"
    SHOULD_CLOSE = "should_close"
    REWORKED = "reworked"
    CLOSED = "closed"
    CLOSED_ON_TIME = "closed_on_time"
    REOPENED = "reopened"
    OVERTURNED = "overturned"
    FORMAL_CLOSED = "formal_closed"
    RATED = "rated"
    RATED_SATISFIED = "rated_satisfied"
    RATED_BASICALLY = "rated_basically"
    RATED_DISSATISFIED = "rated_dissatisfied"
    ASKED = "asked"
    RESPONDED = "responded"
    RESOLVED = "resolved"
    SATISFIED = "satisfied"
    BASICALLY_SATISFIED = "basically_satisfied"
    DISSATISFIED = "dissatisfied"
    WHISTLED = "whistled"
    REPORTED_IN = "reported_in"
    ABSENT = "absent"
    YELLOW_CARDS = "yellow_cards"
    RED_CARDS = "red_cards"
    ORDERS = "orders"
    ORDERS_LATE = "orders_late"
    OWN = "own"
    RESPONSE_MINUTES = "response_minutes"


class Indicator(Shape):
    """`formula`: an expression over named counts, such as `resolved / asked`. `base`: the count that a share is a share
    of; with it, what few cases say counts with caution. `better`: which way is good.
    """

    key: Key
    title: Words
    formula: str = Field(min_length=1, max_length=500)
    base: Counted | None = None
    shown_as: Literal["percent", "count", "points", "hours"] = "percent"
    better: Literal["more", "less"] = "more"
    categories: tuple[Key, ...] = ()
    source: str = Field(min_length=3)


class Appraisal(Shape):
    """How units and places are marked in a period. `points`: an expression over the indicators, 0 to 100; in it the
    hyphens of a key are written as underscores. Who has fewer than `least` of `base` is listed apart, unranked.

    `day_starts`: with 12:00 a day runs from noon of the day before to noon.
    """

    key: Key
    title: Words
    since: date
    period: Literal["month", "week", "day"] = "month"
    day_starts: str = Field(default="00:00", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")
    indicators: tuple[Key, ...] = Field(min_length=1)
    points: str = Field(min_length=1, max_length=500)
    base: Counted
    least: int = Field(default=30, ge=1, le=10_000)
    source: str = Field(min_length=3)
