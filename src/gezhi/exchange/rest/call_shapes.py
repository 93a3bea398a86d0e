"""Callbacks and circling cases, as the OpenAPI document shows them. Pure."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from gezhi.exchange.rest.shapes import Name, Shape, Text


class CallQuery(Shape):
    """`text`: a case's number or title, or the end of a telephone number. `page` from 1."""

    text: Name = ""
    standing: Literal["open", "overdue", "done", "resolved", "not-resolved", "unreachable"] = "open"
    reason: Literal["", "sample", "bad-rating"] = ""
    place: Name = ""
    page: int = Field(default=1, ge=1, le=100_000)


class CallbackOut(BaseModel):
    """`outcome` empty: nobody has called yet. `responded`: the reporter says that the unit had come or called."""

    id: int
    case_number: str
    report_id: int
    place_code: str
    unit_id: int | None
    reason: str
    at: datetime
    due_at: datetime | None
    tries: int
    done_at: datetime | None
    outcome: str
    responded: bool | None
    rating: int | None
    text: str


class CallbacksOut(BaseModel):
    """`count`: of all pages."""

    callbacks: list[CallbackOut]
    count: int
    page: int


class CallIn(Shape):
    """What came of the call. `not-resolved` needs `text` and sends the case back to work."""

    outcome: Literal["resolved", "not-resolved", "unreachable"]
    responded: bool | None = None
    rating: int | None = Field(default=None, ge=1, le=5)
    text: Text = ""


class CircleOut(BaseModel):
    """An open case that goes round. `path`: the ids of the units, in the order in which they had it."""

    case_number: str
    title: str
    state: str
    place_code: str
    whys: list[Literal["sent-on", "same-unit", "joined-and-split"]]
    path: list[int]
    sent_on: int
    since: datetime
