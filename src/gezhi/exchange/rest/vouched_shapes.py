"""The bodies about who vouches for the ledger, and what proves a step. Pure."""

from datetime import datetime

from pydantic import BaseModel, Field


class LagOut(BaseModel):
    """`state`: off (nobody is asked), fresh, late (warned of) or stale (acts with legal effect wait)."""

    kind: str = Field(description="timestamp or witness")
    state: str
    minutes: int


class OutsiderOut(BaseModel):
    kind: str
    name: str
    size: int = Field(description="Entries that it vouched for.")
    vouched_at: datetime | None
    tried_at: datetime
    problem: str


class WitnessedOut(BaseModel):
    """A log that this node witnesses. `faults`: heads that do not go on from what it signed before."""

    origin: str
    size: int
    cosigned_at: datetime | None
    faults: int


class VouchedOut(BaseModel):
    lags: list[LagOut]
    outsiders: list[OutsiderOut]
    witnessed: list[WitnessedOut]


class SignedByOut(BaseModel):
    """`holds` null: this node cannot check SM2. `own`: the person alone holds the private half."""

    who: str
    key: str
    public: str
    kind: str
    own: bool
    since: datetime
    ended: datetime | None
    holds: bool | None


class WitnessOut(BaseModel):
    name: str
    at: datetime | None


class EntryProofOut(BaseModel):
    """`place` null: the entry waits for the next checkpoint. `body`: its own bytes, of which `leaf` is the hash."""

    kind: str
    place: int | None
    leaf: str
    body: str
    size: int | None
    checked_at: datetime | None
    stamped_at: datetime | None
    stamped_by: str
    witnesses: list[WitnessOut]
    signed: SignedByOut | None


class PhotoProofOut(BaseModel):
    """SHA-256 in hex. `captured` empty: its device said nothing."""

    key: str
    stored: str
    arrived: str
    captured: str
    captured_at: datetime | None


class EventProofOut(BaseModel):
    entries: list[EntryProofOut]
    photos: list[PhotoProofOut]
