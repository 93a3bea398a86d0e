"""An operator writes down what a caller says; hints come while the caller speaks."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from gezhi.cases.intake.edge import edge_for
from gezhi.cases.intake.gate import submit
from gezhi.cases.intake.shapes import NewReport, Receipt
from gezhi.cases.models import Case
from gezhi.cases.queries import visible
from gezhi.cases.world import World, known_world
from gezhi.desk.views.page import page
from gezhi.lib.codes import is_code, place_range
from gezhi.pages.acting import category_key
from gezhi.pages.asked import posted, texts
from gezhi.pages.asking import Asking, asking
from gezhi.pages.case_view import SimilarView, similar_view
from gezhi.pages.guesses import GuessView, guess_views
from gezhi.pages.lines import category_options
from gezhi.pages.photos import Photos, photos_of
from gezhi.pages.reporting import Wording, read_form
from gezhi.people.access import REPORT_FOR_OTHERS, Actor, ActorRequest, requires
from gezhi.places.queries import place_names, search_places

_FIELDS: Final = ("text", "address", "place_code", "category", "reporter_name", "reporter_phone", "source_id")
_FIELD_OF: Final = {"reporter_phone": "phone", "reporter_name": "name", "place_code": "address"}
_PROBLEMS: Final = {
    "text": gettext_lazy("请记下来电人说的事，4000 字以内。"),
    "phone": gettext_lazy("号码只能有数字、空格、括号和短横线。"),
    "name": gettext_lazy("称呼太长了，请写 60 字以内。"),
    "address": gettext_lazy("这个区域不在目录里，请改选或只写地址。"),
    "category": gettext_lazy("目录里没有这个类别，请从提示中选一个，或空着让系统分类。"),
}
_WORDING: Final = Wording(_PROBLEMS, _FIELD_OF)
_PLACES: Final = 5
_SIMILAR: Final = 5


@dataclass(frozen=True, slots=True)
class Hints:
    places: list[tuple[str, str]]
    place_code: str
    guesses: list[GuessView]
    similar: list[SimilarView]


@requires(REPORT_FOR_OTHERS)
@require_http_methods(["GET", "POST"])
def hotline(request: ActorRequest) -> HttpResponse:
    world = known_world()
    if request.method == "GET":
        return _page(request, world, {}, Photos(), {})
    given = posted(request, _FIELDS)
    photos = photos_of(request)
    asked = _asked(request, given, world)
    if {"hints", "ask"} & request.POST.keys() or asked.waits:
        return _page(request, world, given, photos, {})
    read, faults = _read(given, photos, world, request.actor, asked)
    if read is None or faults:
        return _page(request, world, given, photos, faults, status=422)
    return _page(request, world, {}, Photos(), {}, receipt=submit(read))


def _asked(request: ActorRequest, given: Mapping[str, str], world: World) -> Asking:
    """A caller may not know everything: what is missing does not keep the report out."""
    return asking(request, category_key(given.get("category", ""), world), world, strict=False)


def _read(
    given: Mapping[str, str], photos: Photos, world: World, actor: Actor, asked: Asking
) -> tuple[NewReport | None, dict[str, str]]:
    typed = given["category"].strip()
    category = category_key(typed, world) or typed
    edge = edge_for("hotline", actor.account_id)
    return read_form({**given, "category": category}, edge, photos, _WORDING, asked)


def _page(
    request: ActorRequest,
    world: World,
    given: Mapping[str, str],
    photos: Photos,
    faults: Mapping[str, str],
    status: int = 200,
    receipt: Receipt | None = None,
) -> HttpResponse:
    asked = _asked(request, given, world)
    context = {
        "asked": asked.view(given, lenient=True, checked=status == 422),
        "still_asked": asked.waits,
        "given": given,
        "source_id": given.get("source_id") or str(uuid.uuid4()),
        "photos": photos,
        "faults": faults,
        "receipt": receipt,
        "hints": _hints(request.actor, given, world),
        "categories": category_options(world),
    }
    return page(request, "desk/hotline.html", context, at="desk:hotline", status=status)


@requires(REPORT_FOR_OTHERS)
@require_GET
def hints(request: ActorRequest) -> HttpResponse:
    """The hints alone, for what is typed so far."""
    given = texts(request.GET, _FIELDS)
    return render(request, "desk/_hints.html", {"hints": _hints(request.actor, given, known_world())})


def _hints(actor: Actor, given: Mapping[str, str], world: World) -> Hints | None:
    text, address = given.get("text", "").strip(), given.get("address", "").strip()
    if not text and not address:
        return None
    places = _places(text, address, world)
    chosen = given.get("place_code", "")
    place = chosen if chosen in dict(places) else places[0][0] if len(places) == 1 else ""
    guesses = guess_views(world.classifier.explain(text), world) if text else []
    return Hints(places, place, guesses, _open_nearby(actor, place, guesses, world))


def _places(text: str, address: str, world: World) -> list[tuple[str, str]]:
    meant = world.names.find(f"{address} {text}")
    named = list(place_names([meant.code]).items()) if meant else []
    found = search_places(address, world.root, limit=_PLACES) if address else []
    return list(dict(named + found).items())[:_PLACES]


def _open_nearby(actor: Actor, place: str, guesses: list[GuessView], world: World) -> list[SimilarView]:
    if not place or not is_code(place) or not guesses:
        return []
    low, high = place_range(place)
    near = Case.objects.filter(visible(actor), is_open=True, place_code__gte=low, place_code__lt=high)
    found = near.filter(category=guesses[0].key).order_by("-opened_at")[:_SIMILAR]
    return [similar_view(one, world) for one in found]
