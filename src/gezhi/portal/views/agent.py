"""A village agent or a clerk reports for somebody who is present: recorded as such, and the rest stays the person's."""

from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.gate import submit
from gezhi.cases.models import Report
from gezhi.cases.queries import tracked_many
from gezhi.cases.queries.tracking import plain_code
from gezhi.packs.forms import Value
from gezhi.pages.asked import texts
from gezhi.people.access import PERMISSIONS, REPORT_AS_AGENT, Actor, ActorRequest, requires
from gezhi.portal.views.draft import Draft, fresh_draft, read_draft
from gezhi.portal.views.follow import report_view
from gezhi.portal.views.near import ask_about_near
from gezhi.portal.views.receipt import receipt_of
from gezhi.portal.views.report import show_form

SOURCE: Final = "agent"
_NO_CONSENT: Final = gettext_lazy("请先问过本人，再打勾。")
_NO_NAME: Final = gettext_lazy("请写替谁上报。")


@requires(REPORT_AS_AGENT)
@require_http_methods(["GET", "POST"])
def report(request: ActorRequest) -> HttpResponse:
    if request.method == "GET":
        return _form(request, fresh_draft(request, texts(request.GET, ["category"])), {})
    draft = read_draft(request, edge_for(SOURCE, request.actor.account_id), _recorded(request.actor))
    if draft.is_unfinished:
        return _form(request, draft, {})
    faults = {**draft.faults, **_unsaid(request, draft)}
    if faults or draft.new is None:
        return _form(request, draft, faults)
    if near := ask_about_near(request, draft):
        return near
    return redirect("portal:agent-receipt", submit(draft.new).tracking_code)


def _recorded(actor: Actor) -> dict[str, Value]:
    """Who did it, as the person was called on that day; asked for only of people who may."""
    post = next(post for post in actor.posts if REPORT_AS_AGENT in PERMISSIONS.get(post.role, ()))
    return {"agent": f"{post.unit_name} {actor.name}", "agent-consent": "given"}


def _unsaid(request: ActorRequest, draft: Draft) -> dict[str, str]:
    faults = {} if draft.given["reporter_name"] else {"name": str(_NO_NAME)}
    return faults if request.POST.get("consent") else {**faults, "consent": str(_NO_CONSENT)}


def _form(request: ActorRequest, draft: Draft, faults: dict[str, str]) -> HttpResponse:
    more = {"agent": _recorded(request.actor)["agent"], "consent": request.POST.get("consent")}
    status = 422 if faults else 200
    return show_form(request, draft, faults, status, "portal/agent.html", more)


@requires(REPORT_AS_AGENT)
@require_GET
def receipt(request: ActorRequest, code: str) -> HttpResponse:
    """What the person takes along. To follow, add or rate needs the code, as for everybody."""
    own = Report.objects.filter(source=SOURCE, submitted_by_id=request.actor.account_id)
    found = tracked_many(own.filter(tracking_code=plain_code(code)))
    if not found:
        raise Http404
    report, paper = report_view(found[0], timezone.now()), receipt_of(found[0])
    context = {"report": report, "receipt": paper, "for_other": True}
    return render(request, "portal/thanks.html", context)
