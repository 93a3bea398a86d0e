"""A case beside the list that it was chosen from."""

from collections.abc import Sequence
from typing import Final

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from gezhi.cases.models import Case
from gezhi.cases.queries import CasePage, visible
from gezhi.desk.views.undoing import undo_bar_on
from gezhi.packs.shapes import Need
from gezhi.pages.acting import StepForm
from gezhi.pages.taking import Shelf, case_context, case_in_sight
from gezhi.people.access import DESK, ActorRequest, requires

_ELSEWHERE: Final = {Need.FORM, Need.EVIDENCE}  # what a page of its own has room and scripts for


@requires(DESK)
@require_GET
def beside(request: ActorRequest, number: str) -> HttpResponse:
    """`back`: the list's query, without the chosen case."""
    found = case_in_sight(request, number)
    context = beside_context(request, found, request.GET.get("back", ""))
    return render(request, "desk/_beside.html", context)


def beside_context(request: ActorRequest, found: CasePage, query: str) -> dict[str, object]:
    context = case_context(request, found)
    back = QueryDict(mutable=True)
    back["back"] = query
    number = found.case.number
    return {
        **context,
        "easy": _easy(context["shelves"]),  # type: ignore[arg-type]
        "step_url": f"{reverse('desk:case', args=[number])}?{back.urlencode()}",
        "undo": undo_bar_on(request, found),
        "contact_back": reverse("desk:case", args=[number]),
    }


def _easy(shelves: Sequence[Shelf]) -> list[StepForm]:
    """Steps that are done here: those of the straight way that need neither photos nor a form."""
    forms = [form for shelf in shelves if shelf.key == "main" for form in shelf.forms]
    return [form for form in forms if not _ELSEWHERE & {ask.need for ask in form.asks if ask.required}]


def back_to_list(request: ActorRequest, number: str) -> HttpResponse | None:
    """To the list that a step was taken from, with the case still chosen; None: it was not taken from a list."""
    if "back" not in request.GET:
        return None
    query = QueryDict(request.GET["back"], mutable=True)
    if Case.objects.filter(visible(request.actor), number=number).exists():
        query["case"] = number
    return redirect(f"{reverse('desk:cases')}?{query.urlencode()}")
