"""Signing in and out."""

from typing import Final

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gezhi.lib.ratelimit import TokenBuckets
from gezhi.pages.asked import posted
from gezhi.people.access import REPORT_FOR_OTHERS, TEACH, Actor, actor_of, public
from gezhi.people.models import Account, Role

WRONG_TRIES: Final = TokenBuckets(10, 600)  # by address and user name
WRONG_NAMES: Final = TokenBuckets(60, 600)  # by address, whatever the user names


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _form(request)
    username, password = posted(request, ("username", "password")).values()
    address = str(request.META.get("REMOTE_ADDR", ""))
    key = f"{address} {username[:60]}"
    if wait := max(WRONG_TRIES.wait(key), WRONG_NAMES.wait(address)):
        return render(request, "429.html", {"minutes": int(wait // 60) + 1}, status=429)
    account = authenticate(request, username=username, password=password)
    if not isinstance(account, Account) or account.is_system:
        WRONG_TRIES.take(key)
        WRONG_NAMES.take(address)
        return _form(request, _("用户名或密码不对。请再试一次，或请管理员重设密码。"), status=422)
    WRONG_TRIES.forget(key)
    login(request, account)
    return redirect(_target(request, account))


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("desk:sign-in")


def _form(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    given = {
        "username": request.POST.get("username", ""),
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    return render(request, "desk/sign_in.html", {"problem": problem, "given": given}, status=status)


def _target(request: HttpRequest, account: Account) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return reverse(_home_of(actor_of(account, timezone.localdate())))


def _home_of(actor: Actor) -> str:
    roles = {post.role for post in actor.posts}
    if roles == {Role.GRID_WORKER}:
        return "field:home"
    if actor.may(REPORT_FOR_OTHERS) and not actor.may(TEACH):
        return "desk:hotline"
    return "desk:home"
