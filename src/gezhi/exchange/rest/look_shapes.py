"""Looking at personal data and who did, as the OpenAPI document shows them. Pure."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from gezhi.exchange.rest.shapes import Plain, Shape

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
