"""The bodies of personal rights, as the OpenAPI document shows them. Pure."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gezhi.exchange.rest.shapes import Plain, Shape

Number = Annotated[Plain, Field(min_length=5, max_length=30)]


class CodeIn(Shape):
    """The telephone number that was left with a report."""

    number: Number


class CodeOut(BaseModel):
    """The same whether anything is held under the number or not; only to a known one a message goes."""

    code_id: int
    seconds: int


class OpeningIn(Shape):
    """Either the code that was sent, with its id and number; or a report's code and last four digits."""

    code_id: Annotated[int, Field(ge=0, le=2**62)] = 0
    number: Annotated[Plain, Field(max_length=30)] = ""
    code: Annotated[Plain, Field(max_length=12)] = ""
    tracking_code: Annotated[Plain, Field(max_length=20)] = ""
    phone_last4: Annotated[Plain, Field(max_length=4)] = ""


class OpeningOut(BaseModel):
    """`pass`: to be sent as the header X-Rights-Pass, for so many seconds."""

    passport: Annotated[str, Field(alias="pass")]
    seconds: int


class RequestIn(Shape):
    """`report`: the tracking code of the one report that is meant; "" for all. `text`, `address`: what a correction
    should say."""

    right: Literal["copy", "correct", "delete", "withdraw", "object", "explain"]
    words: Annotated[Plain, Field(max_length=2000)] = ""
    report: Annotated[Plain, Field(max_length=20)] = ""
    text: Annotated[Plain, Field(max_length=4000)] = ""
    address: Annotated[Plain, Field(max_length=300)] = ""
    language: Literal["zh-hans", "en"] = "zh-hans"


class RequestOut(BaseModel):
    number: str
    right: str
    at: datetime
    state: str
    is_open: bool
    due_at: datetime | None
    answers: list[str]


class RequestsOut(BaseModel):
    requests: list[RequestOut]


class KeptOut(BaseModel):
    """One column: what it is, whose, for which purposes, on which basis, how sensitive, and for how many days from
    when (null: no end of its own)."""

    column: str
    what_zh: str
    what_en: str
    whose: str
    purposes: list[str]
    basis_zh: str
    basis_en: str
    grade: int
    days: int | None
    since: str


class RegisterOut(BaseModel):
    columns: list[KeptOut]
