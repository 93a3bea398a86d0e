"""Documents of a case as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from gezhi.cases.actions import issue_document, preview_document
from gezhi.cases.actions.contact import keep_paper_look
from gezhi.cases.issuing import spaced
from gezhi.cases.models import Case, IssuedDocument
from gezhi.cases.papers import read_paper
from gezhi.cases.procedure import Refused
from gezhi.cases.queries import visible
from gezhi.cases.queries.documents import document_in_sight, templates_for
from gezhi.cases.world import World, known_world
from gezhi.pages.acting import words_of
from gezhi.pages.asked import posted
from gezhi.pages.masks import origin_of
from gezhi.pages.showing import said
from gezhi.people.access import Actor, ActorRequest
from gezhi.people.looking import PRINT


@dataclass(frozen=True, slots=True)
class PaperView:
    """`ready`: the PDF is made and may be fetched."""

    title: str
    number: str
    at: datetime
    code: str
    spaced_code: str
    ready: bool


def paper_views(documents: Iterable[IssuedDocument]) -> list[PaperView]:
    return [
        PaperView(
            str(one.facts["title"]), one.number, one.at, one.code, spaced(one.code), one.made_at is not None
        )
        for one in documents
    ]


def paper_choices(actor: Actor, case: Case, world: World) -> list[tuple[str, str]]:
    """(key, title) of what this person may issue in the case."""
    return [(template.key, said(template.title)) for template in templates_for(actor, case, world)]


def issue_paper(request: ActorRequest, number: str, case_route: str) -> HttpResponse:
    """With `preview` in the form, the PDF as it would be; otherwise the document is issued. Raises Http404."""
    case = Case.objects.filter(visible(request.actor), number=number).only("id").first()
    if case is None:
        raise Http404
    template, reason = posted(request, ("template", "document_reason")).values()
    try:
        if "preview" in request.POST:
            filled, pdf = preview_document(request.actor, case.pk, template, reason)
            keep_paper_look(request.actor, case.pk, filled.report_id, origin_of(request, PRINT))
            return pdf_response(pdf, _("预览") + ".pdf")
        document = issue_document(request.actor, case.pk, template, reason)
    except Refused as refused:
        messages.error(request, words_of(refused), "bad")
    else:
        messages.success(request, _("已出具：%(number)s") % {"number": document.number}, "good")
    return redirect(case_route, number)


def issued_paper(request: ActorRequest, code: str) -> HttpResponse:
    """Raises Http404 out of this person's sight."""
    document = document_in_sight(request.actor, code, known_world())
    if document is None:
        raise Http404
    response = paper_response(document)
    keep_paper_look(request.actor, document.case_id, document.facts["report_id"], origin_of(request, PRINT))
    return response


def paper_response(document: IssuedDocument) -> HttpResponse:
    """Raises Http404 while it is not made."""
    pdf = read_paper(document.code)
    if pdf is None:
        raise Http404
    return pdf_response(pdf, f"{document.facts['title']} {document.number}.pdf")


def pdf_response(pdf: bytes, name: str) -> HttpResponse:
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
