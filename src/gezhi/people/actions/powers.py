"""Posts in another's hands, and posts that a second person grants."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.codes import is_code, is_within
from gezhi.lib.refused import Refused
from gezhi.people.access import PERMISSIONS, STAFFING, Actor
from gezhi.people.actions.looking import raise_signal
from gezhi.people.actions.sealing import record_decision
from gezhi.people.actions.staff import appoint, end_posts
from gezhi.people.delegating import Handing, require_may_hand
from gezhi.people.duties_apart import ALONE, GUARDED, hands, may_grant, posts_clash
from gezhi.people.models import Account, Delegation, Nomination, Post, Role, Unit
from gezhi.people.queries.powers import handed_days, post_held, roles_held, seats_of

LONGEST = 300


@transaction.atomic
def delegate(
    actor: Actor, post_id: int, to: str, begins: date, until: date, reason: str, now: datetime | None = None
) -> Delegation:
    """`to`: a username; `until`: the first day on which it is over. Raises Refused."""
    at = now or timezone.now()
    post = post_held(post_id, lock=True)
    receiver = Account.objects.filter(username=to).first()
    if post is None or receiver is None:
        raise Refused("nobody", "没有这个岗位或这位同事。", "There is no such post, or nobody of this name.")
    handing = Handing(
        seat=post.seat,
        own=post.account_id == actor.account_id,
        post_until=post.valid_to,
        giver_id=actor.account_id,
        receiver_id=receiver.pk,
        receiver_seats=seats_of(receiver.pk, begins),
        receiver_works=receiver.is_active and not receiver.is_system,
        begins=begins,
        until=until,
        reason=reason,
        taken=handed_days(post_id),
    )
    require_may_hand(handing, timezone.localdate(at))
    made = Delegation.objects.create(
        post_id=post_id,
        to=receiver,
        valid_from=begins,
        valid_to=until,
        reason=reason.strip()[:LONGEST],
        made_by_id=actor.account_id,
        made_at=at,
    )
    facts: dict[str, Fact] = {
        "post": post_id,
        "role": post.seat.role,
        "account": actor.account_id,
        "receiver": receiver.pk,
        "from": begins.isoformat(),
        "until": until.isoformat(),
    }
    record("people.delegated", f"delegation:{made.pk}", facts)
    return made


@transaction.atomic
def end_delegation(actor: Actor, pk: int, now: datetime | None = None) -> Delegation:
    """At once, by whoever gave or has it, or by an administrator of the place. Raises Refused."""
    found = Delegation.objects.select_for_update().select_related("post").filter(id=pk, ended_at=None).first()
    if found is None or not _may_end(actor, found):
        raise Refused("no-delegation", "没有可以终止的委托。", "There is no such delegation for you to end.")
    found.ended_at, found.ended_by_id = now or timezone.now(), actor.account_id
    found.save(update_fields=["ended_at", "ended_by_id"])
    record(
        "people.delegation-ended", f"delegation:{pk}", {"account": actor.account_id, "post": found.post_id}
    )
    return found


def _may_end(actor: Actor, found: Delegation) -> bool:
    mine = actor.account_id in (found.to_id, found.made_by_id, found.post.account_id)
    return mine or staffs(actor, found.post.place_code)


def staffs(actor: Actor, place_code: str) -> bool:
    """Whether this person gives and ends posts there."""
    posts = (post for post in actor.posts if STAFFING in PERMISSIONS.get(post.role, ()))
    return any(is_within(place_code, post.place_code) for post in posts)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A post that is asked for; `until`: the first day on which it is over, None: open."""

    username: str
    unit_code: str
    role: str
    place_code: str
    begins: date
    until: date | None
    reason: str


@transaction.atomic
def nominate(actor: Actor, wanted: Wanted, now: datetime | None = None) -> Nomination:
    """A post is given at once; one of leader, auditor or administrator waits for a second person. Raises Refused."""
    at = now or timezone.now()
    account, unit = _named(wanted)
    _require_may_nominate(actor, wanted, account, timezone.localdate(at))
    made = Nomination(
        account=account,
        unit=unit,
        role=wanted.role,
        place_code=wanted.place_code,
        valid_from=wanted.begins,
        valid_to=wanted.until,
        reason=wanted.reason.strip()[:LONGEST],
        asked_by_id=actor.account_id,
        asked_at=at,
    )
    if wanted.role not in GUARDED:
        _grant(made, actor, at)
    made.save()
    subject, facts = f"nomination:{made.pk}", _nomination_facts(made)
    if made.granted:
        record_decision("people.nominated", subject, facts, actor.account_id, at)
    else:
        record("people.nominated", subject, facts)
    return made


def _named(wanted: Wanted) -> tuple[Account, Unit]:
    account = Account.objects.filter(username=wanted.username, is_active=True, is_system=False).first()
    unit = Unit.objects.filter(code=wanted.unit_code, is_active=True).first()
    if account is None or unit is None:
        raise Refused(
            "nobody",
            "没有这位同事或这个单位，请核对登录名和单位编码。",
            "There is no such person or unit. Check the user name and the unit's code.",
        )
    return account, unit


