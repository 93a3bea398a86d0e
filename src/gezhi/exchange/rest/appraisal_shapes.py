"""Bodies of the appraisal's interface. Pure."""

from datetime import datetime

from gezhi.exchange.rest.shapes import Name, Said, Shape, Text


class FormulaOut(Shape):
    """`formula`: over counts, or for points over indicators."""

    key: str
    title_zh: str
    title_en: str
    formula: str
    source: str


class AppraisalOut(FormulaOut):
    since: str
    period: str
    day_starts: str
    least: int
    base: str
    indicators: list[FormulaOut]


class MarkOut(Shape):
    """`sure`: points at the unfavourable end of every share's 95 % interval; ranks go by it. `rank` null: too few, or
    you do not see enough units for ranks to mean something."""

    key: str
    rank: int | None
    points: float | None
    sure: float | None
    n: float
    values: dict[str, float | None]
    counts: dict[str, float]


class MarksOut(Shape):
    appraisal: str
    period: str
    since: datetime
    until: datetime
    level: str
    marks: list[MarkOut]


class MarksQuery(Shape):
    period: Name
    level: Name = "unit"
    place: Name = ""
    category: Name = ""


class CountOut(Shape):
    key: str
    name_zh: str
    name_en: str
    meaning_zh: str
    meaning_en: str


class OpenedQuery(Shape):
    """`day_starts` as the appraisal has it; `level` as the figure's table had it."""

    count: Name
    period: Name
    day_starts: Name = "00:00"
    level: Name = "unit"
    unit: int | None = None
    place: Name = ""
    category: Name = ""
    page: int = 1


class OpenedOut(Shape):
    number: str
    title: str
    at: datetime
    unit: int | None
    place: str
    category: str
    minutes: int | None
    appealed: bool


class OpenedPageOut(Shape):
    """`total` is the figure; fifty lines a page."""

    total: int
    lines: list[OpenedOut]


class AppealIn(Shape):
    number: Name
    unit: int
    reason: Said
    evidence: Text = ""


class DecisionIn(Shape):
    accept: bool
    answer: Said


class AppealOut(Shape):
    id: int
    number: str
    unit: int
    reason: str
    evidence: str
    state: str
    at: datetime
    answer: str
    decided_at: datetime | None


class BulletinOut(Shape):
    id: int
    appraisal: str
    period: str
    made_at: datetime
    sha256: str


class NeedOut(Shape):
    category: str
    number: int
    lift: float


class GridOut(Shape):
    """`load`: multiples of the median for each post, and their mean; null where not known."""

    code: str
    reports: int
    found: int
    households: int | None
    rounds: int
    posts: float
    parts: list[int]
    needs: list[NeedOut]
    load: dict[str, float | None]


class ProposalOut(Shape):
    code: str
    kind: str
    heavy: bool
    neighbours: list[str]
    load: float | None
