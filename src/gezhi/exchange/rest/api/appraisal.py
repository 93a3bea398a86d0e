"""Appraisals, their figures and cases, appeals, bulletins and profiles of grids."""

import json

from django.http import Http404, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router

from gezhi.cases.models import Case
from gezhi.exchange.rest import appraisal_shapes as bodies
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api import appraisal_reads as reads
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.insight.actions.appeals import AppealRefused, decide_appeal, lodge_appeal
from gezhi.insight.counts import COUNTS
from gezhi.insight.models import Bulletin
from gezhi.insight.queries.appeals import appeals, cases_of
from gezhi.insight.queries.bulletins import bulletins
from gezhi.insight.queries.methods import methods
from gezhi.people.access import Actor

MISSING = {404: shapes.ProblemOut}
MOST = 200
router = Router(tags=["appraisal"])


@router.get("/appraisals", auth=Scope(READ), response={200: list[bodies.AppraisalOut], **PROBLEMS})
def list_appraisals(request: CallerRequest) -> HttpResponse:
    """The formulas in force, dated and with their source."""
    return JsonResponse([reads.appraisal(every[0]) for every in methods().values()], safe=False)


@router.get("/appraisals/counts", auth=Scope(READ), response={200: list[bodies.CountOut], **PROBLEMS})
def list_counts(request: CallerRequest) -> HttpResponse:
    """Everything that is counted, with its exact meaning."""
    return JsonResponse([reads.count(one) for one in COUNTS], safe=False)


@router.get(
    "/appraisals/cases", auth=Scope(READ), response={200: bodies.OpenedPageOut, **MISSING, **PROBLEMS}
)
def list_opened(request: CallerRequest, asked: Query[bodies.OpenedQuery]) -> HttpResponse:
    """The cases behind a figure: as many as it says, newest first."""
    return JsonResponse(reads.opened_page(_actor(request), asked))


@router.get(
    "/appraisals/{key}/marks", auth=Scope(READ), response={200: bodies.MarksOut, **MISSING, **PROBLEMS}
)
def show_marks(request: CallerRequest, key: str, asked: Query[bodies.MarksQuery]) -> HttpResponse:
    """Points, indicators and counts of a period by unit, place, post or category, best first."""
    return JsonResponse(reads.marks(_actor(request), key[:60], asked))


@router.get("/appeals", auth=Scope(READ), response={200: list[bodies.AppealOut], **PROBLEMS})
def list_appeals(request: CallerRequest, state: shapes.Name = "") -> HttpResponse:
    """The newest two hundred of your units and places."""
    found = list(appeals(_actor(request), state)[:MOST])
    known = cases_of(found)
    return JsonResponse([reads.appeal(one, known[one.case_id].number) for one in found], safe=False)


@router.post("/appeals", auth=Scope(ACT), response={201: bodies.AppealOut, **MISSING, **PROBLEMS})
def send_appeal(request: CallerRequest, body: bodies.AppealIn) -> HttpResponse:
    """Against a case that is counted for your unit."""
    case_id = Case.objects.filter(number=body.number).values_list("id", flat=True).first()
    if case_id is None:
        raise Http404(f"There is no case {body.number}.")
    try:
        made = lodge_appeal(_actor(request), case_id, body.unit, body.reason, body.evidence)
    except AppealRefused as refused:
        raise _problem(refused) from refused
    return JsonResponse(reads.appeal(made, body.number), status=201)


@router.post(
    "/appeals/{appeal_id}/decision", auth=Scope(ACT), response={200: bodies.AppealOut, **MISSING, **PROBLEMS}
)
def decide(request: CallerRequest, appeal_id: int, body: bodies.DecisionIn) -> HttpResponse:
    """By somebody of the place who appraises, is not of the unit and did not give it the case."""
    actor = _actor(request)
    if not 0 < appeal_id < 2**63 or not appeals(actor).filter(pk=appeal_id).exists():
        raise Http404(f"There is no appeal {appeal_id} that you may see.")
    try:
        decided = decide_appeal(actor, appeal_id, body.accept, body.answer)
    except AppealRefused as refused:
        raise _problem(refused) from refused
    return JsonResponse(reads.appeal(decided, cases_of([decided])[decided.case_id].number))


@router.get("/bulletins", auth=Scope(READ), response={200: list[bodies.BulletinOut], **PROBLEMS})
def list_bulletins(request: CallerRequest, appraisal: shapes.Name = "") -> HttpResponse:
    """Published appraisals, newest period first."""
    return JsonResponse([reads.bulletin(one) for one in bulletins(appraisal)[:MOST]], safe=False)


@router.get(
    "/bulletins/{bulletin_id}", auth=Scope(READ), response={200: dict[str, object], **MISSING, **PROBLEMS}
)
def show_bulletin(request: CallerRequest, bulletin_id: int) -> HttpResponse:
    """The published content, word for word: its SHA-256 over canonical JSON (RFC 8785) is `sha256` of the list."""
    known = 0 < bulletin_id < 2**63
    found = (
        Bulletin.objects.filter(pk=bulletin_id).values_list("content", flat=True).first() if known else None
    )
    if found is None:
        raise Http404(f"There is no bulletin {bulletin_id}.")
    return HttpResponse(json.dumps(found, ensure_ascii=False), content_type="application/json")


@router.get("/grids/profiles", auth=Scope(READ), response={200: list[bodies.GridOut], **MISSING, **PROBLEMS})
def list_profiles(request: CallerRequest, place: shapes.Name = "") -> HttpResponse:
    """What the grids of a place were about in the last ninety days, and their load."""
    return JsonResponse(reads.grid_profiles(_actor(request), place, timezone.now()), safe=False)


@router.get(
    "/grids/proposals", auth=Scope(READ), response={200: list[bodies.ProposalOut], **MISSING, **PROBLEMS}
)
def list_proposals(request: CallerRequest, place: shapes.Name = "") -> HttpResponse:
    """Grids above twice or below half the median load, heaviest first, and what would help; at most two hundred."""
    return JsonResponse(reads.proposals(_actor(request), place, timezone.now(), MOST), safe=False)


def _problem(refused: AppealRefused) -> Problem:
    forbidden = refused.code in ("not-your-unit", "not-your-role", "own-unit", "own-work")
    return Problem(403 if forbidden else 422, refused.code, refused.en)


def _actor(request: CallerRequest) -> Actor:
    assert request.caller is not None
    return request.caller.actor