def _require_may_nominate(actor: Actor, wanted: Wanted, account: Account, today: date) -> None:
    if not is_code(wanted.place_code) or not staffs(actor, wanted.place_code):
        raise Refused(
            "not-your-place",
            "只能任命本辖区内的岗位。",
            "You give posts in the places of your own post only.",
        )
    if account.pk in hands(actor.account_id, actor.whose(STAFFING, wanted.place_code)):
        raise Refused(
            "own-post", "不能任命自己。", "Nobody gives themself a post. Another administrator must."
        )
    if wanted.role not in Role.values:
        raise Refused("no-role", "没有这种岗位。", f"There is no role '{wanted.role[:40]}'.")
    if wanted.begins < today or (wanted.until is not None and wanted.until <= wanted.begins):
        raise Refused(
            "bad-days",
            "请填写今天起的日期，止日在起日之后。",
            "Give days from today on, the end after the beginning.",
        )
    if not wanted.reason.strip():
        raise Refused("lacking", "请写明任命的依据或理由。", "Say on which basis the post is given.")
    if posts_clash(wanted.role, roles_held(account.pk, today) - {wanted.role}):
        raise Refused(
            "posts-clash",
            "审计员不兼任其他岗位。",
            f"Nobody holds {' or '.join(sorted(ALONE))} beside another post. End the others first.",
        )


@transaction.atomic
def decide_nomination(
    actor: Actor, pk: int, grant: bool, words: str = "", now: datetime | None = None
) -> Nomination:
    """By an administrator of the place who neither asked, nor is nominated, nor opened the account. Raises Refused."""
    at = now or timezone.now()
    rows = Nomination.objects.select_for_update(of=("self",)).select_related("account", "unit")
    found = rows.filter(id=pk, decided_at=None).first()
    if found is None or not staffs(actor, found.place_code):
        raise Refused(
            "no-nomination", "没有待您审批的任命。", "There is no such nomination for you to decide."
        )
    acting = hands(actor.account_id, actor.whose(STAFFING, found.place_code))
    if not may_grant(acting, found.asked_by_id, found.account_id, found.account.made_by_id):
        raise Refused(
            "own-request",
            "提名人、拟任人和开户人都不能审批，请由另一位管理员审批。",
            "Whoever asked, is nominated, or opened the account does not decide. Another administrator must.",
        )
    if not grant and not words.strip():
        raise Refused("lacking", "不同意的，请写明理由。", "Say why not.")
    found.words = words.strip()[:LONGEST]
    if grant:
        _require_no_clash(found, timezone.localdate(at))
        _grant(found, actor, at)
    else:
        found.decided_by_id, found.decided_at, found.granted = actor.account_id, at, False
    found.save()
    facts = _nomination_facts(found)
    record_decision("people.nomination-decided", f"nomination:{pk}", facts, actor.account_id, at)
    return found


def _require_no_clash(found: Nomination, today: date) -> None:
    if posts_clash(found.role, roles_held(found.account_id, today) - {found.role}):
        raise Refused("posts-clash", "审计员不兼任其他岗位。", "The person has got another post meanwhile.")


def _grant(made: Nomination, actor: Actor, at: datetime) -> None:
    days = (made.valid_from, made.valid_to)
    post = appoint(made.account, made.unit, made.role, made.place_code, *days, by=actor.account_id)
    made.decided_by_id, made.decided_at, made.granted, made.post_id = actor.account_id, at, True, post.pk


def _nomination_facts(made: Nomination) -> Mapping[str, Fact]:
    return {
        "receiver": made.account_id,
        "role": made.role,
        "unit": made.unit_id,
        "place": made.place_code,
        "from": made.valid_from.isoformat(),
        "until": made.valid_to.isoformat() if made.valid_to else None,
        "asked_by": made.asked_by_id,
        "decided_by": made.decided_by_id,
        "granted": made.granted,
    }


@transaction.atomic
def end_post(actor: Actor, post_id: int, on: date) -> Post:
    """By an administrator of the place; nobody ends the post of whoever could be auditing them unnoticed: that is a
    signal. Raises Refused."""
    post = Post.objects.select_for_update().filter(id=post_id).first()
    if post is None or not staffs(actor, post.place_code):
        raise Refused("no-post", "没有可以终止的岗位。", "There is no such post for you to end.")
    if post.valid_to is not None and post.valid_to <= on:
        raise Refused("ended-already", "该岗位届时已经终止。", f"The post ends on {post.valid_to} already.")
    end_posts([post_id], on, by=actor.account_id)
    if post.role in ALONE:
        told: dict[str, Fact] = {"post": post_id, "receiver": post.account_id}
        raise_signal("auditor-post-ended", actor.account_id, "", told)
    return post
