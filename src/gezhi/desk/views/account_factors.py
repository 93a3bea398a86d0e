"""My second factors: an app that makes codes, passkeys, recovery codes."""

from typing import Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.desk.views.arriving import too_often
from gezhi.desk.views.page import page
from gezhi.pages.asked import posted
from gezhi.pages.qr import qr_of
from gezhi.people.access import ActorRequest, own
from gezhi.people.actions.factors import (
    TooMany,
    add_passkey,
    codes_to_show,
    counter_of,
    remove_factor,
    renew_codes,
    set_up_app,
)
from gezhi.people.signing_in import entering
from gezhi.people.signing_in.factors import factors_of
from gezhi.people.signing_in.gate import lacks_factor, recently_signed_in
from gezhi.people.signing_in.passkeys import NotProved, made
from gezhi.people.signing_in.sealing import CannotOpen, opened, sealed
from gezhi.people.signing_in.trying import TooOften, try_now

_SECRET: Final = "app_secret"  # noqa: S105  where a secret is kept, sealed, until a code has proved it
_NAMES: Final = 40


@own
@require_GET
def factors(request: ActorRequest) -> HttpResponse:
    context = {
        "factors": factors_of(request.actor.account_id),
        "must": lacks_factor(request, request.actor.roles),
    }
    return page(request, "desk/account/factors.html", context)


@own
@recently_signed_in
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def app(request: ActorRequest) -> HttpResponse:
    if request.method == "GET":
        request.session[_SECRET] = sealed(generate_totp_secret())
        return _app_form(request)
    try:
        trial = try_now(request, f"account:{request.user.pk}", "code")
    except TooOften as refused:
        return too_often(request, refused)
    secret = _secret(request)
    counter = counter_of(secret, posted(request, ("code",))["code"][:40]) if secret else None
    if counter is None:
        return _app_form(request, _("验证码不对。请看手机上最新的一个再输。手机的时间也要准。"), status=422)
    trial.right()
    del request.session[_SECRET]
    set_up_app(request.user, secret, counter)
    return _added(request, "totp", _("验证器已设好。以后登录时会要它的验证码。"))


def _secret(request: ActorRequest) -> str:
    try:
        return opened(request.session[_SECRET])
    except (CannotOpen, KeyError):
        return ""


def _app_form(request: ActorRequest, problem: str = "", status: int = 200) -> HttpResponse:
    secret = _secret(request)
    if not secret:
        return redirect("desk:account-app")
    address = get_adapter().build_totp_url(request.user, secret)
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    context = {"qr": qr_of(address), "secret": spaced, "problem": problem}
    return page(request, "desk/account/app.html", context, status=status)


def _added(request: ActorRequest, factor: str, words: str) -> HttpResponse:
    entering.prove_again(request, factor)
    messages.success(request, words, "good")
    return redirect("desk:account-codes" if codes_wait(request) else "desk:account-factors")


def codes_wait(request: ActorRequest) -> bool:
    return factors_of(request.user.pk).codes_unseen


@own
@recently_signed_in
@sensitive_post_parameters("credential")
@require_POST
def passkey(request: ActorRequest) -> HttpResponse:
    name = posted(request, ("name",))["name"][:_NAMES] or _("通行密钥")
    try:
        add_passkey(request.user, name, made(request, request.user, request.POST.get("credential", "")))
    except NotProved:
        messages.warning(request, _("没有登记成功。请再试一次；每个通行密钥只能登记一次。"), "soon")
        return redirect("desk:account-factors")
    except TooMany:
        messages.warning(request, _("最多登记十个通行密钥。请先删掉一个。"), "soon")
        return redirect("desk:account-factors")
    return _added(request, "passkey", _("通行密钥已登记。下次可以直接用它登录。"))


@own
@recently_signed_in
@require_POST
def remove(request: ActorRequest, pk: int) -> HttpResponse:
    if remove_factor(request.user, pk, request.user.pk):
        messages.success(request, _("已删除。"), "good")
    return redirect("desk:account-factors")


@own
@recently_signed_in
@require_http_methods(["GET", "POST"])
def codes(request: ActorRequest) -> HttpResponse:
    """Recovery codes, shown once; a POST makes new ones."""
    if not factors_of(request.user.pk).any:
        return redirect("desk:account-factors")
    if request.method == "POST":
        renew_codes(request.user)
        return redirect("desk:account-codes")
    shown = codes_to_show(request.user)
    if not shown:
        return redirect("desk:account-factors")
    context = {"codes": [f"{code[:4]} {code[4:]}" for code in shown]}
    return page(request, "desk/account/codes.html", context)
