"""Listening to what is committed."""

from django.http import HttpResponse, JsonResponse
from ninja import Router

from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.live.address import stream_url
from gezhi.live.tickets import ticket_for

router = Router(tags=["live"])


@router.get("/live/ticket", auth=Scope(READ), response={200: shapes.TicketOut, **PROBLEMS})
def ticket(request: CallerRequest) -> HttpResponse:
    """Opens the stream at `url` within a minute; `url` is empty where the node has none."""
    assert request.caller is not None
    return JsonResponse({"ticket": ticket_for(request.caller.actor), "url": stream_url(request)})
