"""Looking at personal data and who did, as the OpenAPI document shows them. Pure."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gezhi.exchange.rest.shapes import Name, Plain, Shape

Purpose = Literal[
    "handling", "verifying", "callback", "supervision", "audit", "statistics", "rights", "security"
]
Reason = Annotated[Plain, Field(max_length=300)]


class ContactIn(Shape):
    """Why you need to reach whoever reported. `reason`: for telephone numbers, and for what is not your post's duty.
    `reports`: some of the case's reports; none: all of them."""

    purpose: Purpose
    reason: Reason = ""
    reports: list[Annotated[int, Field(ge=1, le=2**63 - 1)]] = Field(default=[], max_length=50)


class ContactOut(BaseModel):
    report_id: int
    name: str
    phone: str
    email: str
    text: str = Field(description="What was reported, with the numbers that stand in it.")


class ContactsOut(BaseModel):
    """Your look is kept. `until`: pages of the case show you the same until then."""

    until: datetime
    contacts: list[ContactOut]


class LookQuery(Shape):
    """`who`: part of a name or user name; `subject`: such as report:12; `since` and `until`: days, both counted;
    `page` from 1, fifty looks each."""

    who: Name = ""
    subject: Name = ""
    number: Name = Field(default="", description="Of a case.")
    purpose: Name = ""
    way: Name = ""
    glass: bool = Field(default=False, description="Only what an emergency opened.")
    since: date | None = None
    until: date | None = None
    page: int = Field(default=1, ge=1, le=100_000)


class LookOut(BaseModel):
    """A look at personal data: never what was seen. `break_glass_id`: the emergency that opened it."""

    id: int
    at: datetime
    account_id: int
    post_id: int | None
    purpose: str
    reason: str
    subject_kind: str
    subject_id: int
    case_id: int | None
    place_code: str
    fields: list[str]
    grade: int = Field(description="The highest of the fields: 3 personal, 4 sensitive.")
    way: str
    address: str
    request_id: str
    shown_until: datetime | None
    break_glass_id: int | None


class LooksOut(BaseModel):
    """`count`: of all pages."""

    lookups: list[LookOut]
    count: int
    page: int
