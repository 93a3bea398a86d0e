"""How to reach whoever reported: asked for with a purpose, and kept."""

from django.http import HttpResponse, JsonResponse
from ninja import Router

from gezhi.cases.actions.contact import show_contact
from gezhi.cases.models import Report
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import CONTACT, CallerRequest, Scope, origin_of
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.look_shapes import ContactIn, ContactsOut
from gezhi.people.duty import Wish

router = Router(tags=["access"])


@router.post(
    "/cases/{number}/contact",
    auth=Scope(CONTACT),
    response={200: ContactsOut, 404: shapes.ProblemOut, **PROBLEMS},
)
def contact(request: CallerRequest, number: str, body: ContactIn) -> HttpResponse:
    """Names, telephone numbers and addresses of those who reported a case. Everywhere else they are masked."""
    assert request.caller is not None  # Scope has seen to it
    wish = Wish(body.purpose, body.reason)
    shown = show_contact(request.caller.actor, number, wish, origin_of(request), body.reports)
    texts = dict(Report.objects.filter(id__in=shown.contacts).values_list("id", "text"))
    contacts = [
        {
            "report_id": report,
            "name": one.name,
            "phone": one.phone,
            "email": one.email,
            "text": texts[report],
        }
        for report, one in shown.contacts.items()
    ]
    return JsonResponse({"until": shown.until, "contacts": contacts})
