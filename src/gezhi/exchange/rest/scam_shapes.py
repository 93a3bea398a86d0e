"""The body of a notice. Pure."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from gezhi.exchange.rest.shapes import Plain, Shape

Scam = Literal["police", "customer-service", "loan", "investment", "rebate", "friend", "shopping", "other"]


class NoticeIn(Shape):
    """`id`: your own name for it; sent again, it is known. `phone`: of whoever is being deceived. `place_code`: the
    village or town where they are thought to be, no finer. Names, addresses and identity numbers are not taken."""

    id: Annotated[Plain, Field(min_length=1, max_length=60)]
    source: Annotated[Plain, Field(min_length=1, max_length=50)]
    phone: Annotated[str, Field(pattern=r"^(\+86)?1[3-9][0-9]{9}$|^0[0-9]{2,3}-?[0-9]{7,8}$")]
    place_code: Annotated[str, Field(pattern=r"^[0-9]{12}$")]
    scam: Scam
    urgency: Literal["now", "today"] = "today"
    at: datetime | None = None


class NoticeOut(Shape):
    """No tracking code: with the number it would open what is the person's own."""

    outcome: Literal["opened", "again", "joined"]
    case_number: str | None
