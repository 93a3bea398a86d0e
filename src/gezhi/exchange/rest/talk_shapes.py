"""Notes among colleagues, the inbox and ready answers, as the OpenAPI document shows them. Pure."""

from datetime import datetime

from pydantic import BaseModel, Field

from gezhi.exchange.rest.shapes import Name, Plain, Shape


class NoteIn(Shape):
    """`@name` or `@username` in the text calls a colleague who sees the case; `mentions`: accounts called besides."""

    text: Plain = Field(min_length=1, max_length=2000)
    mentions: list[int] = Field(default=[], max_length=20)


class NoteTextIn(Shape):
    text: Plain = Field(min_length=1, max_length=2000)


class NoteOut(BaseModel):
    """`text` is "" once deleted. `mine`: you may still change it. `new`: it names you and you had not read it."""

    id: int
    at: datetime
    account_id: int
    who: str
    text: str
    edited_at: datetime | None
    deleted_at: datetime | None
    mine: bool
    new: bool


class ColleagueOut(BaseModel):
    id: int
    username: str
    name: str
    name_en: str
    unit_id: int


class InboxLineOut(BaseModel):
    """`kind`: mention, lead, opened, whistle, joint, yellow, red, order, asked, appeal, import, training, warning,
    glass (somebody looked in an emergency), glass-reviewed, delegated, nominated, nomination-decided or sensed
    (a warning of readings that you were told of). `ref`: the row
    that it follows from; `words`: what was said with it."""

    kind: str
    at: datetime
    case_number: str
    ref: int
    unit_id: int | None
    words: str
    due_at: datetime | None
    new: bool


class InboxOut(BaseModel):
    """`next`: sent as `before` for what is older; null at the end."""

    lines: list[InboxLineOut]
    unseen: int
    next: datetime | None


class PhraseIn(Shape):
    """`unit_id` null: of all units. `kind` "": for every step. {number}, {category}, {place} and {unit} stand for what
    the case is."""

    unit_id: int | None = None
    kind: Name = ""
    title: Plain = Field(min_length=1, max_length=40)
    text: Plain = Field(min_length=1, max_length=1000)


class PhraseOut(BaseModel):
    id: int
    unit_id: int | None
    kind: str
    title: str
    text: str
    version: int
    at: datetime
