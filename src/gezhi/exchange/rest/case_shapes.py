"""The bodies about cases, as the OpenAPI document shows them. Pure."""

from datetime import datetime

from pydantic import BaseModel, Field, JsonValue

from gezhi.exchange.rest.shapes import Name, Shape, Text


class StepIn(Shape):
    """What whoever acts gives with a step. `version`: the version of the case that was seen."""

    version: int = Field(ge=0, le=2**31 - 1)
    reason: Text = ""
    text: Text = ""
    unit_id: int | None = Field(default=None, ge=1, le=2**63 - 1)
    category: Name = ""
    place_code: Name = ""
    case_number: Name = ""
    report_id: int | None = Field(default=None, ge=1, le=2**63 - 1)
    unit_ids: list[int] = Field(default=[], max_length=20, description="Units called by a whistle.")
    length: Name = Field(default="", description="A length of time: 2 working days, 4 working hours, 3 days.")
    evidence: list[Name] = Field(default=[], max_length=12, description="Keys that /photos gave.")
    form: dict[Name, JsonValue] = Field(
        default={}, max_length=60, description="Answers to the step's form (/cases/NUMBER/steps/STEP/form)."
    )


class UndoIn(Shape):
    """`version`: the version of the case that your step left."""

    version: int = Field(ge=0, le=2**31 - 1)


class OptionOut(BaseModel):
    """A step that the case's state knows. `why_not` empty: you may take it, giving what it `needs`.

    `form`: it asks one, see /cases/NUMBER/steps/STEP/form.
    """

    step: str
    title_zh: str
    title_en: str
    kind: str
    needs: list[str]
    may: list[str]
    form: bool
    why_not: str


class CaseLineOut(BaseModel):
    number: str
    title: str
    category: str
    state: str
    is_open: bool
    place_code: str
    unit_id: int | None
    suggested_unit_id: int | None
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    report_count: int
    reopen_count: int
    rating: int | None
    version: int
    card: int = Field(description="0 none, 1 yellow, 2 red, since it was opened last.")
    held_code: str = Field(description="The jurisdiction whose centre holds it; empty: the place's own.")


class CasePageOut(BaseModel):
    """`next`: the cursor of the following page, to be sent as `after`."""

    cases: list[CaseLineOut]
    next: str | None


class CaseReportOut(BaseModel):
    """Without who reported, and without the code that lets the reporter act; numbers in the text are masked."""

    id: int
    source: str
    text: str
    lon: float | None
    lat: float | None
    address: str
    occurred_at: datetime
    received_at: datetime
    rating: int | None


class CaseEventOut(BaseModel):
    seq: int
    at: datetime
    kind: str
    title_zh: str
    title_en: str
    who: str
    acting_for: str = Field(description="Whose post the step was taken in, when it was handed over.")
    role: str
    text: str
    photos: list[str]
    facts: dict[str, object] = Field(description="What the step changed besides the state.")


class ShareOut(BaseModel):
    """A unit's share of a case. `kind`: lead, whistle or joint."""

    unit_id: int
    kind: str
    state: str
    assigned_at: datetime
    due_at: datetime | None
    received_at: datetime | None
    ended_at: datetime | None
    absent_at: datetime | None
    outcome: str


class SupervisionOut(BaseModel):
    """A card or an order. `level`: yellow, red or order."""

    level: str
    unit_id: int | None
    reason: str
    at: datetime
    due_at: datetime | None
    answered_at: datetime | None
    answer: str


class AskedOut(BaseModel):
    """A step that waits for approval."""

    step: str
    length: str
    unit_id: int | None
    reason: str
    waits_for: str


class CaseOut(CaseLineOut):
    category_zh: str
    category_en: str
    place_name: str
    unit_name: str
    reports: list[CaseReportOut]
    events: list[CaseEventOut]
    options: list[OptionOut]
    shares: list[ShareOut]
    supervisions: list[SupervisionOut]
    asked: AskedOut | None
    parent: str | None
    children: list[str]


class StepOut(BaseModel):
    """The case after the step."""

    number: str
    state: str
    version: int
    is_open: bool
    category: str
    place_code: str
    unit_id: int | None
    due_at: datetime | None
