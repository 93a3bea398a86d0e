"""The bodies of what anybody may see. Pure."""

from datetime import date
from typing import Literal

from gezhi.exchange.rest.shapes import Shape


class OpenMatterOut(Shape):
    """`place_code` is a village or larger; `lon`, `lat` the middle of a cell of about 200 metres."""

    number: str
    category: str
    name_zh: str
    name_en: str
    standing: Literal["waiting", "in-hand", "done"]
    place_code: str
    lon: float | None
    lat: float | None
    opened_on: date
    due_on: date | None
    closed_on: date | None
    reports: int


class OpenMattersOut(Shape):
    """`next`: the following page, None at the end."""

    matters: list[OpenMatterOut]
    next: int | None


class ManyOut(Shape):
    """How many in a place one level below the one that was asked about."""

    place_code: str
    category: str
    standing: Literal["waiting", "in-hand", "done"]
    number: int


class KeptOut(Shape):
    """Of the last ninety days. Shares are per cent; None where fewer than ten were counted."""

    key: str
    closed: int
    on_time: float | None
    days: float
    satisfied: float | None
