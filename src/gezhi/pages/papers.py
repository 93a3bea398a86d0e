"""Documents of a case as pages show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.http import Http404, HttpResponse

from gezhi.cases.issuing import spaced
from gezhi.cases.models import Case, IssuedDocument
from gezhi.cases.papers import read_paper
from gezhi.cases.queries.documents import templates_for
from gezhi.cases.world import World
from gezhi.pages.showing import said
from gezhi.people.access import Actor


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
