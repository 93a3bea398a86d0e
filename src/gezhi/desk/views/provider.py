"""The way to the city's identity provider and back, and out."""

from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.desk.views.arriving import go_on, safe_target
from gezhi.people.access import public
from gezhi.people.models import Account
from gezhi.people.signing_in import entering, store
from gezhi.people.signing_in.entering import Proof
from gezhi.people.signing_in.provider import (
    Identity,
    NoAccount,
    NotIdentified,
    account_for,
    ask,
    provider_name,
    way_out,
    who_came,
)
from gezhi.people.signing_in.sealing import CannotOpen, opened, sealed
from gezhi.people.signing_in.trying import failed


@public
@require_GET
def go(request: HttpRequest) -> HttpResponse:
    """To the provider. `use=confirm`: somebody who is signed in shows again who they are."""
    if settings.OIDC is None:
        raise Http404
    use = "confirm" if request.GET.get("use") == "confirm" and request.user.is_authenticated else "sign-in"
    try:
        return ask(request, use, safe_target(request, request.GET.get("next", "")))
    except NotIdentified as error:
        return _refused(request, error.code)


@public
@require_GET
def back(request: HttpRequest) -> HttpResponse:
    """From the provider, with its word about who came."""
    if settings.OIDC is None:
        raise Http404
    try:
        identity = who_came(request)
        account = account_for(identity)
    except NotIdentified as error:
        return _refused(request, error.code)
    except NoAccount as error:
        failed(request, "provider", error.account_id)
        return _refused(request, error.code)
    if identity.asked.get("use") == "confirm":
        return _confirmed(request, identity, account)
    return _in(request, identity, account)


def _in(request: HttpRequest, identity: Identity, account: Account) -> HttpResponse:
    factors = ("identity", "provider") if identity.two_factors else ("identity",)
    proof = Proof(factors, identity.session, sealed(identity.id_token))
    target = str(identity.asked.get("next") or "")
    return go_on(request, account, proof, target, is_enough=identity.two_factors)


def _confirmed(request: HttpRequest, identity: Identity, account: Account) -> HttpResponse:
    """Only the same person, and only if the provider asked them just now."""
    lately = timezone.now() - timedelta(minutes=2)
    if account != request.user or identity.signed_in_at < lately.timestamp():
        failed(request, "provider", account.pk)
        return _refused(request, "another")
    entering.prove_again(request, "identity")
    return redirect(str(identity.asked.get("next") or "") or settings.ACCOUNT_URL)


def leave(request: HttpRequest) -> str:
    """Where to sign out at the provider as well; "" for whoever did not come from there."""
    token = request.session.get(store.IDENTITY, "")
    if not token or settings.OIDC is None:
        return ""
    try:
        return way_out(request, opened(token))
    except CannotOpen:
        return ""


def _refused(request: HttpRequest, code: str) -> HttpResponse:
    said = {
        "cancelled": _("您取消了登录。"),
        "away": _("统一身份认证暂时没有应答。请稍后再试，或用密码登录。"),
        "unknown-account": _("您在统一身份认证的身份，在这里还没有账号。请联系管理员开户。"),
        "closed": _("您在这里的账号已停用。请联系管理员。"),
        "taken": _("同名的账号已和另一个身份相连。请联系管理员核对。"),
        "another": _("这不是您自己的身份，或没有重新验证。请再试一次。"),
    }
    words = said.get(code, _("没有能确认您的身份。请再试一次，或用密码登录。"))
    status = {"away": 502, "cancelled": 200}.get(code, 403)
    context = {"words": words, "provider": provider_name()}
    return render(request, "desk/sign_in_refused.html", context, status=status)
