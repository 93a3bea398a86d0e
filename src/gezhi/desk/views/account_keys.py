"""Keys for other systems: mine, and for administrators everybody's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.desk.views.page import page
from gezhi.pages.asked import number, posted
from gezhi.people.access import DESK, PERMISSIONS, STAFFING, Actor, ActorRequest, requires
from gezhi.people.actions import issue_token, withdraw_token
from gezhi.people.models import ApiToken
from gezhi.people.queries import tokens
from gezhi.people.queries.signing import tokens_of
from gezhi.people.signing_in.gate import recently_signed_in
from gezhi.people.signing_in.policy import LONGEST, scopes_for

SCOPE_WORDS: Final[dict[str, Promise]] = {
    "report": gettext_lazy("上报诉求"),
    "read": gettext_lazy("读取案件和统计"),
    "act": gettext_lazy("办理案件"),
    "contact": gettext_lazy("查看上报人联系方式"),
    "sense": gettext_lazy("送入设备读数"),
    "export": gettext_lazy("导出数据"),
    "audit": gettext_lazy("读取审计记录"),
    "security": gettext_lazy("收发安全信号"),
}
_TERMS: Final = (30, 90, 180, LONGEST)


@dataclass(frozen=True, slots=True)
class KeyView:
    pk: int
    name: str
    owner: str
    scopes: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None
    is_open: bool


def key_view(one: ApiToken, now: datetime) -> KeyView:
    words = "、".join(str(SCOPE_WORDS.get(scope, scope)) for scope in one.scopes)
    return KeyView(
        one.pk, one.name, one.account.name, words, one.made_at, one.expires_at, one.last_used_at,
        one.expires_at > now,
    )  # fmt: skip


@requires(DESK)
@require_GET
def keys(request: ActorRequest) -> HttpResponse:
    """Mine."""
    now = timezone.now()
    held = tokens_of(request.actor.account_id).select_related("account")
    context = {"keys": [key_view(one, now) for one in held], "may_see_all": request.actor.may(STAFFING)}
    return page(request, "desk/account/keys.html", context)


@requires(DESK)
@recently_signed_in
@require_http_methods(["GET", "POST"])
def make(request: ActorRequest) -> HttpResponse:
    """The key is shown on the answer to the form, and never again."""
    if request.method == "GET":
        return _form(request)
    given = posted(request, ("name", "days"))
    scopes = [one for one in request.POST.getlist("scopes") if one in _offered(request.actor)]
    days = number(given["days"]) or 0
    if not given["name"] or not scopes or not 1 <= days <= LONGEST:
        problem = _("请写名称，选至少一个用途；期限最长 %(n)s 天。") % {"n": LONGEST}
        return _form(request, problem, status=422)
    made = issue_token(request.user, given["name"][:60], scopes, timezone.now(), days)
    context = {"made": made, "name": given["name"][:60], "days": days}
    return page(request, "desk/account/key_made.html", context)


def _form(request: ActorRequest, problem: str = "", status: int = 200) -> HttpResponse:
    context = {
        "scopes": [(scope, SCOPE_WORDS[scope]) for scope in _offered(request.actor)],
        "chosen": request.POST.getlist("scopes") or ["read"],
        "name": request.POST.get("name", ""),
        "terms": _TERMS,
        "problem": problem,
    }
    return page(request, "desk/account/key_new.html", context, status=status)


def _offered(actor: Actor) -> tuple[str, ...]:
    held = {permission for role in actor.roles for permission in PERMISSIONS.get(role, ())}
    return scopes_for(held)


@requires(DESK)
@recently_signed_in
@require_POST
def end(request: ActorRequest, pk: int) -> HttpResponse:
    """One's own; an administrator ends anybody's."""
    now, found = timezone.now(), tokens().filter(pk=pk).first()
    if found is None or not (found.account_id == request.actor.account_id or request.actor.may(STAFFING)):
        raise Http404
    if found.expires_at > now:
        withdraw_token(found, now)
        messages.success(request, _("密钥“%(name)s”已停用。") % {"name": found.name}, "good")
    mine = found.account_id == request.actor.account_id
    return redirect("desk:account-keys" if mine else "desk:people-keys")


@requires(STAFFING)
@require_GET
def all_keys(request: ActorRequest) -> HttpResponse:
    now = timezone.now()
    context = {"keys": [key_view(one, now) for one in tokens().order_by("-expires_at", "id")[:500]]}
    return page(request, "desk/people/keys.html", context, at="desk:people")
