"""Showing again who one is, before what must not be done on a desk that was left open."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from gezhi.desk.views.arriving import factor_shown, safe_target, too_often
from gezhi.desk.views.page import page
from gezhi.people.access import ActorRequest, own
from gezhi.people.signing_in import entering
from gezhi.people.signing_in.factors import factors_of
from gezhi.people.signing_in.gate import take_held
from gezhi.people.signing_in.passkeys import Use
from gezhi.people.signing_in.provider import is_linked, provider_name
from gezhi.people.signing_in.trying import TooOften, try_now


@own
@sensitive_post_parameters("password", "code", "credential")
@require_http_methods(["GET", "POST"])
def confirm(request: ActorRequest) -> HttpResponse:
    """With any one thing that they sign in with."""
    if request.method == "GET":
        return _form(request)
    try:
        trial = try_now(request, request.user.username, "confirm")
    except TooOften as refused:
        return too_often(request, refused)
    factor = _shown(request)
    if not factor:
        trial.wrong(request.user.pk)
        return _form(request, _("不对。请再试一次。"), status=422)
    trial.right()
    entering.prove_again(request, factor)
    return go_back(request, request.POST.get("next", ""))


def go_back(request: ActorRequest, wanted: str) -> HttpResponse:
    """To what they were about to do; a form that they had sent waits there for its button."""
    held = take_held(request)
    if held is None:
        return redirect(safe_target(request, wanted) or settings.ACCOUNT_URL)
    return page(request, "desk/account/resume.html", {"held": held})


def _shown(request: ActorRequest) -> str:
    if request.POST.get("credential") or request.POST.get("code"):
        return factor_shown(request, request.user, Use.CONFIRM)
    return "password" if request.user.check_password(request.POST.get("password", "")) else ""


def _form(request: ActorRequest, problem: str = "", status: int = 200) -> HttpResponse:
    factors = factors_of(request.user.pk)
    linked = settings.OIDC is not None and is_linked(request.user.pk)
    context = {
        "problem": problem,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "has_password": request.user.has_usable_password(),
        "has_app": factors.app is not None,
        "has_passkey": bool(factors.passkeys),
        "provider": provider_name() if linked else "",
    }
    return page(request, "desk/account/confirm.html", context, status=status)
