"""Before a report is sent: what others said nearby, and "the same here" instead of a second case."""

from typing import TYPE_CHECKING, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from gezhi.cases.openness import opened
from gezhi.cases.queries.open_matters import OpenMatter, joinable, matters_of_place, near_matters
from gezhi.cases.world import World
from gezhi.pages.asked import posted
from gezhi.pages.open_matters import matter_views

if TYPE_CHECKING:
    from gezhi.portal.views.draft import Draft

SAME: Final = "same"  # the number of the matter that is meant
_GUESSES: Final = 2
_BUTTONS: Final = frozenset({"csrfmiddlewaretoken", "send", "near", "go", "refine", "ask", SAME})


def same_matter(request: HttpRequest, world: World) -> dict[str, str]:
    """What makes intake join the report with the matter that was pointed at; nothing if that is not to be joined."""
    number = posted(request, [SAME])[SAME]
    case = joinable(opened(world.catalogue), timezone.now(), number) if number else None
    if case is None:
        return {}
    return {"category": case.category, "lon": str(case.lon), "lat": str(case.lat), "place_code": ""}


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
    seen, now = opened(world.catalogue), timezone.now()
    if report.lon is not None and report.lat is not None:
        return near_matters(seen, now, categories, report.lon, report.lat)
    return matters_of_place(seen, now, categories, report.place_code) if report.place_code else []


def carried(request: HttpRequest, draft: "Draft") -> list[tuple[str, str]]:
    """What a page in between hands on: every field that came, and the photos by their keys."""
    fields = [
        (name, value.replace("\0", ""))
        for name, values in request.POST.lists()
        if name not in _BUTTONS and name != "kept_photo"
        for value in values
    ]
    return [*fields, *(("kept_photo", key) for key in draft.photos.keys)]
