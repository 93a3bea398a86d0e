"""Signals and warnings as other systems send and read them."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Schema
from pydantic import ConfigDict, Field, IPvAnyAddress

_PRINTED = r"^[^\x00-\x1f\x7f]*$"


class SignalIn(Schema):
    """`key`: your own name for it; sent again, it is known. `count`: how many events it stands for."""

    model_config = ConfigDict(extra="forbid")
    key: Annotated[str, Field(min_length=1, max_length=120, pattern=_PRINTED)]
    kind: Literal["outside-attack", "outside-malware", "outside-fault"]
    at: datetime | None = None
    address: IPvAnyAddress | None = None
    count: Annotated[int, Field(ge=1, le=10**9)] = 1
    text: Annotated[str, Field(max_length=300, pattern=_PRINTED)] = ""


class SignalTakenOut(Schema):
    key: str
    signal: int
    known: bool


class SignalQuery(Schema):
    """`after`: the id of the last line that you have."""

    after: Annotated[int, Field(ge=0, le=2**63 - 1)] = 0
    limit: Annotated[int, Field(ge=1, le=5000)] = 1000


class WarningOut(Schema):
    """`by` and `group`: of which account or address events were counted; it judges nobody."""

    id: int
    rule: str
    title: str
    level: Literal["blue", "yellow", "orange", "red"]
    by: str
    group: str
    number: int
    signals: int
    began_at: datetime
    last_at: datetime
    ended_at: datetime | None
    acknowledged_at: datetime | None
    muted_until: datetime | None
    case: str | None
