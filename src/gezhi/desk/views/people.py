"""People and their accounts, for administrators: who there is, opening, closing, helping whoever cannot get in."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.desk.views.account import session_views
from gezhi.desk.views.account_keys import key_view
from gezhi.desk.views.page import page
from gezhi.pages.asked import posted, texts
from gezhi.pages.paging import shown_of
from gezhi.pages.qr import qr_of
from gezhi.pages.showing import role_name
from gezhi.people.access import STAFFING, Actor, ActorRequest, requires
from gezhi.people.actions import open_account
from gezhi.people.actions.factors import remove_factors, unlink_identity
from gezhi.people.actions.signing import (
    LINK_HOURS,
    close_account,
    end_sessions,
    make_password_link,
    reopen_account,
)
from gezhi.people.administering import may_look_after
from gezhi.people.models import Account, Post, Role
from gezhi.people.queries.signing import people_found, posts_from, tokens_of
from gezhi.people.signing_in.factors import factors_of
from gezhi.people.signing_in.gate import recently_signed_in
from gezhi.people.signing_in.provider import is_linked, provider_name
from gezhi.places.queries import place_names

_WORDS: Final = 300


@dataclass(frozen=True, slots=True)
class PostView:
    role: str
    unit: str
    place: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class PersonView:
    pk: int
    username: str
    name: str
    posts: list[PostView]
    last_login: datetime | None
    is_open: bool
    has_password: bool


@requires(STAFFING)
@require_GET
def people(request: ActorRequest) -> HttpResponse:
    typed, today = texts(request.GET, ("text", "standing")), timezone.localdate()
    shown = shown_of(request, people_found(typed["text"], typed["standing"]))
    posts = posts_from([one.pk for one in shown.object_list], today)
    names = place_names({post.place_code for held in posts.values() for post in held})
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "shown": shown,
        "people": [_person_view(one, posts.get(one.pk, []), names) for one in shown.object_list],
        "typed": typed,
        "query": query.urlencode(),
    }
    return page(request, "desk/people/people.html", context, at="desk:people")


def _person_view(one: Account, posts: list[Post], names: dict[str, str]) -> PersonView:
    views = [
        PostView(
            role_name(post.role),
            post.unit.name,
            names.get(post.place_code, post.place_code),
            post.valid_from,
            post.valid_to,
        )
        for post in posts
    ]
    return PersonView(
        one.pk, one.username, one.name, views, one.last_login, one.is_active, one.has_usable_password()
    )


@requires(STAFFING)
@recently_signed_in
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest) -> HttpResponse:
    """An account that can do nothing yet, and a link with which its person sets a password."""
    typed = posted(request, ("username", "name", "name_en"))
    problems = _problems(typed) if request.method == "POST" else []
    if request.method == "GET" or problems:
        context = {"typed": typed, "problems": problems}
        status = 422 if problems else 200
        return page(request, "desk/people/new.html", context, at="desk:people", status=status)
    account = open_account(typed["username"], typed["name"], None, name_en=typed["name_en"])
    messages.success(request, _("已为%(name)s开户。") % {"name": account.name}, "good")
    return _link_page(request, account)


def _problems(typed: dict[str, str]) -> list[str]:
    found = []
    username = typed["username"]
    if not username or len(username) > 60 or not username.isprintable() or " " in username:
        found.append(_("请写用户名，不含空格，最多 60 个字符。"))
    elif Account.objects.filter(username__iexact=username).exists():
        found.append(_("已有这个用户名。"))
    if not typed["name"] or len(typed["name"]) > 60 or len(typed["name_en"]) > 120:
        found.append(_("请写姓名，最多 60 个字符。"))
    return found


@requires(STAFFING)
@require_GET
def person(request: ActorRequest, pk: int) -> HttpResponse:
    account, today, now = _account(pk), timezone.localdate(), timezone.now()
    posts = posts_from([pk], today).get(pk, [])
    names = place_names({post.place_code for post in posts})
    context = {
        "person": _person_view(account, posts, names),
        "is_system": account.is_system,
        "may_change": _may_change(request.actor, account, posts),
        "factors": factors_of(pk),
        "is_linked": is_linked(pk),
        "provider": provider_name(),
        "sessions": session_views(pk),
        "keys": [key_view(one, now) for one in tokens_of(pk).select_related("account")],
        "link_hours": LINK_HOURS,
    }
    return page(request, "desk/people/person.html", context, at="desk:people")


def _account(pk: int) -> Account:
    found = Account.objects.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _may_change(actor: Actor, account: Account, posts: list[Post]) -> bool:
    mine = [post.place_code for post in actor.posts if post.role == Role.ADMINISTRATOR]
    return may_look_after(actor.account_id, mine, account.pk, [post.place_code for post in posts])


@requires(STAFFING)
@recently_signed_in
@require_POST
def act(request: ActorRequest, pk: int) -> HttpResponse:
    """Close, open again, end what is open, forget second factors or the identity; or a link that sets a password."""
    account, me = _account(pk), request.actor.account_id
    if not _may_change(request.actor, account, posts_from([pk], timezone.localdate()).get(pk, [])):
        messages.warning(request, _("您不能改这个账号：不能改自己的，也不能改管辖范围以外的。"), "soon")
        return redirect("desk:person", pk)
    do, reason = posted(request, ("do", "reason")).values()
    if do == "link" and not account.is_system and account.is_active:
        return _link_page(request, account)
    words = _done(account, do, reason[:_WORDS], me)
    if words:
        messages.success(request, words, "good")
    else:
        messages.warning(request, _("没有办成：停用和恢复要写理由；已办过的不能再办。"), "soon")
    return redirect("desk:person", pk)


def _done(account: Account, do: str, reason: str, me: int) -> str:
    """ "" when nothing was done."""
    if do == "close" and account.is_active and reason:
        close_account(account, reason, me)
        return _("账号已停用，登录和密钥都已失效。")
    if do == "reopen" and not account.is_active and reason:
        reopen_account(account, reason, me)
        return _("账号已恢复。")
    if do == "sessions":
        return _("已结束 %(n)s 处登录。") % {"n": end_sessions(account.pk, me)}
    if do == "factors":
        remove_factors(account, me)
        return _("第二验证方式已清除。本人登录后可以重新设置。")
    if do == "identity" and unlink_identity(account, me):
        return _("已断开和统一身份认证的连接。")
    return ""


def _link_page(request: ActorRequest, account: Account) -> HttpResponse:
    """Shown once: to be read out, printed or photographed by its person."""
    secret = make_password_link(account, request.actor.account_id, timezone.now())
    address = request.build_absolute_uri(reverse("desk:link-open", args=[secret]))
    context = {
        "person": account,
        "address": address,
        "qr": qr_of(address),
        "hours": LINK_HOURS,
        "made_at": timezone.now(),
    }
    answer = page(request, "desk/people/link.html", context, at="desk:people")
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
