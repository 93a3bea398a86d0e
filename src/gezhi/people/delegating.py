"""Handing a post's powers to another for days: to whom, for how long, and what may not be handed on. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from gezhi.lib.codes import is_within
from gezhi.lib.refused import Refused
from gezhi.people.duties_apart import ALONE, posts_clash

MOST_DAYS: Final = 30
AMONG_THEMSELVES: Final = frozenset({"auditor", "administrator"})  # roles that go only to who has the same


@dataclass(frozen=True, slots=True)
class Seat:
    """A post as far as this decision sees it. `unit_place`: where the unit sits."""

    role: str
    unit_id: int
    unit_place: str


@dataclass(frozen=True, slots=True)
class Handing:
    """`until`: the first day on which it is over. `post_until`: of the post itself, None: open. `own`: the post is the
    giver's own. `taken`: days on which the post is in another's hands already."""

    seat: Seat
    own: bool
    post_until: date | None
    giver_id: int
    receiver_id: int
    receiver_seats: Sequence[Seat]
    receiver_works: bool
    begins: date
    until: date
    reason: str
    taken: Collection[tuple[date, date]] = ()


def require_may_hand(handing: Handing, today: date) -> None:
    """Raises Refused."""
    for refusal in (_whose(handing), _to_whom(handing), _how_long(handing, today)):
        if refusal is not None:
            raise refusal


def _whose(handing: Handing) -> Refused | None:
    if not handing.own:
        return Refused(
            "not-yours",
            "只能委托自己的岗位；代行的岗位不能再转委托。",
            "Only a post of your own may be handed over; one that you hold for another may not.",
        )
    if not handing.reason.strip():
        return Refused("lacking", "请写明委托的理由。", "Say why you hand it over.")
    return None


def _to_whom(handing: Handing) -> Refused | None:
    seat, seats = handing.seat, handing.receiver_seats
    if handing.receiver_id == handing.giver_id or not handing.receiver_works:
        return Refused("nobody", "请选择另一位在岗的同事。", "Choose another person who is in post.")
    if not any(_is_near(one, seat) for one in seats):
        return Refused(
            "not-near",
            "只能委托给本单位或上级单位在岗的同事。",
            "A post is handed to somebody of the same unit or of one above it.",
        )
    roles = {one.role for one in seats}
    if seat.role in AMONG_THEMSELVES and seat.role not in roles:
        return Refused(
            "not-among-themselves",
            "审计员、管理员的岗位只能委托给同样岗位的同事。",
            "The post of an auditor or administrator is handed only to another one.",
        )
    if posts_clash(seat.role, roles - {seat.role}):
        return Refused(
            "posts-clash",
            "审计员不兼任其他岗位。",
            f"Nobody holds {' or '.join(sorted(ALONE))} beside another post.",
        )
    return None


def _is_near(one: Seat, seat: Seat) -> bool:
    return one.unit_id == seat.unit_id or is_within(seat.unit_place, one.unit_place)


def _how_long(handing: Handing, today: date) -> Refused | None:
    begins, until = handing.begins, handing.until
    if begins < today or until <= begins:
        return Refused(
            "bad-days",
            "请填写今天起的日期，止日在起日之后。",
            "Give days from today on, the end after the beginning.",
        )
    if (until - begins).days > MOST_DAYS:
        return Refused(
            "too-long",
            f"一次委托最多 {MOST_DAYS} 天。",
            f"A post is handed over for at most {MOST_DAYS} days.",
        )
    if handing.post_until is not None and until > handing.post_until:
        return Refused(
            "beyond-the-post",
            "委托不能超过岗位本身的任期。",
            f"The post itself ends on {handing.post_until}. Choose an earlier day.",
        )
    if any(first < until and begins < last for first, last in handing.taken):
        return Refused(
            "handed-already",
            "这些天里该岗位已委托给别人，请先终止原委托。",
            "The post is in another's hands on some of these days. End that first.",
        )
    return None
