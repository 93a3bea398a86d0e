"""Documents of cases: listed, issued, fetched by staff and reporters, verified by anyone."""

from typing import Annotated

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Query, Router

from gezhi.cases.actions import issue_document
from gezhi.cases.actions.contact import keep_paper_look
from gezhi.cases.issuing import verification_path
from gezhi.cases.models import Case, IssuedDocument, Report
from gezhi.cases.papers import read_paper
from gezhi.cases.queries import tracked, visible
from gezhi.cases.queries.documents import (
    document_in_sight,
    documents_for_report,
    documents_of_case,
    templates_for,
    verified,
)
from gezhi.cases.queries.tracking import plain_code
from gezhi.cases.world import known_world
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope, allow_lookup, origin_of, wrong_lookup
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.paper_shapes import PaperIn, PaperOut, PapersOut, VerifiedOut
from gezhi.exchange.rest.problems import Problem
from gezhi.people.access import Actor, public

MISSING = {404: shapes.ProblemOut, **PROBLEMS}
PUBLIC = dict.fromkeys((400, 404, 422, 429), shapes.ProblemOut)
PDF = {"responses": {200: {"description": "The PDF", "content": {"application/pdf": {}}}}}
LastFour = Annotated[str, Query(max_length=4)]
router = Router(tags=["documents"])


@router.get("/cases/{number}/documents", auth=Scope(READ), response={200: PapersOut, **MISSING})
def list_documents(request: CallerRequest, number: str) -> HttpResponse:
    """What was issued in a case, and the templates that you may issue."""
    case = _case(_actor(request), number)
    offered = [
        {"template": one.key, "title_zh": one.title.zh, "title_en": one.title.en}
        for one in templates_for(_actor(request), case, known_world())
    ]
    return JsonResponse(
        {"documents": [paper_line(one) for one in documents_of_case(case.pk)], "offered": offered}
    )


@router.post("/cases/{number}/documents", auth=Scope(ACT), response={201: PaperOut, **MISSING})
def issue(request: CallerRequest, number: str, body: PaperIn) -> HttpResponse:
    """Issue a document; its PDF is made at once afterwards."""
    case = _case(_actor(request), number)
    document = issue_document(_actor(request), case.pk, body.template, body.reason)
    return JsonResponse(paper_line(document), status=201)


@router.get("/documents/{code}", auth=Scope(READ), response=MISSING, openapi_extra=PDF)
def fetch(request: CallerRequest, code: str) -> HttpResponse:
    """The PDF of a document of your places and units."""
    found = document_in_sight(_actor(request), code, known_world())
    if found is None:
        raise _unknown(code)
    answer = _pdf(found)
    keep_paper_look(_actor(request), found.case_id, found.facts["report_id"], origin_of(request))
    return answer


@router.get("/documents/{code}/verification", auth=None, response={200: VerifiedOut, **PUBLIC})
@public
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Whether there is such a document, and the SHA-256 of its PDF; nothing of what it says."""
    allow_lookup(request)
    found = verified(plain_code(code), known_world())
    if found is None:
        wrong_lookup(request)
        raise _unknown(code)
    told = {"title_zh": found.title.zh, "title_en": found.title.en, "number": found.number}
    return JsonResponse({**told, "issuer": found.issuer, "at": found.at, "sha256": found.sha256})


@router.get("/reports/{tracking_code}/documents", auth=None, response={200: list[PaperOut], **PUBLIC})
@public
def list_mine(request: HttpRequest, tracking_code: str, phone_last4: LastFour = "") -> HttpResponse:
    """What was written to the reporter."""
    mine = documents_for_report(_report(request, tracking_code, phone_last4))
    return JsonResponse([paper_line(one) for one in mine], safe=False)


@router.get("/reports/{tracking_code}/documents/{code}", auth=None, response=PUBLIC, openapi_extra=PDF)
@public
def fetch_mine(
    request: HttpRequest, tracking_code: str, code: str, phone_last4: LastFour = ""
) -> HttpResponse:
    """The PDF of a document that was written to the reporter."""
    mine = documents_for_report(_report(request, tracking_code, phone_last4))
    found = mine.filter(code=code[:16]).first()
    if found is None:
        raise _unknown(code)
    return _pdf(found)


def _actor(request: CallerRequest) -> Actor:
    assert request.caller is not None
    return request.caller.actor


def _case(actor: Actor, number: str) -> Case:
    case = Case.objects.filter(visible(actor), number=number[:24]).first()
    if case is None:
        detail = f"There is no case {number[:24]} in your places and units."
        raise Problem(404, "unknown-case", detail)
    return case


def _report(request: HttpRequest, code: str, last4: str) -> Report:
    allow_lookup(request)
    found = tracked(code[:40], last4)
    if found is None:
        raise wrong_lookup(request)
    return found.report


def _unknown(code: str) -> Problem:
    return Problem(404, "unknown-document", f"There is no document {code[:16]} that you may see.")


def _pdf(document: IssuedDocument) -> HttpResponse:
    pdf = read_paper(document.code)
    if pdf is None:
        detail = f"The PDF of {document.number} is being made. Ask again in some seconds."
        raise Problem(404, "not-made", detail, headers={"Retry-After": "5"})
    return HttpResponse(pdf, content_type="application/pdf")


def paper_line(document: IssuedDocument) -> dict[str, object]:
    return {
        "template": document.template,
        "title": document.facts["title"],
        "number": document.number,
        "code": document.code,
        "at": document.at,
        "sha256": document.sha256,
        "ready": document.made_at is not None,
        "verification": verification_path(document.code),
    }
