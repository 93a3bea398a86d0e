"""Before a report is sent: what others said nearby, and "the same here" instead of a second case."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from gezhi.cases.openness import opened
from gezhi.cases.queries.open_matters import OpenMatter, joinable, matters_of_place, near_matters
from gezhi.cases.world import World
from gezhi.lib.codes import VILLAGE, level_of
from gezhi.pages.asked import posted
from gezhi.pages.open_matters import matter_views
from gezhi.places.whereabouts import Point

if TYPE_CHECKING:
    from gezhi.portal.views.draft import Draft

SAME: Final = "same"  # the number of the matter that is meant
_GUESSES: Final = 2
_BUTTONS: Final = frozenset({"csrfmiddlewaretoken", "send", "near", "go", "refine", "ask", SAME})


def same_matter(request: HttpRequest, world: World, place: str) -> dict[str, str]:
    """What makes intake join the report with the matter that was pointed at; nothing if that is not to be joined, or
    would not be offered here: whoever joins a matter rates it and has it done again."""
    asked = posted(request, (SAME, "lon", "lat"))
    case = joinable(opened(world.catalogue), timezone.now(), asked[SAME]) if asked[SAME] else None
    if case is None:
        return {}
    near = _around(world, [case.category], _point(asked["lon"], asked["lat"]), place)
    if case.number not in {one.number for one in near}:
        return {}
    return {"category": case.category, "lon": str(case.lon), "lat": str(case.lat), "place_code": ""}


def _point(lon: str, lat: str) -> Point | None:
    """None for what is no point on the earth."""
    try:
        point = float(lon), float(lat)
    except ValueError:
        return None
    return point if abs(point[0]) <= 180 and abs(point[1]) <= 90 else None


def ask_about_near(request: HttpRequest, draft: "Draft") -> HttpResponse | None:
    """None when there is nothing to ask, or the answer is there already."""
    if {"near", SAME} & draft.pressed:
        return None
    found = _near(draft)
    if not found:
        return None
    context = {"matters": matter_views(found, draft.world), "carried": carried(request, draft)}
    return render(request, "portal/near.html", context)


def _near(draft: "Draft") -> list[OpenMatter]:
    report, world = draft.new, draft.world
    if report is None:
        return []
    guessed = [guess.category for guess in world.classifier.explain(report.text)[:_GUESSES]]
    categories = [report.category] if report.category else guessed
    point = None if report.lon is None or report.lat is None else (report.lon, report.lat)
    return _around(world, categories, point, report.place_code)


def _around(world: World, categories: Sequence[str], point: Point | None, place: str) -> list[OpenMatter]:
    seen, now = opened(world.catalogue), timezone.now()
    if point:
        return near_matters(seen, now, categories, *point)
    is_near = bool(place) and level_of(place) >= VILLAGE
    return matters_of_place(seen, now, categories, place) if is_near else []


def carried(request: HttpRequest, draft: "Draft") -> list[tuple[str, str]]:
    """What a page in between hands on: every field that came, and the photos by their keys."""
    fields = [
        (name, value.replace("\0", ""))
        for name, values in request.POST.lists()
        if name not in _BUTTONS and name != "kept_photo"
        for value in values
    ]
    return [*fields, *(("kept_photo", key) for key in draft.photos.keys)]
