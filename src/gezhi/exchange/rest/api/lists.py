"""Duty and admission lists of any day and edition, and what they leave open."""

from dataclasses import asdict
from datetime import date
from typing import Annotated

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router

from gezhi.cases.world import world
from gezhi.exchange.rest import duty_shapes as shapes
from gezhi.exchange.rest.access import READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.lib.codes import GRID, VILLAGE
from gezhi.people import queries
from gezhi.people.coverage import Subject, gaps, inside, overlaps
from gezhi.places.queries import within

router = Router(tags=["lists"])
Edition = Annotated[int | None, Query(ge=0, le=2**31 - 1)]


@router.get("/lists/duties", auth=Scope(READ), response={200: list[shapes.DutyOut], **PROBLEMS})
def duties(request: CallerRequest, day: date | None = None, edition: Edition = None) -> HttpResponse:
    """Which duty answers for which category at which level. Without `day` today, without `edition` the newest."""
    rows = queries.duties_on(day or timezone.localdate(), edition)
    return JsonResponse([asdict(row) for row in rows], safe=False)


@router.get("/lists/admissions", auth=Scope(READ), response={200: list[shapes.AdmissionOut], **PROBLEMS})
def admissions(request: CallerRequest, day: date | None = None, edition: Edition = None) -> HttpResponse:
    """Which categories may be put on the grids of which places; the nearest place rules."""
    rows = queries.admissions_on(day or timezone.localdate(), edition)
    return JsonResponse([asdict(row) for row in rows], safe=False)


@router.get("/lists/editions", auth=Scope(READ), response={200: list[shapes.EditionOut], **PROBLEMS})
def editions(request: CallerRequest) -> HttpResponse:
    """Every edition, the newest first."""
    fields = tuple(shapes.EditionOut.model_fields)
    found = [{name: getattr(one, name) for name in fields} for one in queries.editions()]
    return JsonResponse(found, safe=False)


@router.get("/lists/coverage", auth=Scope(READ), response={200: shapes.CoverageOut, **PROBLEMS})
def coverage(request: CallerRequest, place: str = "") -> HttpResponse:
    """Categories that nobody answers for, by town; and what two answer for."""
    current, today = world(), timezone.localdate()
    code = place or current.root
    if code not in current.places:
        raise Problem(422, "unknown-place", f"'{code[:20]}' is no jurisdiction or grid of this node.")
    codes = within(code).values_list("code", flat=True)
    finest = list(codes.filter(level=GRID)) or list(codes.filter(level=VILLAGE))
    subjects = [Subject(one.key, one.function, one.grids) for one in current.catalogue.reportable]
    doubled = overlaps(current.directory, queries.duties_on(today), queries.admissions_on(today))
    found = inside(gaps(subjects, finest, current.directory), code)
    answer = {
        "place": code,
        "gaps": [asdict(gap) for gap in found],
        "overlaps": [asdict(one) for one in doubled],
    }
    return JsonResponse(answer)
