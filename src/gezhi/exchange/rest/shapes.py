"""The bodies of the interface, as the OpenAPI document shows them. Pure."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from gezhi.exchange.rest.form_shapes import Answer


def _storable(text: str) -> str:
    if "\0" in text:
        raise ValueError("holds a NUL byte; send it without")
    return text


Plain = Annotated[str, AfterValidator(_storable)]
Text = Annotated[Plain, Field(max_length=4000)]
Said = Annotated[Plain, Field(min_length=1, max_length=4000)]
Name = Annotated[Plain, Field(max_length=60)]
Crs = Literal["wgs84", "cgcs2000", "gcj02", "bd09"]


class Shape(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReportIn(Shape):
    """One report. Only `text` is required; a point needs both `lon` and `lat`, in degrees of `crs`."""

    text: str = Field(min_length=1, max_length=4000)
    source_id: str = Field(
        default="", max_length=120, description="The sender's own id: sent twice, taken once."
    )
    lon: float | None = None
    lat: float | None = None
    crs: Crs = "wgs84"
    place_code: str = Field(default="", max_length=16)
    address: str = Field(default="", max_length=300)
    category: str = Field(
        default="", max_length=60, description="A key of /categories; empty: classified here."
    )
    occurred_at: datetime | None = None
    reporter_name: str = Field(default="", max_length=60)
    reporter_phone: str = Field(default="", max_length=30)
    reporter_email: str = Field(default="", max_length=200)
    language: str = Field(default="", max_length=10)
    attributes: dict[str, Answer] = Field(
        default={}, description="Answers to the category's form (/forms/CATEGORY), and other texts."
    )
    photos: list[str] = Field(default=[], max_length=12, description="Keys that /photos gave.")
    photos_base64: list[str] = Field(default=[], max_length=3)


class FieldError(BaseModel):
    field: str
    value: str
    problem: str


class ProblemOut(BaseModel):
    """RFC 9457. `code` is stable; `errors` names every wrong field."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldError]


class StaleOut(ProblemOut):
    """The case as it is now: read it again, then decide."""

    state: str
    version: int
    number: str


class ReceiptOut(BaseModel):
    """`known`: this report was taken before. `joined`: it speaks of a case that was open already."""

    tracking_code: str
    case_number: str
    state: str
    category: str
    place_code: str
    joined: bool
    known: bool


class BatchItemOut(BaseModel):
    """The outcome of the report at `index`."""

    index: int
    outcome: Literal["accepted", "known", "refused"]
    receipt: ReceiptOut | None
    errors: list[FieldError]


class BatchOut(BaseModel):
    accepted: int
    known: int
    refused: int
    results: list[BatchItemOut]


class PhotoOut(BaseModel):
    key: str
    sha256: str
    width: int
    height: int


class Proof(Shape):
    """Shows that the caller is the reporter: the last four digits of the telephone number given, if any."""

    phone_last4: Annotated[Plain, Field(max_length=4)] = ""


class RatingIn(Proof):
    """5 very satisfied, 4 satisfied, 3 basically satisfied, 2 dissatisfied, 1 very dissatisfied."""

    rating: int = Field(ge=1, le=5)
    text: Text = ""


class ReopeningIn(Proof):
    reason: Said


class AdditionIn(Proof):
    text: Said
    photos: list[Name] = Field(default=[], max_length=12)


class WithdrawalIn(Proof):
    reason: Text = ""


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


class PointIn(Shape):
    lon: float = Field(allow_inf_nan=False)
    lat: float = Field(allow_inf_nan=False)


class PointsIn(Shape):
    crs: Crs = "wgs84"
    points: list[PointIn] = Field(max_length=10_000)


class LocatedOut(BaseModel):
    """`place_code` empty: outside every known place."""

    place_code: str
    name: str


class ClassifyIn(Shape):
    text: Said


class GuessOut(BaseModel):
    category: str
    name_zh: str
    name_en: str
    confidence: float
    clues: list[str]


class CategoryOut(BaseModel):
    key: str
    code: str
    kind: str
    group: str
    name_zh: str
    name_en: str


class UnitOut(BaseModel):
    id: int
    code: str
    name: str
    name_en: str
    place_code: str
    functions: list[str]


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
    """Without who reported, and without the code that lets the reporter act."""

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


class FollowedEventOut(BaseModel):
    at: datetime
    kind: str
    title_zh: str
    title_en: str


class FollowedOut(BaseModel):
    """A report as its reporter sees it. `steps`: what the reporter may do now."""

    tracking_code: str
    case_number: str
    text: str
    category_zh: str
    category_en: str
    state: str
    state_zh: str
    state_en: str
    place_name: str
    unit_name: str
    received_at: datetime
    due_at: datetime | None
    rating: int | None
    events: list[FollowedEventOut]
    answers: list[str]
    steps: list[str]


class ParameterIn(Shape):
    """`value`: a length such as `2 working days`, or a number, as the parameter is."""

    since: date
    value: Plain = Field(min_length=1, max_length=30)
    source: Plain = Field(min_length=3, max_length=200, description="On whose word the value rests.")


class ParameterValueOut(Shape):
    """`id`: of a value that staff have set; null: the pack's own. `when`: past, now, coming or withdrawn."""

    id: int | None
    since: date
    length: str | None
    number: float | None
    source: str
    when: str
    set_at: datetime | None


class ParameterOut(Shape):
    key: str
    pack: str
    title_zh: str
    title_en: str
    values: list[ParameterValueOut]


class PackOut(Shape):
    """`needs`: other packs with the version that is used. `digest`: SHA-256 of the canonical JSON, hex."""

    name: str
    version: str
    title_zh: str
    title_en: str
    needs: dict[str, str]
    digest: str


class PackContentOut(PackOut):
    content: dict[str, JsonValue]
