"""Documents of a case: looked at before they are issued, issued, fetched."""

from django.http import HttpResponse
from django.views.decorators.http import require_GET, require_POST

from gezhi.pages.papers import issue_paper, issued_paper
from gezhi.people.access import DESK, ActorRequest, requires


@requires(DESK)
@require_POST
def issue(request: ActorRequest, number: str) -> HttpResponse:
    return issue_paper(request, number, "desk:case")


@requires(DESK)
@require_GET
def document(request: ActorRequest, code: str) -> HttpResponse:
    return issued_paper(request, code)
