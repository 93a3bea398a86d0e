"""What all shapes are made of."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Version = Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
LENGTH = r"^[1-9][0-9]{0,4} (working minutes|working hours|working days|minutes|hours|days)$"
Length = Annotated[str, Field(pattern=LENGTH)]
Role = Literal[
    "grid-worker",
    "operator",
    "dispatcher",
    "handler",
    "partner",
    "verifier",
    "supervisor",
    "leader",
    "administrator",
    "data-steward",
    "reporter",
    "system",
]


class Shape(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Shape):
    """One text in the two languages of the screens."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)
