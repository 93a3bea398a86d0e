"""My account: who I am here, my password, where I am signed in."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.desk.views.arriving import too_often
from gezhi.desk.views.page import page
from gezhi.pages.asked import posted
from gezhi.pages.showing import role_name
from gezhi.people.access import DESK, ActorRequest, own
from gezhi.people.actions.signing import change_password, end_session, end_sessions
from gezhi.people.models import Session
from gezhi.people.queries.signing import sessions_of, tokens_of
from gezhi.people.signing_in.factors import factors_of
from gezhi.people.signing_in.gate import lacks_factor, recently_signed_in
from gezhi.people.signing_in.passwords import password_rules, problems_with
from gezhi.people.signing_in.provider import is_linked, provider_name
from gezhi.people.signing_in.store import SessionStore
from gezhi.people.signing_in.trying import TooOften, try_now


@dataclass(frozen=True, slots=True)
class SessionView:
    """`is_this`: the browser that shows the page."""

    key: str
    device: str
    address: str
    begun_at: datetime | None
    seen_at: datetime
    is_this: bool


def session_views(account_id: int, here: str = "") -> list[SessionView]:
    now = timezone.now()
    return [_session_view(one, here) for one in sessions_of(account_id, now, now - settings.SESSION_IDLE)]


def _session_view(one: Session, here: str) -> SessionView:
    device = one.device or _("没有说明的设备")
    return SessionView(
        one.session_key, device, one.address, one.begun_at, one.seen_at, one.session_key == here
    )


def stored_key(request: ActorRequest) -> str:
    session = request.session
    return session.stored_key if isinstance(session, SessionStore) else ""


@own
@require_GET
def account(request: ActorRequest) -> HttpResponse:
    actor = request.actor
    posts = [(post.unit_name, role_name(post.role)) for post in actor.posts]
    context = {
        "account": request.user,
        "posts": posts,
        "factors": factors_of(actor.account_id),
        "offered": settings.SECOND_FACTOR.offered,
        "has_password": request.user.has_usable_password(),
        "provider": provider_name(),
        "is_linked": is_linked(actor.account_id),
        "sessions": session_views(actor.account_id, stored_key(request)),
        "idle": hours_of(settings.SESSION_IDLE),
        "longest": hours_of(settings.SESSION_LONGEST),
        "may_sign": actor.may(DESK),
        "may_have_keys": actor.may(DESK) and not lacks_factor(request, actor.roles),
        "keys": tokens_of(actor.account_id).filter(expires_at__gt=timezone.now()).count(),
    }
    return page(request, "desk/account/account.html", context)


def hours_of(length: timedelta) -> str:
    """ "8", "0.5"."""
    return f"{length.total_seconds() / 3600:g}"


@own
@sensitive_post_parameters("old", "new", "again")
@require_http_methods(["GET", "POST"])
def password(request: ActorRequest) -> HttpResponse:
    if request.method == "GET":
        return _password_form(request, [])
    user = request.user
    try:
        trial = try_now(request, user.username, "confirm")
    except TooOften as refused:
        return too_often(request, refused)
    if not user.check_password(request.POST.get("old", "")):
        trial.wrong(user.pk)
        return _password_form(request, [_("现在的密码不对。")])
    trial.right()
    new = request.POST.get("new", "")
    if problems := problems_with(user, new, request.POST.get("again", "")):
        return _password_form(request, problems)
    change_password(user, new, stored_key(request))
    update_session_auth_hash(request, user)
    messages.success(request, _("密码已改。其他设备上的登录都已结束。"), "good")
    return redirect("desk:account")


def _password_form(request: ActorRequest, problems: list[str]) -> HttpResponse:
    context = {"problems": problems, "rules": password_rules()}
    return page(request, "desk/account/password.html", context, status=422 if problems else 200)


@own
@recently_signed_in
@require_POST
def end(request: ActorRequest) -> HttpResponse:
    """One other browser, or all others."""
    me, here = request.actor.account_id, stored_key(request)
    key = posted(request, ("session",))["session"]
    others = key == "others"
    ended = end_sessions(me, me, keep=here) if others else int(key != here and end_session(me, key, me))
    if ended:
        messages.success(request, _("已结束 %(n)s 处登录。") % {"n": ended}, "good")
    else:
        messages.info(request, _("没有可以结束的登录。"), "soon")
    return redirect("desk:account")
