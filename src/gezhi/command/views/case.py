"""One case of the map: what it is, and dispatching, urging, whistling or ordering it from there."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from gezhi.cases.queries import CasePage
from gezhi.packs.shapes import Kind
from gezhi.pages.acting import barred_steps
from gezhi.pages.taking import Shelf, Trouble, after_step, case_context, case_in_sight, take_step
from gezhi.people.access import COMMAND, ActorRequest, requires

COMMANDING: Final = frozenset({Kind.DISPATCH, Kind.URGE, Kind.WHISTLE, Kind.SUPERVISE})


@requires(COMMAND)
@require_http_methods(["GET", "POST"])
def case(request: ActorRequest, number: str) -> HttpResponse:
    """To a script (X-Requested-With): what stands beside the map, without the page around it."""
    found = case_in_sight(request, number)
    if request.method == "GET":
        return _shown(request, found)
    trouble = take_step(request, found)
    if trouble is None and not _is_script(request):
        return after_step(request, number, "command:case", "command:wall")
    return _shown(request, case_in_sight(request, number), trouble)


def _shown(request: ActorRequest, found: CasePage, trouble: Trouble | None = None) -> HttpResponse:
    context = case_context(request, found, trouble)
    options = [one for one in found.options if one.transition.kind in COMMANDING]
    context |= {"shelves": _commanding(context["shelves"]), "barred": barred_steps(options)}
    context["step_url"] = reverse("command:case", args=[found.case.number])
    template = "command/_case.html" if _is_script(request) else "command/case.html"
    return render(request, template, context, status=trouble.status if trouble else 200)


def _is_script(request: ActorRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _commanding(shelves: object) -> list[Shelf]:
    """All on one shelf: there are few."""
    assert isinstance(shelves, list)
    forms = [form for shelf in shelves for form in shelf.forms if form.kind in COMMANDING]
    return [Shelf("main", "", forms)] if forms else []
