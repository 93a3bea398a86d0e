"""A grid worker's phone: my grids, what is open there, three taps to report, steps taken on the spot."""

import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.gate import submit
from gezhi.cases.intake.shapes import NewReport
from gezhi.cases.models import Case
from gezhi.cases.queries import Filters, case_list, visible
from gezhi.cases.world import World, known_world
from gezhi.pages.asked import posted
from gezhi.pages.asking import Asking, asking, categories_with_forms
from gezhi.pages.lines import line_views
from gezhi.pages.papers import issue_paper, issued_paper
from gezhi.pages.photos import Photos, photos_of
from gezhi.pages.position import words_for_point
from gezhi.pages.reporting import Wording, read_form
from gezhi.pages.showing import said
from gezhi.pages.taking import after_step, case_context, case_in_sight, take_step
from gezhi.people.access import REPORT_FROM_FIELD, Actor, ActorRequest, requires
from gezhi.people.models import Role
from gezhi.places.queries import place_names

_SHOWN: Final = 30
_CHIPS: Final = 12
_LEARNED_FROM: Final = 300  # newest cases here: what is common in a grid comes first
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
    context = {"tab": "home", "grids": _grids(request.actor), "rows": line_views(lines, world, now)}
    return render(request, "field/home.html", context)


def _grids(actor: Actor) -> list[tuple[str, str]]:
    """(code, name) of the places that this person works."""
    codes = [post.place_code for post in actor.posts if post.role == Role.GRID_WORKER] or [
        post.place_code for post in actor.posts
    ]
    names = place_names(codes)
    return [(code, names.get(code, code)) for code in dict.fromkeys(codes)]


@requires(REPORT_FROM_FIELD)
@require_http_methods(["GET", "POST"])
def report(request: ActorRequest) -> HttpResponse:
    world = known_world()
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
    messages.success(request, _("已上报，案件 %(number)s。") % {"number": receipt.case_number}, "good")
    return redirect("field:home")


def _read(
    given: Mapping[str, str], photos: Photos, world: World, actor: Actor, asked: Asking
) -> tuple[NewReport | None, dict[str, str]]:
    """Without words, the category's name stands for them. A point goes before the chosen grid."""
    category = world.catalogue.categories.get(given["category"])
    said_so = dict(given)
    if not given["text"] and category:
        said_so["text"] = said(category.name)
    if given["lon"]:
        said_so["place_code"] = ""
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
    chips = _chips(request.actor, world, given.get("category", ""))
    context = {
        "tab": "report",
        "asked": asked.view(given, checked=status == 422),
        "still_asked": asked.waits,
        "given": given,
        "source_id": given.get("source_id") or str(uuid.uuid4()),
        "grids": _grids(request.actor),
        "chips": chips,
        "more": _more(world, chips),
        "photos": photos,
        "faults": faults,
        "here": here.words if here.inside else "",
    }
    return render(request, "field/report.html", context, status=status)


def _chips(actor: Actor, world: World, chosen: str) -> Sequence[tuple[str, str]]:
    """(key, name) of what is chosen and what is commonest here, filled up from the catalogue."""
    known = world.catalogue.categories
    newest = Case.objects.filter(visible(actor)).order_by("-opened_at", "-id")
    common = Counter(newest.values_list("category", flat=True)[:_LEARNED_FROM])
    keys = [key for key in (chosen, *(key for key, _ in common.most_common(_CHIPS))) if key in known]
    keys = list(dict.fromkeys(keys))
    keys += [key for key in _spread(world) if key not in keys]
    return [(key, said(known[key].name)) for key in keys[:_CHIPS]]


def _more(world: World, chips: Sequence[tuple[str, str]]) -> Sequence[tuple[str, Sequence[tuple[str, str]]]]:
    """Categories that ask more than others, by group, without those that are chips already."""
    shelves = categories_with_forms(world)
    rest = [(group, [one for one in shelf if one not in chips]) for group, shelf in shelves]
    return [(group, shelf) for group, shelf in rest if shelf]


def _spread(world: World) -> Iterator[str]:
    """Categories that have the most everyday words, one of each group in turn."""
    shelves = [sorted(shelf, key=lambda one: -len(one.words)) for _group, shelf in world.catalogue.by_group()]
    for row in zip_longest(*shelves):
        yield from (one.key for one in row if one is not None and one.words)


@requires(REPORT_FROM_FIELD)
@require_http_methods(["GET", "POST"])
def case(request: ActorRequest, number: str) -> HttpResponse:
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
