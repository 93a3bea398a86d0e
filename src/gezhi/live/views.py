"""`GET /live/ticket/`"""

from django.http import JsonResponse

from gezhi.live.address import stream_url
from gezhi.live.tickets import ticket_for
from gezhi.people.access import DESK, ActorRequest, requires


@requires(DESK)
def ticket(request: ActorRequest) -> JsonResponse:
    return JsonResponse({"ticket": ticket_for(request.actor), "url": stream_url(request)})
