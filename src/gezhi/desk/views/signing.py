"""Signing in and out: password, second factor, passkey, the city's identity provider, a link that sets a password."""

from typing import Final

from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from gezhi.desk.views.arriving import factor_shown, go_on, target_of, too_often
from gezhi.desk.views.provider import leave
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.pages.asked import posted
from gezhi.people.access import public
from gezhi.people.actions.factors import passkey_used
from gezhi.people.models import Account
from gezhi.people.signing_in import entering
from gezhi.people.signing_in.counting import NAMES, address_of
from gezhi.people.signing_in.entering import Proof, Waiting
from gezhi.people.signing_in.passkeys import NotProved, Use, may_use, options, proved
from gezhi.people.signing_in.provider import provider_name
from gezhi.people.signing_in.trying import TooOften, Trial, try_now

CHALLENGES: Final = TokenBuckets(60, 60)  # of one address: they reveal nothing, but each keeps a session


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        return _form(request)
    username, password = posted(request, ("username",))["username"][:NAMES], request.POST.get("password", "")
    try:
        trial = try_now(request, username, "password")
    except TooOften as refused:
        return too_often(request, refused)
    account = authenticate(request, username=username, password=password)
    if not isinstance(account, Account) or account.is_system:
        trial.wrong(Account.objects.filter(username=username).values_list("id", flat=True).first())
        return _form(request, _("用户名或密码不对。请再试一次，或请管理员重设密码。"), status=422)
    trial.right()
    return go_on(request, account, Proof(("password",)), request.POST.get("next", ""))


@public
@sensitive_post_parameters("code", "credential")
@require_http_methods(["GET", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """The second factor. A code of the app, a recovery code, or a passkey."""
    found = entering.waiting(request)
    if found is None:
        entering.give_up(request)
        messages.info(request, _("等得太久了，请重新登录。"), "soon")
        return redirect("desk:sign-in")
    if request.method == "GET":
        return _second_form(request, found)
    try:
        trial = try_now(request, f"account:{found.account.pk}", "code")
    except TooOften as refused:
        return too_often(request, refused)
    factor = factor_shown(request, found.account, Use.SECOND)
    if not factor:
        trial.wrong(found.account.pk)
        return _second_form(request, found, _("验证码不对，或已用过。请等手机上换一个新的再试。"), status=422)
    trial.right()
    entering.finish(request, found, factor)
    return redirect(target_of(request, found.account, found.target))


def _second_form(request: HttpRequest, found: Waiting, problem: str = "", status: int = 200) -> HttpResponse:
    context = {"problem": problem, "name": found.account.name, "has_passkey": may_use(found.account)}
    return render(request, "desk/sign_in_second.html", context, status=status)


@public
@require_POST
def challenge(request: HttpRequest) -> HttpResponse:
    """What a browser's passkey is to sign, for whoever stands here: at the door, between both proofs, or inside."""
    if wait := CHALLENGES.take(address_of(request)):
        return JsonResponse({"wait": int(wait) + 1}, status=429, headers={"Retry-After": str(int(wait) + 1)})
    use, account = _who_asks(request, request.POST.get("use", ""))
    if use is not Use.SIGN_IN and account is None:
        return JsonResponse({}, status=403)
    return JsonResponse(options(request, use, account), headers={"Cache-Control": "no-store"})


def _who_asks(request: HttpRequest, use: str) -> tuple[Use, Account | None]:
    if use == Use.SECOND:
        found = entering.waiting(request)
        return Use.SECOND, found.account if found else None
    if use in (Use.CONFIRM, Use.ADD):
        return Use(use), request.user if isinstance(request.user, Account) else None
    return Use.SIGN_IN, None


@public
@sensitive_post_parameters("credential")
@require_POST
def passkey(request: HttpRequest) -> HttpResponse:
    """In with a passkey alone: the key has asked for its PIN or finger."""
    try:
        trial = try_now(request, "", "passkey")
    except TooOften as refused:
        return too_often(request, refused)
    try:
        factor = proved(request, Use.SIGN_IN, None, request.POST.get("credential", ""))
    except NotProved:
        return _no_passkey(request, trial)
    account = factor.user
    if not isinstance(account, Account) or account.is_system or not account.is_active:
        return _no_passkey(request, trial)
    trial.right()
    passkey_used(factor)
    return go_on(request, account, Proof(("passkey",)), request.POST.get("next", ""), is_enough=True)


def _no_passkey(request: HttpRequest, trial: Trial) -> HttpResponse:
    trial.wrong(None)
    return _form(request, _("这个通行密钥在这里没有登记，或已停用。请用密码登录。"), status=422)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Whoever came by way of the identity provider is offered its way out as well."""
    way = leave(request)
    logout(request)
    if not way:
        return redirect("desk:sign-in")
    return render(request, "desk/signed_out.html", {"way": way, "provider": provider_name()})


def _form(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    given = {
        "username": request.POST.get("username", ""),
        "next": request.POST.get("next") or request.GET.get("next", ""),
    }
    context = {"problem": problem, "given": given, "provider": provider_name()}
    return render(request, "desk/sign_in.html", context, status=status)
