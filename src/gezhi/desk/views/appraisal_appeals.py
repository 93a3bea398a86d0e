"""Appeals against cases that are counted for a unit: lodging, the list, deciding."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.cases.world import known_world
from gezhi.desk.views.page import page
from gezhi.insight.actions.appeals import AppealRefused, decide_appeal, lodge_appeal
from gezhi.insight.models import Appeal, Tally
from gezhi.insight.queries.appeals import appeals, cases_of
from gezhi.pages.acting import unit_name
from gezhi.pages.asked import posted
from gezhi.pages.paging import shown_of
from gezhi.pages.showing import english
from gezhi.people.access import APPRAISE, DESK, ActorRequest, requires

PAGE: Final = 30
STATES: Final = {
    "open": gettext_lazy("待裁定"),
    "accepted": gettext_lazy("已采纳"),
    "refused": gettext_lazy("未采纳"),
}


@dataclass(frozen=True, slots=True)
class AppealView:
    appeal: Appeal
    number: str
    title: str
    unit: str
    state: str
    may_decide: bool


@requires(DESK)
@require_GET
def appeal_list(request: ActorRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    found = appeals(request.actor, state if state in STATES else "")
    shown = shown_of(request, found, PAGE)
    context = {
        "shown": shown,
        "rows": _views(list(shown.object_list), request),
        "states": STATES.items(),
        "state": state,
        "query": f"state={state}" if state in STATES else "",
    }
    return page(request, "desk/appraisal/appeals.html", context, at="desk:appraisal")


def _views(found: Sequence[Appeal], request: ActorRequest) -> list[AppealView]:
    world, known = known_world(), cases_of(found)
    own = {post.unit_id for post in request.actor.posts}
    judges = request.actor.may(APPRAISE)
    return [
        AppealView(
            one,
            known[one.case_id].number,
            known[one.case_id].title,
            unit_name(unit) if (unit := world.directory.units.get(one.unit_id)) else str(one.unit_id),
            str(STATES[one.state]),
            judges and one.state == "open" and one.unit_id not in own,
        )
        for one in found
    ]


@requires(DESK)
@require_http_methods(["GET", "POST"])
def lodge(request: ActorRequest, case_id: int, unit_id: int) -> HttpResponse:
    tally = Tally.objects.filter(case_id=case_id, unit_id=unit_id).first()
    own = unit_id in {post.unit_id for post in request.actor.posts}
    if tally is None or not own:
        raise Http404
    typed, problem = posted(request, ("reason", "evidence")), ""
    if request.method == "POST":
        try:
            lodge_appeal(request.actor, case_id, unit_id, typed["reason"], typed["evidence"])
            messages.success(request, _("申诉已提交，由本辖区督查员裁定。"), "good")
            return redirect("desk:appeals")
        except AppealRefused as refused:
            problem = refused.en if english() else refused.zh
    case = cases_of([Appeal(case_id=case_id)])[case_id]
    context = {"case": case, "typed": typed, "problem": problem}
    return page(request, "desk/appraisal/appeal_new.html", context, at="desk:appraisal")


@requires(APPRAISE)
@require_POST
def decide(request: ActorRequest, pk: int) -> HttpResponse:
    typed = posted(request, ("do", "answer"))
    if not appeals(request.actor).filter(pk=pk).exists():
        raise Http404
    try:
        decide_appeal(request.actor, pk, typed["do"] == "accept", typed["answer"])
        messages.success(request, _("申诉已裁定。"), "good")
    except AppealRefused as refused:
        messages.warning(request, refused.en if english() else refused.zh, "soon")
    return redirect("desk:appeals")
