"""What every way of signing in ends with: the second proof where there is one, and the page that was asked for."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from gezhi.pages.asked import posted
from gezhi.people.access import REPORT_FOR_OTHERS, TEACH, Actor, actor_of
from gezhi.people.actions.factors import confirm_code, passkey_used
from gezhi.people.models import Account, Role
from gezhi.people.signing_in import entering
from gezhi.people.signing_in.entering import Proof
from gezhi.people.signing_in.passkeys import NotProved, Use, proved
from gezhi.people.signing_in.trying import TooOften


def go_on(
    request: HttpRequest, account: Account, proof: Proof, wanted: str, *, is_enough: bool = False
) -> HttpResponse:
    """After the first proof: in, or to the second."""
    if entering.begin(request, account, proof, wanted, is_enough=is_enough):
        return redirect(target_of(request, account, wanted))
    return redirect("desk:second")


def factor_shown(request: HttpRequest, account: Account, use: Use) -> str:
    """Which second factor the form brought; "" for none that is right."""
    if answer := request.POST.get("credential", ""):
        try:
            passkey_used(proved(request, use, account, answer))
        except NotProved:
            return ""
        return "passkey"
    return confirm_code(account, posted(request, ("code",))["code"][:40], timezone.now())


def too_often(request: HttpRequest, refused: TooOften) -> HttpResponse:
    context = {"minutes": -(-refused.seconds // 60), "seconds": refused.seconds}
    answer = render(request, "desk/sign_in_wait.html", context, status=429)
    answer.headers["Retry-After"] = str(refused.seconds)
    return answer


def safe_target(request: HttpRequest, wanted: str) -> str:
    """An address of this node; "" for any other."""
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else ""


def target_of(request: HttpRequest, account: Account, wanted: str) -> str:
    return safe_target(request, wanted) or reverse(_home_of(actor_of(account, timezone.localdate())))


def _home_of(actor: Actor) -> str:
    roles = {post.role for post in actor.posts}
    if roles == {Role.GRID_WORKER}:
        return "field:home"
    if actor.may(REPORT_FOR_OTHERS) and not actor.may(TEACH):
        return "desk:hotline"
    return "desk:home"
