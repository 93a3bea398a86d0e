"""Documents of a case: looked at before they are issued, issued, fetched."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gezhi.cases.actions import issue_document, preview_document
from gezhi.cases.models import Case
from gezhi.cases.procedure import Refused
from gezhi.cases.queries import visible
from gezhi.cases.queries.documents import document_in_sight
from gezhi.pages.acting import words_of
from gezhi.pages.asked import posted
from gezhi.pages.papers import paper_response, pdf_response
from gezhi.people.access import DESK, ActorRequest, requires


@requires(DESK)
@require_POST
def issue(request: ActorRequest, number: str) -> HttpResponse:
    """With `preview`, the PDF as it would be; otherwise the document is issued."""
    case = Case.objects.filter(visible(request.actor), number=number).only("id").first()
    if case is None:
        raise Http404
    template, reason = posted(request, ("template", "document_reason")).values()
    try:
        if "preview" in request.POST:
            _filled, pdf = preview_document(request.actor, case.pk, template, reason)
            return pdf_response(pdf, _("预览") + ".pdf")
        document = issue_document(request.actor, case.pk, template, reason)
    except Refused as refused:
        messages.error(request, words_of(refused), "bad")
    else:
        messages.success(request, _("已出具：%(number)s") % {"number": document.number}, "good")
    return redirect("desk:case", number)


@requires(DESK)
@require_GET
def document(request: ActorRequest, code: str) -> HttpResponse:
    found = document_in_sight(request.actor, code)
    if found is None:
        raise Http404
    return paper_response(found)
