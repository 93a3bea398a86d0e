"""CAP out: a public notice of this node as others read it. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from gezhi.exchange.cap.notice import Area, Notice, Said
from gezhi.packs.shapes import LEVELS


class Told(Protocol):
    """A row of public notices."""

    sender: str
    identifier: str
    sent_at: datetime
    message: str
    actual: bool
    level: int
    category: str
    event: str
    event_en: str
    headline: str
    headline_en: str
    text: str
    text_en: str
    todo: str
    todo_en: str
    places: list[str]
    expires_at: datetime


def notice_of(told: Told, names: Mapping[str, str], sender_name: str, web: str) -> Notice:
    """`names`: of its places."""
    said = [Said("zh-CN", told.event, told.headline, told.text, told.todo)]
    if told.headline_en:
        said.append(
            Said("en-US", told.event_en or told.headline_en, told.headline_en, told.text_en, told.todo_en)
        )
    return Notice(
        identifier=told.identifier,
        sender=told.sender,
        sent=told.sent_at,
        said=tuple(said),
        level=LEVELS[told.level - 1] if told.level else None,
        areas=tuple(Area(names.get(code, code), codes=(code,)) for code in told.places),
        status="Actual" if told.actual else "Exercise",
        category=told.category,
        urgency="Immediate",
        certainty="Observed",
        expires=told.expires_at,
        sender_name=sender_name,
        web=web,
    )
