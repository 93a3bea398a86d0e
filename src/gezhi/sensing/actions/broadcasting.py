"""Telling everybody at a place: on the portal and to other authorities; nobody's number is used for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.codes import is_code
from gezhi.lib.refused import Refused
from gezhi.people.access import COMMAND, Actor
from gezhi.sensing.models import PublicNotice

LONGEST: Final = timedelta(days=7)
MOST_TEXT: Final = 1000


@dataclass(frozen=True, slots=True)
class NoticeDraft:
    """`level`: 1 blue to 4 red. English may stay empty."""

    level: int
    headline: str
    text: str
    todo: str
    places: Sequence[str]
    expires_at: datetime
    headline_en: str = ""
    text_en: str = ""
    todo_en: str = ""
    category: str = "Safety"
    warning_id: int | None = None


@transaction.atomic
def broadcast(draft: NoticeDraft, actor: Actor, now: datetime) -> PublicNotice:
    """Raises Refused, saying all that is wrong."""
    check(draft, actor, now)
    row = PublicNotice.objects.create(
        sender=sender(),
        identifier=f"{now:%Y%m%d%H%M%S}-{uuid4().hex[:12]}",
        sent_at=now,
        message="alert",
        level=draft.level,
        category=draft.category,
        event=draft.headline.strip(),
        event_en=draft.headline_en.strip(),
        headline=draft.headline.strip(),
        headline_en=draft.headline_en.strip(),
        text=draft.text.strip(),
        text_en=draft.text_en.strip(),
        todo=draft.todo.strip(),
        todo_en=draft.todo_en.strip(),
        places=list(draft.places),
        expires_at=draft.expires_at,
        warning_id=draft.warning_id,
        account_id=actor.account_id,
        taken_at=now,
    )
    facts: dict[str, Fact] = {
        "account": actor.account_id,
        "level": draft.level,
        "places": ",".join(draft.places),
    }
    record("sensing.notice.told", f"notice:{row.identifier}", facts)
    return row


def check(draft: NoticeDraft, actor: Actor, now: datetime) -> None:
    """Whether it could be told now. Raises Refused, saying all that is wrong."""
    if wrong := _wrong_with(draft, actor, now):
        code = wrong[0][0]
        raise Refused(code, "".join(zh for _, zh, _ in wrong), " ".join(en for _, _, en in wrong))


@transaction.atomic
def withdraw(notice_id: int, actor: Actor, now: datetime) -> PublicNotice:
    """One of our own. Raises Refused, DoesNotExist."""
    row = PublicNotice.objects.select_for_update().get(pk=notice_id)
    if row.source_id is not None:
        raise Refused(
            "not-ours", "这条告知由其他机关发布，由其撤回。", "Another authority told this; it withdraws it."
        )
    if row.ended_at is not None or row.expires_at <= now:
        raise Refused("over", "这条告知已经结束。", "This notice is over.")
    if not all(actor.may_at(COMMAND, place) for place in row.places):
        raise _NOT_YOURS
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    record("sensing.notice.withdrawn", f"notice:{row.identifier}", {"account": actor.account_id})
    return row


def sender() -> str:
    """This node among authorities."""
    return str(settings.PUBLIC_URL).rpartition("//")[2].replace(",", "-").replace(" ", "-")


_NOT_YOURS: Final = Refused(
    "not-your-place", "只能向本辖区告知。", "You may tell something to places of your own jurisdiction only."
)


def _wrong_with(draft: NoticeDraft, actor: Actor, now: datetime) -> list[tuple[str, str, str]]:
    checks = (
        (
            not 1 <= draft.level <= 4,
            "level",
            "请选择级别：蓝、黄、橙、红。",
            "Choose a level: blue, yellow, orange, red.",
        ),
        (
            len(draft.headline.strip()) < 4,
            "headline",
            "请写标题（至少 4 个字）。",
            "Give a headline of 4 characters at least.",
        ),
        (
            len(draft.headline) > 300,
            "headline",
            "标题最多 300 字。",
            "A headline has 300 characters at most.",
        ),
        (
            max(len(draft.text), len(draft.todo), len(draft.text_en), len(draft.todo_en)) > MOST_TEXT,
            "text",
            f"正文最多 {MOST_TEXT} 字。",
            f"A text has {MOST_TEXT} characters at most.",
        ),
        (
            not draft.places or not all(map(is_code, draft.places)),
            "places",
            "请选择告知的地点。",
            "Choose the places that are told.",
        ),
        (
            not now < draft.expires_at <= now + LONGEST,
            "expires",
            "结束时间须在现在之后、7 天之内。",
            "It ends later than now and within 7 days.",
        ),
    )
    found = [(code, zh, en) for is_so, code, zh, en in checks if is_so]
    if not found and not all(actor.may_at(COMMAND, place) for place in draft.places):
        found.append((_NOT_YOURS.code, _NOT_YOURS.zh, _NOT_YOURS.en))
    return found
