"""A grid worker's phone: my grids, what is open there, three taps to report, steps taken on the spot."""

import uuid
from collections.abc import Mapping
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.gate import submit
from gezhi.cases.intake.shapes import NewReport, Receipt
from gezhi.cases.queries import Filters, case_list
from gezhi.cases.world import World, known_world
from gezhi.field.offline.views.arriving import done, from_queue, not_yet, refused, seen_at
from gezhi.field.offline.views.offering import chips_for, grids_of, more_for
from gezhi.field.offline.views.steps import step_from_queue
from gezhi.field.told.views import told_views
from gezhi.pages.asked import posted
from gezhi.pages.asking import Asking, asking
from gezhi.pages.lines import line_views
from gezhi.pages.papers import issue_paper, issued_paper
from gezhi.pages.photos import Photos, photos_of
from gezhi.pages.position import words_for_point
from gezhi.pages.reporting import Wording, read_form
from gezhi.pages.showing import said
from gezhi.pages.taking import after_step, case_context, case_in_sight, take_step
from gezhi.people.access import REPORT_FROM_FIELD, Actor, ActorRequest, requires

_SHOWN: Final = 30
_FIELDS: Final = ("text", "lon", "lat", "category", "place_code", "source_id")
_PROBLEMS: Final = {
    "text": gettext_lazy("请写一写情况，或选一个类别。"),
    "category": gettext_lazy("请从列出的类别里选一个。"),
    "place_code": gettext_lazy("请选一个您负责的网格。"),
}
_WORDING: Final = Wording(_PROBLEMS)


@requires(REPORT_FROM_FIELD)
@require_GET
def home(request: ActorRequest) -> HttpResponse:
    now, world = timezone.now(), known_world()
    lines = case_list(request.actor, Filters(status="open", sort="due"), now, size=_SHOWN).lines
    context = {
        "tab": "home",
        "grids": grids_of(request.actor),
        "told": told_views(request.actor, now),
        "rows": line_views(lines, world, now),
    }
    return render(request, "field/home.html", context)


@requires(REPORT_FROM_FIELD)
@require_http_methods(["GET", "POST"])
def report(request: ActorRequest) -> HttpResponse:
    world = known_world()
    if from_queue(request):
        return _from_queue(request, world)
    if request.method == "GET":
        return _form(request, world, {}, Photos(), {})
    photos = photos_of(request)
    given = posted(request, _FIELDS)
    asked = asking(request, given["category"], world)
    if "ask" in request.POST or asked.waits:
        return _form(request, world, given, photos, {})
    read, faults = _read(given, photos, world, request.actor, asked)
    if read is None or faults:
        return _form(request, world, given, photos, faults, status=422)
    receipt = submit(read)
    messages.success(request, _reported(receipt), "good")
    return redirect("field:home")


def _reported(receipt: Receipt) -> str:
    return _("已上报，案件 %(number)s。") % {"number": receipt.case_number}


def _from_queue(request: ActorRequest, world: World) -> HttpResponse:
    """A report that was made on a phone, perhaps hours ago; sent again, it is the same report."""
    if early := not_yet(request):
        return early
    given, photos = posted(request, _FIELDS), photos_of(request)
    asked = asking(request, given["category"], world)
    if asked.waits:
        return refused(_("这个类别还有几个问题要答，请补充后再上传。"))
    made = {"occurred_at": seen_at(request, timezone.now()).isoformat()}
    read, faults = _read(given | made, photos, world, request.actor, asked)
    if read is None or faults:
        return refused("", faults)
    receipt = submit(read)
    return done(_reported(receipt), reverse("field:home"), receipt.case_number)


def _read(
    given: Mapping[str, str], photos: Photos, world: World, actor: Actor, asked: Asking
) -> tuple[NewReport | None, dict[str, str]]:
    """Without words, the category's name stands for them. A point inside goes before the chosen grid."""
    category = world.catalogue.categories.get(given["category"])
    said_so = dict(given)
    if not given["text"] and category:
        said_so["text"] = said(category.name)
    return read_form(said_so, edge_for("field", actor.account_id), photos, _WORDING, asked)


def _form(
    request: ActorRequest,
    world: World,
    given: Mapping[str, str],
    photos: Photos,
    faults: Mapping[str, str],
    status: int = 200,
) -> HttpResponse:
    here = words_for_point(given.get("lon", ""), given.get("lat", ""))
    asked = asking(request, given.get("category", ""), world)
    chips = chips_for(request.actor, world, given.get("category", ""))
    context = {
        "tab": "report",
        "asked": asked.view(given, checked=status == 422),
        "still_asked": asked.waits,
        "given": given,
        "source_id": given.get("source_id") or str(uuid.uuid4()),
        "grids": grids_of(request.actor),
        "chips": chips,
        "more": more_for(world, chips),
        "photos": photos,
        "faults": faults,
        "here": here.words if here.inside else "",
    }
    return render(request, "field/report.html", context, status=status)


@requires(REPORT_FROM_FIELD)
@require_http_methods(["GET", "POST"])
def case(request: ActorRequest, number: str) -> HttpResponse:
    if from_queue(request):
        return step_from_queue(request, number)
    found = case_in_sight(request, number)
    if request.method == "GET":
        return render(request, "field/case.html", case_context(request, found))
    trouble = take_step(request, found)
    if trouble is None:
        return after_step(request, number, "field:case", "field:home")
    context = case_context(request, case_in_sight(request, number), trouble)
    return render(request, "field/case.html", context, status=trouble.status)


@requires(REPORT_FROM_FIELD)
@require_POST
def issue(request: ActorRequest, number: str) -> HttpResponse:
    return issue_paper(request, number, "field:case")


@requires(REPORT_FROM_FIELD)
@require_GET
def document(request: ActorRequest, code: str) -> HttpResponse:
    return issued_paper(request, code)
