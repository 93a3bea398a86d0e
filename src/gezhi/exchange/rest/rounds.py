"""The bodies of rounds, subjects and elements, as the OpenAPI document shows them. Pure."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from gezhi.exchange.rest.shapes import Name, Plain, Said, Shape, Text

FROM = Field(default=0, ge=0, le=1_000_000)
Answer = str | int | float | bool | list[str]


class RoundQuery(Shape):
    plan: Name = ""
    place: Name = ""
    state: Name = ""
    subject: Name = ""
    since: Name = ""
    until: Name = ""
    after: int = FROM


class SubjectQuery(Shape):
    kind: Name = ""
    place: Name = ""
    text: Name = ""
    gone: Name = Field(default="", description="1: those that are no longer visited.")
    after: int = FROM


class RoundOut(BaseModel):
    """Due from `opens_at` to `due_at`. `state`: due, done, missed or skipped. `found`: numbers of cases."""

    id: int
    plan: str
    place_code: str
    subject: int | None
    subject_name: str
    state: str
    opens_at: datetime
    due_at: datetime
    begun_at: datetime | None
    ended_at: datetime | None
    reason: str
    points: int
    metres: int
    found: list[str]


class RoundPageOut(BaseModel):
    rounds: list[RoundOut]
    next: int | None


class FindingIn(Shape):
    category: Name
    text: Said
    lon: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)


class FinishIn(Shape):
    """`answers`: by the fields of the unified form; `confirmed`: elements that are still so."""

    answers: dict[Plain, Answer] = {}
    confirmed: list[Name] = Field(default=[], max_length=100)
    findings: list[FindingIn] = Field(default=[], max_length=12)
    points: int = Field(default=0, ge=0, le=100_000)
    metres: int = Field(default=0, ge=0, le=1_000_000)


class FinishedOut(BaseModel):
    """`known`: elements that are new or changed; `same`: those that were seen to hold."""

    rounds: list[int]
    known: int
    same: int
    cases: list[str]


class SkipIn(Shape):
    reason: Text


class SettingIn(Shape):
    place_code: Name
    on: bool
    since: date | None = None


class SettingOut(BaseModel):
    place_code: str
    on: bool
    since: date


class PlanOut(BaseModel):
    key: str
    pack: str
    title_zh: str
    title_en: str
    kind: str
    about: str
    times: int
    period: str
    workdays: bool
    finds: list[str]
    fields: list[str]
    settings: list[SettingOut]


class SubjectIn(Shape):
    kind: Name
    name: Text
    code: Text = ""
    address: Text = ""
    place_code: Name = ""
    lon: float | None = None
    lat: float | None = None
    known: dict[Plain, Text] = {}


class KnownOut(BaseModel):
    value: Answer
    since: datetime
    confirmed_at: datetime
    source: str


class SubjectOut(BaseModel):
    id: int
    kind: str
    code: str
    name: str
    address: str
    place_code: str
    lon: float | None
    lat: float | None
    is_active: bool
    known: dict[str, KnownOut]


class SubjectPageOut(BaseModel):
    subjects: list[SubjectOut]
    next: int | None


class ElementOut(BaseModel):
    key: str
    title_zh: str
    title_en: str
    about: str
    purpose_zh: str
    purpose_en: str
    standard: str
    asked_by: list[str]
    picked_by: list[str]
    readers: list[str]
