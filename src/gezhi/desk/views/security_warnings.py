"""Warnings: the list, one with its signals, and what people do with it."""

from datetime import timedelta
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.models import Case
from gezhi.cases.queries import visible
from gezhi.desk.views.page import page
from gezhi.desk.views.security import AT, secured
from gezhi.lib.refused import Refused
from gezhi.pages.acting import words_of
from gezhi.pages.asked import number, posted, texts
from gezhi.pages.paging import shown_of
from gezhi.pages.security import LEVEL_NAMES, signal_views, warning_views
from gezhi.pages.showing import said
from gezhi.people.access import SECURE, SECURITY, ActorRequest
from gezhi.security.actions import acknowledge, mute, open_case
from gezhi.security.models import RaisedWarning
from gezhi.security.queries.counting import rules
from gezhi.security.queries.situation import signals_of, warnings_matching

PAGE: Final = 50
_SIGNALS: Final = 200
STANDINGS: Final = {"open": gettext_lazy("仍在"), "ended": gettext_lazy("已解除"), "": gettext_lazy("全部")}
MUTES: Final = {
    1: gettext_lazy("1 小时"),
    8: gettext_lazy("8 小时"),
    24: gettext_lazy("1 天"),
    168: gettext_lazy("7 天"),
}


@secured(SECURITY)
@require_GET
def warnings(request: ActorRequest) -> HttpResponse:
    typed = texts(request.GET, ("standing", "rule", "level"))
    standing = typed["standing"] if typed["standing"] in ("open", "ended") else ""
    known, level = rules(), number(typed["level"]) or 0
    found = warnings_matching(standing, typed["rule"], level if level in LEVEL_NAMES else 0)
    shown = shown_of(request, found, PAGE)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "shown": shown,
        "warnings": warning_views(list(shown.object_list), request.actor, timezone.now()),
        "typed": typed,
        "standings": STANDINGS.items(),
        "levels": LEVEL_NAMES.items(),
        "rules": [(key, said(rule.title)) for key, rule in known.items()],
        "query": query.urlencode(),
    }
    return page(request, "desk/security/warnings.html", context, at=AT)


@secured(SECURITY)
@require_GET
def warning(request: ActorRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(RaisedWarning, pk=pk)
    view = warning_views([found], request.actor, timezone.now())[0]
    rule = rules().get(found.rule)
    context = {
        "warning": view,
        "signals": signal_views(signals_of(found, _SIGNALS)),
        "rule": rule,
        "source": rule.source if rule else "",
        "may_act": request.actor.may(SECURE),
        "may_open": rule is not None and rule.category is not None and found.case_id is None,
        "mutes": MUTES.items(),
    }
    return page(request, "desk/security/warning.html", context, at=AT)


@secured(SECURE)
@require_POST
def answer(request: ActorRequest, pk: int) -> HttpResponse:
    """`do`: acknowledge, mute or case."""
    get_object_or_404(RaisedWarning, pk=pk)
    given, now, me = posted(request, ("do", "text", "hours")), timezone.now(), request.actor.account_id
    try:
        if given["do"] == "acknowledge":
            acknowledge(pk, me, given["text"], now)
            messages.success(request, _("已确认。"), "good")
        elif given["do"] == "mute":
            mute(
                pk, me, now + timedelta(hours=min(number(given["hours"]) or 0, 24 * 365)), given["text"], now
            )
            messages.success(request, _("已静默，期间不再通知、不立案；仍继续统计。"), "good")
        elif given["do"] == "case":
            return _to_case(request, open_case(pk, me, now), pk)
    except Refused as refused:
        messages.warning(request, words_of(refused), "soon")
    return redirect("desk:security-warning", pk)


def _to_case(request: ActorRequest, case_id: int, pk: int) -> HttpResponse:
    case = Case.objects.filter(visible(request.actor), id=case_id).first()
    messages.success(request, _("已立案，法定上报时限已起算。"), "good")
    return redirect("desk:case", case.number) if case else redirect("desk:security-warning", pk)
