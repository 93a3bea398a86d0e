"""A case on paper: what is known of it on A4 sheets."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.cases.issuing import spaced
from gezhi.cases.queries.documents import documents_of_case
from gezhi.lib.readable import readable_code
from gezhi.pages.case_together import card_views, family_view, partner_views
from gezhi.pages.case_view import case_facts, event_views, report_views
from gezhi.pages.grid_map import grid_map
from gezhi.pages.masks import shown_to
from gezhi.pages.papers import paper_views
from gezhi.pages.tables import keep_file
from gezhi.pages.taking import case_in_sight
from gezhi.people.access import DESK, ActorRequest, requires
from gezhi.people.purposes import HANDLING


@requires(DESK)
@require_GET
def case(request: ActorRequest, number: str) -> HttpResponse:
    """Oldest step first: paper is read from the top."""
    found = case_in_sight(request, number)
    one, now, code = found.case, timezone.now(), readable_code()
    shown = shown_to(request.actor, one.pk)
    context = {
        "case": case_facts(found, now),
        "closed_at": one.closed_at,
        "reports": report_views(found, shown),
        "timeline": event_views(found, bool(shown))[::-1],
        "earlier": one.version - len(found.events),
        "partners": partner_views(found),
        "cards": card_views(found),
        "family": family_view(found),
        "papers": paper_views(documents_of_case(one.pk)),
        "map": grid_map(one.place_code, one.lon, one.lat),
        "printed_at": now,
        "export_number": spaced(code),
    }
    answer = render(request, "desk/case_print.html", context)
    rows = [[one.number, one.title, one.address, report.text] for report in found.reports]
    keep_file(request, _("案件单"), "print", answer.content, rows, purpose=HANDLING, number=code)
    return answer
