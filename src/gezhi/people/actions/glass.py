"""Looking in an emergency at what no post reaches: with a reason, for an hour, told at once, reviewed afterwards."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact, salted
from gezhi.lib.codes import is_within
from gezhi.lib.refused import Refused
from gezhi.people.access import AUDIT, BREAK_GLASS, PERMISSIONS, Actor
from gezhi.people.actions.looking import raise_signal
from gezhi.people.actions.sealing import record_decision
from gezhi.people.models import Account, BreakGlass

OPEN: Final = timedelta(hours=1)
LEAST_REASON: Final = 10
LONGEST: Final = 500
SIGNAL: Final = "break-glass"
LATE: Final = "break-glass-review-overdue"


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be seen: a case, or (None) all cases of a place. `review_by`: when the review is due."""

    case_id: int | None
    place_code: str
    review_by: datetime


@transaction.atomic
def open_glass(
    actor: Actor, target: Target, reason: str, address: str, now: datetime | None = None
) -> BreakGlass:
    """One at a time. Raises Refused."""
    at, words = now or timezone.now(), reason.strip()
    if not actor.may(BREAK_GLASS):
        raise Refused("not-your-role", "您的岗位不能紧急查看。", "None of your posts gives 'break-glass'.")
    if len(words) < LEAST_REASON or len(words) > LONGEST:
        raise Refused(
            "reason-needed",
            f"请写明紧急情况，{LEAST_REASON} 到 {LONGEST} 字。",
            f"Say what the emergency is, in {LEAST_REASON} to {LONGEST} characters.",
        )
    _lock(actor.account_id)
    if BreakGlass.objects.filter(account_id=actor.account_id, ended_at=None, until__gt=at).exists():
        raise Refused(
            "open-already",
            "您已有一次紧急查看正在进行，请先结束它。",
            "Something is open to you in an emergency already. End that first.",
        )
    home = actor.posts[0]
    made = BreakGlass.objects.create(
        account_id=actor.account_id,
        unit_id=home.unit_id,
        home_code=home.place_code,
        case_id=target.case_id,
        place_code=target.place_code,
        reason=words,
        salt=secrets.token_bytes(16),
        at=at,
        until=at + OPEN,
        review_by=target.review_by,
    )
    told: dict[str, Fact] = {"case": target.case_id, "place": target.place_code}
    said: dict[str, Fact] = {"account": actor.account_id, "reason": salted(bytes(made.salt), words)}
    record("people.glass-broken", f"glass:{made.pk}", {**told, **said})
    raise_signal(SIGNAL, actor.account_id, address, {**told, "glass": made.pk}, at)
    return made


def _lock(account_id: int) -> None:
    """Two clicks at once open one."""
    Account.objects.select_for_update().get(id=account_id)


@transaction.atomic
def end_glass(actor: Actor, pk: int, now: datetime | None = None) -> None:
    """Before its hour is over. Raises Refused."""
    at = now or timezone.now()
    mine = BreakGlass.objects.filter(id=pk, account_id=actor.account_id, ended_at=None, until__gt=at)
    if not mine.update(ended_at=at):
        raise Refused("not-open", "这次紧急查看已经结束。", "Nothing of that number is open to you.")
    record("people.glass-ended", f"glass:{pk}", {"account": actor.account_id})


@transaction.atomic
def review_glass(actor: Actor, pk: int, accept: bool, words: str, now: datetime | None = None) -> BreakGlass:
    """By an auditor of the place who is not whoever looked. Raises Refused."""
    at = now or timezone.now()
    found = BreakGlass.objects.select_for_update().filter(id=pk, reviewed_at=None).first()
    if found is None or not audits(actor, found.place_code, found.home_code):
        raise Refused(
            "no-review", "没有待您复核的紧急查看。", "There is no such emergency look for you to review."
        )
    if found.account_id in (actor.account_id, actor.whose(AUDIT)):
        raise Refused(
            "own-work", "不能复核自己的紧急查看。", "Nobody reviews their own. Another auditor must."
        )
    if not words.strip():
        raise Refused("lacking", "请写明复核意见。", "Say what you found.")
    found.reviewed_at, found.reviewed_by_id = at, actor.account_id
    found.accepted, found.words = accept, words.strip()[:LONGEST]
    found.save(update_fields=["reviewed_at", "reviewed_by_id", "accepted", "words"])
    facts: dict[str, Fact] = {
        "accepted": accept,
        "words": salted(bytes(found.salt), found.words),
    }
    record_decision("people.glass-reviewed", f"glass:{pk}", facts, actor.account_id, at)
    return found


def audits(actor: Actor, *places: str) -> bool:
    """Whether one of the places lies in the place of an auditor's post."""
    posts = [post for post in actor.posts if AUDIT in PERMISSIONS.get(post.role, ())]
    return any(place and is_within(place, post.place_code) for post in posts for place in places)


@transaction.atomic
def mark_late_reviews(now: datetime | None = None) -> int:
    """Each emergency look that nobody reviewed in time becomes a signal, once. Returns how many."""
    at = now or timezone.now()
    late = BreakGlass.objects.select_for_update(skip_locked=True).filter(
        review_by__lte=at, reviewed_at=None, late_at=None
    )
    found = list(late.order_by("id")[:100])
    for one in found:
        one.late_at = at
        one.save(update_fields=["late_at"])
        record("people.glass-review-late", f"glass:{one.pk}", {"account": one.account_id})
        raise_signal(LATE, one.account_id, "", {"glass": one.pk, "place": one.place_code}, at)
    return len(found)
