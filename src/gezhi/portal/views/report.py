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
from gezhi.cases.intake.shapes import NewReport, Receipt
from gezhi.cases.world import known_world
from gezhi.lib.ratelimit import TokenBuckets
from gezhi.pages.asked import posted, texts
from gezhi.pages.asking import Asking, asking, categories_with_forms
from gezhi.pages.photos import Photos, photos_of
from gezhi.pages.place_choice import PlaceChoice, place_choice
from gezhi.pages.position import words_for_point
from gezhi.pages.reporting import Wording, read_form
from gezhi.people.access import public
from gezhi.portal.views.memory import remember

_TEXTS: Final = (
    *("text", "category", "lon", "lat", "address"),
    *("reporter_name", "reporter_phone", "source_id"),
)
_FIELD_OF: Final = {"reporter_phone": "phone", "reporter_name": "name", "lon": "address", "lat": "address"}
_PROBLEMS: Final = {
    "text": gettext_lazy("请写一写是什么事，4000 字以内。"),
    "phone": gettext_lazy("手机号只能有数字，例如 13800000000。不想留的话可以空着。"),
    "name": gettext_lazy("称呼太长了，请写 60 字以内。"),
    "address": gettext_lazy("请告诉我们在哪里：用现在的位置、写地址，或选择区域。"),
    "category": gettext_lazy("请从列出的类别里选一个，或不选。"),
}
_TOO_MANY: Final = gettext_lazy("短时间内提交太多，请过几分钟再提交，或拨打热线电话。")
REPORTS: Final = TokenBuckets(60, 600)  # by address: a service hall may share one
_WORDING: Final = Wording(_PROBLEMS, _FIELD_OF)


@public
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home.html")


@public
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    if request.method == "GET":
        begun = {**texts(request.GET, ["category"]), "source_id": str(uuid.uuid4())}
        return _form(request, begun, place_choice(settings.NODE_PLACE, []), Photos(), {})
    photos = photos_of(request)
    choice = place_choice(settings.NODE_PLACE, request.POST.getlist("place"))
    given = posted(request, _TEXTS)
    asked = asking(request, given["category"], known_world())
    if {"refine", "ask"} & request.POST.keys() or asked.waits:
        return _form(request, given, choice, photos, {})
    read, faults = _read(given, choice, photos, asked)
    if read is None or faults:
        return _form(request, given, choice, photos, faults, status=422)
    if REPORTS.take(str(request.META.get("REMOTE_ADDR", ""))):
        return _form(request, given, choice, photos, {"text": str(_TOO_MANY)}, status=429)
    return _thank(request, submit(read), read.reporter_phone)


def _thank(request: HttpRequest, receipt: Receipt, phone: str) -> HttpResponse:
    remember(request, receipt.tracking_code, phone[-4:])
    return redirect("portal:thanks", receipt.tracking_code)


def _read(
    given: Mapping[str, str], choice: PlaceChoice, photos: Photos, asked: Asking
) -> tuple[NewReport | None, dict[str, str]]:
    """The report, or what is wrong by field of the form."""
    raw = {**given, "place_code": choice.code}
    read, faults = read_form(raw, edge_for("portal"), photos, _WORDING, asked)
    if not (given["lon"] or choice.code or given["address"].strip()):
        faults.setdefault("address", str(_PROBLEMS["address"]))
    return read, faults


def _form(
    request: HttpRequest,
    given: Mapping[str, str],
    choice: PlaceChoice,
    photos: Photos,
    faults: Mapping[str, str],
    status: int = 200,
) -> HttpResponse:
    here = words_for_point(given.get("lon", ""), given.get("lat", ""))
    world = known_world()
    asked = asking(request, given.get("category", ""), world)
    context = {
        "categories": categories_with_forms(world),
        "asked": asked.view(given, checked=status == 422),
        "still_asked": asked.waits and request.method == "POST",
        "given": given,
        "source_id": given["source_id"] or str(uuid.uuid4()),
        "choice": choice,
        "opened": "refine" in request.POST,
        "photos": photos,
        "faults": faults,
        "here": here.words if here.inside else "",
    }
    return render(request, "portal/report.html", context, status=status)


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
