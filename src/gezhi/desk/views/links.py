"""A link that sets a password, once: for whoever has none yet or has forgotten it."""

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.desk.views.arriving import too_often
from gezhi.people.access import kept_nowhere, public
from gezhi.people.actions.signing import LinkGone, use_password_link
from gezhi.people.models import Account
from gezhi.people.queries.signing import link_with
from gezhi.people.signing_in.passwords import password_rules, problems_with
from gezhi.people.signing_in.trying import TooOften, try_now

_SECRET: Final = "password_link"  # noqa: S105  where the link's secret is kept


@public
@require_GET
def open_link(request: HttpRequest, code: str) -> HttpResponse:
    """Takes the secret out of the address, so that it stands in no history and no header of another page."""
    request.session[_SECRET] = code[:100]
    answer = redirect("desk:link")
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@public
@sensitive_post_parameters("new", "again")
@require_http_methods(["GET", "POST"])
def set_own(request: HttpRequest) -> HttpResponse:
    secret = request.session.get(_SECRET, "")
    try:
        trial = try_now(request, "", "link")
    except TooOften as refused:
        return too_often(request, refused)
    link = link_with(secret, timezone.now())
    if link is None:
        trial.wrong(None)
        return _shown(request, {"gone": True}, status=410)
    trial.right()
    if request.method == "GET":
        return _form(request, link.account, [])
    new = request.POST.get("new", "")
    if problems := problems_with(link.account, new, request.POST.get("again", "")):
        return _form(request, link.account, problems)
    try:
        use_password_link(secret, new, timezone.now())
    except LinkGone:
        return _shown(request, {"gone": True}, status=410)
    del request.session[_SECRET]
    messages.success(request, _("密码已设好，请登录。"), "good")
    return redirect("desk:sign-in")


def _form(request: HttpRequest, account: Account, problems: list[str]) -> HttpResponse:
    context = {"account": account, "problems": problems, "rules": password_rules()}
    return _shown(request, context, status=422 if problems else 200)


def _shown(request: HttpRequest, context: dict[str, object], status: int = 200) -> HttpResponse:
    answer = render(request, "desk/sign_in_link.html", context, status=status)
    answer.headers["Referrer-Policy"] = "no-referrer"
    kept_nowhere(answer)
    return answer
