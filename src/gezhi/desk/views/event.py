"""What proves one step of a case: for whoever may see the case."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from gezhi.desk.views.page import page
from gezhi.ledger.queries.standing import vouched_of_event
from gezhi.pages.case_view import event_view
from gezhi.pages.proofs import entry_view, keys_in, photo_view
from gezhi.pages.taking import case_in_sight
from gezhi.people.access import DESK, ActorRequest, requires
from gezhi.people.queries.keys import keys_named


@requires(DESK)
@require_GET
def event(request: ActorRequest, number: str, seq: int) -> HttpResponse:
    found = case_in_sight(request, number)
    line = next((one for one in found.events if one.seq == seq), None)
    if line is None:
        raise Http404
    proofs = vouched_of_event(found.case.pk, seq)
    keys = keys_named(keys_in(proofs))
    context = {
        "case": {"number": found.case.number, "title": found.case.title},
        "event": event_view(line, found),
        "entries": [entry_view(one, keys) for one in proofs],
        "photos": [photo_view(photo) for photo in line.photos],
    }
    return page(request, "desk/event.html", context, at="desk:cases")
