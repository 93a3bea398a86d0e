"""The bodies about duty lists, their coverage, and contracts. Pure."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from gezhi.exchange.rest.shapes import Name, Plain, Said, Shape


class DutyOut(BaseModel):
    """`level`: 0 province to 4 village. `valid_to`: the first day that no longer counts."""

    category: str
    level: int
    function: str
    valid_from: date
    valid_to: date | None
    source: str
    law: str
    article: str


class AdmissionOut(BaseModel):
    category: str
    place_code: str
    admitted: bool
    valid_from: date
    valid_to: date | None
    source: str
    law: str
    article: str


class EditionOut(BaseModel):
    number: int
    made_at: datetime
    basis: str
    case_number: str
    added: int
    ended: int


class GapOut(BaseModel):
    """Nobody answers for these categories in `missing` of the `total` grids of a town."""

    place_code: str
    function: str
    categories: list[str]
    missing: int
    total: int


class OverlapOut(BaseModel):
    """`kind`: same-duty, two-duties, two-rulings or duty-without-admission."""

    kind: str
    place_code: str
    key: str
    between: list[str]


class CoverageOut(BaseModel):
    place: str
    gaps: list[GapOut]
    overlaps: list[OverlapOut]


class PurchaseOut(BaseModel):
    """A contract as everybody may read it once its purchase is published. Prices in cents."""

    id: int
    number: str
    title: str
    unit: str
    unit_name: str
    ordered_by: str
    ordered_by_name: str
    valid_from: date
    valid_to: date
    places: list[str]
    categories: list[str]
    functions: list[str]
    price_kind: str
    cents: int
    quality: str
    method: str
    candidates: list[str]
    reason: str
    published_at: datetime | None
    ended_on: date | None


class ContractOut(PurchaseOut):
    """`cost`: cents charged so far, or the lump sum; `per_case`: of the cases finished under it."""

    cost: int
    cases: int
    reopened: int
    per_case: int | None
    mark: float | None


class ContractIn(Shape):
    """`unit`, `ordered_by`: codes of units. `valid_to`: the first day that no longer counts."""

    number: Name
    title: Plain = Field(max_length=200)
    unit: Name
    ordered_by: Name
    valid_from: date
    valid_to: date
    places: list[str] = Field(max_length=200)
    categories: list[str] = Field(default=[], max_length=300)
    functions: list[str] = Field(default=[], max_length=60)
    price_kind: Name
    cents: int
    quality: Plain = Field(default="", max_length=4000)
    method: Name
    candidates: list[Name] = Field(default=[], max_length=50)
    reason: Said


class EndIn(Shape):
    on: date
    reason: Said


class MarkIn(Shape):
    case_number: Name
    mark: int = Field(ge=1, le=5)
    reason: Plain = Field(min_length=1, max_length=300)
