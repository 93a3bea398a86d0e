"""Things, readings, warnings and silences as the interface shows and takes them."""

from datetime import date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

from ninja import Schema
from pydantic import ConfigDict, Field

from gezhi.exchange.rest.shapes import Plain, Shape

Level = Literal["blue", "yellow", "orange", "red"]
StateWord = Literal["alarming", "silent", "marked", "good"]
Code = Annotated[Plain, Field(max_length=16, description="Of a division (12 digits) or a grid (15 or 16).")]


class ThingQuery(Schema):
    """Every filter may be left out. `after`: the `next` of the page before."""

    model_config = ConfigDict(extra="forbid")
    text: Annotated[Plain, Field(max_length=60)] = ""
    kind: Annotated[Plain, Field(max_length=60)] = ""
    place: Code = ""
    unit: Annotated[int | None, Field(ge=1, le=10**17)] = None
    state: StateWord | None = None
    due: Annotated[bool, Field(description="Calibration or service is due.")] = False
    after: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class ThingOut(Schema):
    """`state`: the worst of its datastreams. `streams`, `silent`, `marked`: how many there are, say nothing for too
    long, and whose newest reading is to be used with care. `newest_at`: of any of them."""

    id: int
    key: str
    name: str
    kind: str
    place_code: str
    lon: float | None
    lat: float | None
    part_code: str
    unit_id: int | None
    state: StateWord
    level: Level | None
    streams: int
    silent: int
    marked: int
    newest_at: datetime | None


class ThingPageOut(Schema):
    things: list[ThingOut]
    next: int | None


class StreamOut(Schema):
    """A datastream with its newest reading. `marks`: words for why a value is to be used with care. `silent`: nothing
    for longer than it says. `level`: at which it stands now."""

    id: int
    key: str
    name: str
    property: str
    code: str
    unit: str
    value: float | None
    at: datetime | None
    marks: list[str]
    silent: bool
    level: Level | None
    every_s: int | None
    low: float | None
    high: float | None


class ThingDetailOut(ThingOut):
    description: str
    installed_on: str | None
    calibrate_days: int | None
    calibrated_on: str | None
    calibration_due_on: str | None
    service_days: int | None
    serviced_on: str | None
    service_due_on: str | None
    datastreams: list[StreamOut]


class BucketOut(Schema):
    """`low`, `mean`, `high`: of the readings that can be used; null where there is none. `marks`: of any of them."""

    at: datetime
    low: float | None
    mean: float | None
    high: float | None
    count: int
    marked: int
    marks: list[str]


class StoodOut(Schema):
    """The series stood at this level of this monitor; `until` null: it still does."""

    monitor: str
    level: Level
    since: datetime
    until: datetime | None


class HistoryOut(Schema):
    """Buckets of `bucket_s` seconds that hold a reading, in order; those without one are left out."""

    datastream: int
    since: datetime
    until: datetime
    bucket_s: int
    buckets: list[BucketOut]
    alarms: list[StoodOut]


class HistoryQuery(Schema):
    model_config = ConfigDict(extra="forbid")
    span: Literal["24h", "7d", "30d"] = "24h"


class SensedQuery(Schema):
    """`standing`: open, ended or all."""

    model_config = ConfigDict(extra="forbid")
    standing: Literal["open", "ended", "all"] = "open"
    monitor: Annotated[Plain, Field(max_length=60)] = ""
    place: Code = ""
    level: Level | None = None
    unanswered: bool = False
    after: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class SensedOut(Schema):
    """Alarms of one monitor in one area. `level` null: all of them are muted or it has ended; `peak`: the highest that
    it had. `alarms`: how many were told of last."""

    id: int
    monitor: str
    title_zh: str
    title_en: str
    place_code: str
    level: Level | None
    peak: Level | None
    alarms: int
    raised_at: datetime
    changed_at: datetime
    ended_at: datetime | None
    acknowledged_at: datetime | None
    case: Annotated[str | None, Field(description="Its number, where you may see the case.")]


class SensedPageOut(Schema):
    warnings: list[SensedOut]
    next: int | None


class MemberOut(Schema):
    """An alarm. `muted`: "" or why nobody is told: `silence:ID`, or the monitor and series that cover it."""

    datastream: int
    thing: int
    thing_name: str
    place_code: str
    level: Level
    since: datetime
    left_at: datetime | None
    value: float | None
    muted: str


class MoveOut(Schema):
    """`why`: reached, escalated, fell, ended, gone."""

    datastream: int
    at: datetime
    level_from: Level | None
    level_to: Level | None
    value: float | None
    why: str


class PostToldOut(Schema):
    """Whom an orange or red warning was told to in person. `above`: since nobody of the grid took it up in time."""

    role: str
    place_code: str
    level: Level | None
    above: bool
    at: datetime


class SensedDetailOut(SensedOut):
    todo_zh: str
    todo_en: str
    source: str
    members: list[MemberOut]
    told_to: list[PostToldOut]
    moves: list[MoveOut]


class DatedOut(Schema):
    """A limit that rules name as `limit.` and the key with underscores. `since`: from which day on it holds; readings
    are judged by what held when they were read."""

    key: str
    title_zh: str
    title_en: str
    unit: str
    since: date
    number: float | None
    source: str


class WatchingOut(Schema):
    """A monitor. `levels`: rule by level; `limits`: the dated numbers that they name, past and coming ones too, in the
    order of their days; `silent_s`: instead, seconds without a reading. `watched`: how many
    datastreams in your sight it looks at; `foreign`: how many it cannot look at, since their unit is another."""

    key: str
    pack: str
    title_zh: str
    title_en: str
    kind: str | None
    property: str
    unit: str
    levels: dict[str, str]
    limits: list[DatedOut]
    silent_s: dict[str, int]
    opens: Level | None
    category: str | None
    todo_zh: str
    todo_en: str
    source: str
    watched: int
    foreign: int


class SilenceIn(Shape):
    """Which alarms: name monitors, a place or a thing; it covers what fits all that it names. `until`: with a zone, at
    most 30 days ahead. `starts_at`: now, if it is left out."""

    why: Annotated[Plain, Field(min_length=4, max_length=300)]
    until: datetime
    starts_at: datetime | None = None
    monitors: list[Annotated[Plain, Field(max_length=60)]] = Field(default=[], max_length=20)
    place_code: Code = ""
    thing: Annotated[int | None, Field(ge=1, le=2**62)] = None


class SilenceOut(Schema):
    id: int
    why: str
    monitors: list[str]
    place_code: str
    thing: int | None
    starts_at: datetime
    until: datetime
    made_at: datetime


class SilenceQuery(Schema):
    """`over`: those that ended, newest first."""

    model_config = ConfigDict(extra="forbid")
    over: bool = False


FAULTS: Final = 1000  # of a backfill in one answer


class BackfillOut(Schema):
    """`rows`: of the file, about. `read`, `new`, `known`, `refused`: readings so far. `error`: why it failed."""

    key: UUID
    name: str
    state: Literal["running", "done", "failed"]
    error: str
    rows: int | None
    read: int
    new: int
    known: int
    refused: int
    started_at: datetime
    ended_at: datetime | None


class BackfillListOut(Schema):
    backfills: list[BackfillOut]


class BackfillFaultOut(Schema):
    """`row`: of the file, its header is 1. `field`: time, series, value or mark; "" for the whole row."""

    row: int
    field: str
    value: str
    series: str
    code: str
    problem: str


class BackfillDetailOut(BackfillOut):
    """`faults`: at most 10,000 are kept of one file."""

    faults: list[BackfillFaultOut]
    next: int | None
