"""The bodies of the ledger, as the OpenAPI document shows them. Pure."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue

from gezhi.exchange.rest.shapes import Name, Plain, Shape

Place = Annotated[int, Field(ge=0, lt=2**63)]
Hash = Annotated[str, Field(description="32 bytes in base64")]


class CheckpointOut(BaseModel):
    """`note`: the signed checkpoint, word for word. `timestamp`: when an outside authority saw it, by its clock."""

    size: int
    root: Hash
    at: datetime
    signed_by: list[str]
    timestamp: datetime | None
    note: str


class CheckpointPageOut(BaseModel):
    """`next`: sent as `before` for the following page; null: there is none."""

    checkpoints: list[CheckpointOut]
    next: int | None


class KeyOut(BaseModel):
    """`key`: name+id+key. `until`: when it stops signing; null: open."""

    key: str
    since: datetime
    until: datetime | None


class InclusionQuery(Shape):
    """`size`: of the tree, in entries; at most that of the newest checkpoint."""

    index: Place
    size: Place


class ConsistencyQuery(Shape):
    old: Place
    new: Place


class InclusionOut(BaseModel):
    """From the leaf's sibling up to the root's child (RFC 6962 section 2.1.1)."""

    index: int
    size: int
    root: Hash
    hashes: list[Hash]


class ConsistencyOut(BaseModel):
    """RFC 6962 section 2.1.2."""

    old: int
    new: int
    old_root: Hash
    new_root: Hash
    hashes: list[Hash]


class EntriesQuery(Shape):
    """`since` and `until`: instants; `kind` with a final * for all that begin so. The answer's `next` is sent as
    `before` for the following page."""

    subject: Annotated[Plain, Field(max_length=80)] = ""
    kind: Name = ""
    since: datetime | None = None
    until: datetime | None = None
    before: Place | None = None


class EntryOut(BaseModel):
    """`index`: the place in the tree; null: not yet. `body`: what its leaf hash is taken of, as text."""

    id: int
    index: int | None
    kind: str
    subject: str
    at: datetime
    leaf_hash: Hash
    body: str
    facts: JsonValue


class EntryPageOut(BaseModel):
    entries: list[EntryOut]
    next: int | None
