"""Forms for machine clients: what is asked with a report of a category, and with a step of a case."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Router

from gezhi.cases.filling import form_of_step
from gezhi.cases.queries import case_page
from gezhi.cases.world import known_world
from gezhi.exchange.rest import form_shapes, shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.packs.shapes import Form
from gezhi.people.access import public

MISSING = {404: shapes.ProblemOut}
router = Router(tags=["forms"])


@router.get(
    "/forms/{category}",
    auth=None,
    response={200: form_shapes.FormOut, 429: shapes.ProblemOut, **MISSING},
    by_alias=True,
)
@public
def form_of_category(request: HttpRequest, category: str) -> HttpResponse:
    """The JSON Schema and layout of what is asked with a report of this category; answers go to `attributes`."""
    catalogue = known_world().catalogue
    if category not in catalogue.categories:
        raise Problem(404, "unknown-category", f"There is no category {category[:60]}; see /categories.")
    form = catalogue.form_of(category)
    if form is None:
        raise Problem(404, "no-form", f"Nothing more is asked with a report of {category[:60]}.")
    return JsonResponse(_plain(form))


@router.get(
    "/cases/{number}/steps/{step}/form",
    auth=Scope(READ, ACT),
    response={200: form_shapes.FormOut, **MISSING, **PROBLEMS},
    by_alias=True,
)
def form_of_case_step(request: CallerRequest, number: str, step: str) -> HttpResponse:
    """What is asked with this step, as the case's version has it; answers go to the step's `form`."""
    assert request.caller is not None
    page = case_page(request.caller.actor, number[:24], timezone.now())
    if page is None:
        raise Problem(404, "unknown-case", f"There is no case {number[:24]} in your places and units.")
    found = next((one for one in page.procedure.transitions if one.key == step), None)
    form = form_of_step(found, page.world.catalogue, page.case.pack_version_id) if found else None
    if form is None:
        raise Problem(404, "no-form", f"The step {step[:60]} asks no form.")
    return JsonResponse(_plain(form))


def _plain(form: Form) -> dict[str, object]:
    return {
        "key": form.key,
        "title_zh": form.title.zh,
        "title_en": form.title.en,
        "schema": form.form_schema.plain(),
        "layout": [
            group.model_dump(mode="json", by_alias=True, exclude_defaults=True) for group in form.layout
        ],
        "checks": [check.model_dump(mode="json") for check in form.checks],
    }
