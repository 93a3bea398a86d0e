"""A resident says what is the matter, where, and perhaps who they are."""

import uuid
from collections.abc import Mapping
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.gate import submit
from gezhi.cases.intake.shapes import Receipt
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.pages.asked import texts
from gezhi.pages.asking import categories_with_forms
from gezhi.pages.display import display_of
from gezhi.pages.place_choice import place_choice
from gezhi.pages.position import words_for_point
from gezhi.people.access import public
from gezhi.portal.views import simple
from gezhi.portal.views.draft import Draft, fresh_draft, read_draft
from gezhi.portal.views.memory import remember
from gezhi.portal.views.near import ask_about_near
from gezhi.portal.views.notices import lines_for_home

_TOO_MANY: Final = gettext_lazy("短时间内提交太多，请过几分钟再提交，或拨打热线电话。")
REPORTS: Final = TokenBuckets(60, 600)  # by address: a service hall may share one


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    name = "home_simple" if display_of(request).large else "home"
    return render(request, f"portal/{name}.html", {"notices": lines_for_home()})


@public
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        begun = fresh_draft(request, texts(request.GET, ["category"]))
        is_simple = display_of(request).large and not begun.given["category"]
        return simple.show(request, begun, "what") if is_simple else show_form(request, begun)
    draft = read_draft(request, edge_for("portal"))
    if "step" in request.POST and not draft.sends:
        wanted = request.POST.get("go", "")
        return simple.show(request, draft, simple.next_step(draft, wanted), wanted)
    if draft.is_unfinished:
        return show_form(request, draft)
    if draft.faults:
        return _mend(request, draft)
    if near := ask_about_near(request, draft):
        return near
    if draft.new is None or REPORTS.take(str(request.META.get("REMOTE_ADDR", ""))):
        return show_form(request, draft, {"text": str(_TOO_MANY)}, status=429)
    return _thank(request, submit(draft.new), draft.new.reporter_phone)


def _mend(request: HttpRequest, draft: Draft) -> HttpResponse:
    if "step" in request.POST:
        return simple.show(request, draft, simple.next_step(draft, "send"), "send")
    return show_form(request, draft, draft.faults, status=422)


def _thank(request: HttpRequest, receipt: Receipt, phone: str) -> HttpResponse:
    remember(request, receipt.tracking_code, phone[-4:])
    return redirect("portal:thanks", receipt.tracking_code)


def show_form(
    request: HttpRequest,
    draft: Draft,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
    template: str = "portal/report.html",
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    given = draft.given
    here = words_for_point(given.get("lon", ""), given.get("lat", ""))
    context = {
        "categories": categories_with_forms(draft.world),
        "asked": draft.asked.view(given, checked=status == 422),
        "still_asked": draft.asked.waits and request.method == "POST",
        "given": given,
        "source_id": given["source_id"] or str(uuid.uuid4()),
        "choice": draft.choice,
        "opened": "refine" in request.POST,
        "photos": draft.photos,
        "faults": faults or {},
        "here": here.words if here.inside else "",
    }
    return render(request, template, {**context, **(more or {})}, status=status)


@public
@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """The lists of the form alone, one level further."""
    choice = place_choice(settings.NODE_PLACE, request.GET.getlist("place"))
    return render(request, "portal/_places.html", {"choice": choice})


@public
@require_GET
def here(request: HttpRequest) -> JsonResponse:
    found = words_for_point(request.GET.get("lon", ""), request.GET.get("lat", ""))
    return JsonResponse(
        {"words": found.words or _("没能取得位置，请写地址或选择区域。"), "inside": found.inside}
    )
