"""Reporting in the elders' version: one question on a page, no script needed, everything handed on in the form."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from gezhi.pages.position import words_for_point
from gezhi.portal.views.draft import TEXTS, Draft
from gezhi.portal.views.guardian import BOXES

STEPS: Final = ("what", "photo", "where", "who", "check")
_STEP_OF: Final = {
    "text": "what",
    "photos": "photo",
    "address": "where",
    "phone": "who",
    "name": "who",
    "guardian": "who",
}
_ASKS: Final = {
    "what": ("text",),
    "photo": (),
    "where": ("address", "lon", "lat"),
    "who": ("reporter_name", "reporter_phone"),
    "check": (),
}


def next_step(draft: Draft, wanted: str) -> str:
    """The step that was asked for, or an earlier one where something is wrong or missing."""
    if "refine" in draft.pressed:
        return "where"
    limit = _place_of(wanted)
    wrong = {_STEP_OF.get(name, "what") for name in draft.faults}
    return next((step for step in STEPS[:limit] if step in wrong), STEPS[min(limit, len(STEPS) - 1)])


def _place_of(wanted: str) -> int:
    return STEPS.index(wanted) if wanted in STEPS else len(STEPS) if wanted == "send" else 0


def _ticked(request: HttpRequest, step: str) -> list[tuple[str, str]]:
    """What was said of a child, handed on by the other steps."""
    return [(name, "1") for name in BOXES if request.POST.get(name) and step != "who"]


def show(request: HttpRequest, draft: Draft, step: str, wanted: str = "") -> HttpResponse:
    """`wanted`: the step that was asked for; a later one than is shown tells what holds it up."""
    at, given = STEPS.index(step), draft.given
    held = _place_of(wanted) > at and "refine" not in draft.pressed
    faults = {name: said for name, said in draft.faults.items() if _STEP_OF.get(name, "what") == step}
    here = words_for_point(given.get("lon", ""), given.get("lat", ""))
    context = {
        "step": step,
        "number": at + 1,
        "steps": len(STEPS),
        "before": STEPS[at - 1] if at else "",
        "after": STEPS[at + 1] if at + 1 < len(STEPS) else "",
        "given": given,
        "hidden": [(name, given[name]) for name in TEXTS if name not in _ASKS[step]] + _ticked(request, step),
        "choice": draft.choice,
        "opened": "refine" in draft.pressed,
        "photos": draft.photos,
        "faults": faults if held else {},
        "here": here.words if here.inside else "",
    }
    return render(request, "portal/simple.html", context, status=422 if held and faults else 200)
