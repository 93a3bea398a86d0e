"""The bodies of the command centre, as the OpenAPI document shows them. Pure."""

from datetime import datetime

from pydantic import BaseModel, Field

from gezhi.exchange.rest.shapes import Name, Shape, Text


class LookQuery(Shape):
    """What is looked at; without `place`, everything that the caller commands."""

    place: Name = ""
    since: Name = Field(default="", description="First day of the opening of a case, 2026-07-01.")
    until: Name = ""
    day: Name = Field(default="", description="since and until at once.")
    held: Name = Field(default="", description="Whose centre holds it: own, or city, county, town...")
    due: Name = Field(default="", description="overdue or soon; for points and for urging.")
    category: Name = Field(default="", description="The key of a category or of a group of them.")
    source: Name = Field(
        default="", description="portal, hotline, field, agent, api, open311, file or other."
    )
    unit: Name = ""


class BoxQuery(LookQuery):
    box: Text = Field(description="west,south,east,north in degrees.")


class CountersOut(BaseModel):
    """Open cases now; received and closed today or in the time that was asked for; ratings of 30 days."""

    place: str
    open: int
    soon: int
    overdue: int
    yellow: int
    red: int
    received: int
    closed: int
    rated: int
    satisfied: int
    stages: dict[str, int]


class BelowOut(BaseModel):
    """`on_time`: share handled within the limit in thirty days; null where nothing was to be handled."""

    code: str
    name: str
    lon: float | None
    lat: float | None
    open: int
    soon: int
    overdue: int
    yellow: int
    red: int
    on_time: float | None
    closed: int


class PlacesOut(BaseModel):
    level: str
    places: list[BelowOut]


class PointOut(BaseModel):
    id: int
    number: str
    lon: float
    lat: float
    status: str
    category: str
    place_code: str
    due_at: datetime | None


class PointsOut(BaseModel):
    """At most two thousand, overdue first; `more`: how many there are besides."""

    points: list[PointOut]
    more: int


class UrgeIn(LookQuery):
    """Either the numbers of cases, or how many of the most overdue of what is looked at."""

    numbers: list[Name] = Field(default=[], max_length=100)
    most: int = Field(default=0, ge=0, le=100)
    text: Text = ""


class NotUrgedOut(BaseModel):
    number: str
    code: str
    why: str


class UrgedOut(BaseModel):
    """Numbers of cases. `already`: urged within the last hour, and so not again."""

    urged: list[str]
    already: list[str]
    refused: list[NotUrgedOut]
