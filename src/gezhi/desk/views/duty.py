"""Own posts: handing one over for days, taking it back, and looking in an emergency at what none of them reaches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.actions.glass import break_glass
from gezhi.cases.models import Case
from gezhi.desk.views.page import page
from gezhi.lib.refused import Refused
from gezhi.pages.acting import words_of
from gezhi.pages.asked import number, posted
from gezhi.pages.masks import origin_of
from gezhi.pages.showing import role_name
from gezhi.people.access import BREAK_GLASS, DESK, Actor, ActorRequest, requires
from gezhi.people.actions import delegate, end_delegation, end_glass
from gezhi.people.actions.glass import LEAST_REASON, LONGEST
from gezhi.people.delegating import MOST_DAYS
from gezhi.people.models import BreakGlass, Delegation
from gezhi.people.queries.powers import delegations_of, glass_of, near_colleagues
from gezhi.people.signing_in.gate import recently_signed_in
from gezhi.places.queries import place_names

_HISTORY: Final = 50


@dataclass(frozen=True, slots=True)
class PostLine:
    pk: int
    role: str
    unit: str
    place: str
    for_name: str


@dataclass(frozen=True, slots=True)
class DelegationLine:
    """`given`: by whoever looks; `running`: not over and not ended."""

    pk: int
    role: str
    unit: str
    giver: str
    receiver: str
    begins: date
    last: date
    reason: str
    given: bool
    running: bool
    ended: bool


@dataclass(frozen=True, slots=True)
class GlassLine:
    """An emergency look; `what`: the case's number or the place's name."""

    row: BreakGlass
    what: str
    number: str
    open: bool


@requires(DESK)
@require_GET
def duty(request: ActorRequest) -> HttpResponse:
    return _show(request)


def _show(request: ActorRequest, typed: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    today, me = timezone.localdate(), request.actor.account_id
    context = {
        "posts": _post_lines(request.actor),
        "colleagues": near_colleagues(me, today),
        "delegations": _delegation_lines(list(delegations_of(me)[:_HISTORY]), me, today),
        "glass": glass_lines(list(glass_of(me)[:_HISTORY])),
        "may_break": request.actor.may(BREAK_GLASS),
        "least": LEAST_REASON,
        "longest": LONGEST,
        "most_days": MOST_DAYS,
        "today": today.isoformat(),
        "typed": typed or {},
    }
    return page(request, "desk/duty.html", context, at="desk:duty", status=status)


def _post_lines(actor: Actor) -> list[PostLine]:
    names = place_names(post.place_code for post in actor.posts)
    return [
        PostLine(
            post.id,
            role_name(post.role),
            post.unit_name,
            names.get(post.place_code, post.place_code),
            post.for_name,
        )
        for post in actor.posts
    ]


def _delegation_lines(found: Sequence[Delegation], me: int, today: date) -> list[DelegationLine]:
    return [
        DelegationLine(
            pk=one.pk,
            role=role_name(one.post.role),
            unit=one.post.unit.name,
            giver=one.post.account.name,
            receiver=one.to.name,
            begins=one.valid_from,
            last=one.valid_to - timedelta(days=1),
            reason=one.reason,
            given=one.post.account_id == me,
            running=one.ended_at is None and one.valid_to > today,
            ended=one.ended_at is not None,
        )
        for one in found
    ]


def glass_lines(found: Sequence[BreakGlass]) -> list[GlassLine]:
    """Two statements, for cases and places."""
    now = timezone.now()
    wanted = [one.case_id for one in found if one.case_id]
    numbers = dict(Case.objects.filter(id__in=wanted).values_list("id", "number")) if wanted else {}
    places = place_names(one.place_code for one in found if one.case_id is None)
    return [
        GlassLine(
            row=one,
            what=numbers.get(one.case_id or 0) or places.get(one.place_code, one.place_code),
            number=numbers.get(one.case_id or 0, ""),
            open=one.ended_at is None and one.until > now,
        )
        for one in found
    ]


def _tried(request: ActorRequest, act: Callable[[], object], done: str) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        messages.warning(request, words_of(refused), "bad")
        return _show(request, request.POST.dict(), 422)
    messages.success(request, done, "good")
    return redirect("desk:duty")


@requires(DESK)
@recently_signed_in
@require_POST
def hand_over(request: ActorRequest) -> HttpResponse:
    """`last`: the last day, itself counted."""
    given = posted(request, ("post", "to", "begins", "last", "reason"))

    def act() -> None:
        begins, last = _day(given["begins"]), _day(given["last"])
        until = last + timedelta(days=1)
        delegate(request.actor, number(given["post"]) or 0, given["to"], begins, until, given["reason"])

    return _tried(request, act, _("岗位已委托。对方办理的每一步都会注明“代”。"))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused("bad-days", "请填写起止日期。", "Give the first and the last day.") from None


@requires(DESK)
@require_POST
def take_back(request: ActorRequest, pk: int) -> HttpResponse:
    return _tried(request, lambda: end_delegation(request.actor, pk), _("委托已终止。"))


@requires(BREAK_GLASS)
@require_POST
def open_emergency(request: ActorRequest) -> HttpResponse:
    what, reason = posted(request, ("what", "reason")).values()
    address = origin_of(request).address
    return _tried(
        request,
        lambda: break_glass(request.actor, what, reason, address),
        _("已打开一小时，并已告知审计员和您的领导。"),
    )


@requires(DESK)
@require_POST
def end_emergency(request: ActorRequest, pk: int) -> HttpResponse:
    return _tried(request, lambda: end_glass(request.actor, pk), _("紧急查看已结束。"))
