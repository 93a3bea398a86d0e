"""Posts, who holds them for whom, and looks in an emergency, as the OpenAPI document shows them. Pure."""

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, Field

from gezhi.exchange.rest.look_shapes import Reason
from gezhi.exchange.rest.shapes import Name, Plain, Shape

Id = Annotated[int, Field(ge=1, le=2**63 - 1)]
Words = Annotated[Plain, Field(max_length=500)]


class PostOut(BaseModel):
    """`acting_for`: whose post it is, where it was handed over; empty: your own."""

    id: int
    role: str
    unit_id: int
    unit_name: str
    place_code: str
    acting_for: str


class DelegationIn(Shape):
    """`to`: a user name. `until`: the first day on which it is over, at most 30 days after `begins`."""

    post_id: Id
    to: Name
    begins: date
    until: date
    reason: Reason


class DelegationOut(BaseModel):
    id: int
    post_id: int
    role: str
    giver: str
    receiver: str
    begins: date
    until: date
    reason: str
    ended_at: datetime | None


class NominationIn(Shape):
    """`until` null: until the post is ended. A leader, auditor or administrator waits for a second administrator."""

    username: Name
    unit_code: Name
    role: Name
    place_code: Name
    begins: date
    until: date | None = None
    reason: Reason


class NominationOut(BaseModel):
    """`granted` null: a second administrator has still to decide."""

    id: int
    username: str
    unit_id: int
    role: str
    place_code: str
    begins: date
    until: date | None
    reason: str
    asked_at: datetime
    decided_at: datetime | None
    granted: bool | None
    words: str
    post_id: int | None


class DecisionIn(Shape):
    grant: bool
    words: Reason = ""


class EmergencyIn(Shape):
    """`what`: a case's number, or the code of a town, village or grid. `reason`: ten characters at least."""

    what: Name
    reason: Words


class EmergencyOut(BaseModel):
    """`accepted` null: an auditor has still to review it, by `review_by`."""

    id: int
    account_id: int
    case_id: int | None
    place_code: str
    reason: str
    at: datetime
    until: datetime
    ended_at: datetime | None
    review_by: datetime
    reviewed_at: datetime | None
    accepted: bool | None
    words: str


class ReviewIn(Shape):
    accept: bool
    words: Words
