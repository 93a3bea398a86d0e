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


class TicketOut(Shape):
    """`url`: of the stream; "" where the node has none, and a path where it is at the same origin."""

    ticket: str
    url: str
