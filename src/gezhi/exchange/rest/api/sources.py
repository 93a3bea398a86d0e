"""What came of the events of one's own devices."""

from datetime import timedelta
from typing import Annotated

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import Field

from gezhi.exchange.rest.access import CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.people.signing_in.policy import SENSE
from gezhi.sensing.queries.sources import sources_with_counts

READ_OUTCOME: dict[str, object] = {
    "responses": {200: {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}}
}
router = Router(tags=["sensing"])
Days = Annotated[int, Query(), Field(ge=1, le=366)]


@router.get(
    "/sensing/sources",
    auth=Scope(SENSE),
    response=PROBLEMS,
    openapi_extra=READ_OUTCOME,
    summary="Your devices and what came of their events",
)
def read_sources(request: CallerRequest, days: Days = 7) -> HttpResponse:
    """Counts by what became of them: opened, joined, again, heard, person (refused), invalid, picture, too-many."""
    caller = request.caller
    assert caller is not None
    since = (timezone.now() - timedelta(days=days)).date()
    rows = [
        {
            "key": line.source.key,
            "name": line.source.name,
            "way": line.source.way,
            "is_active": line.source.is_active,
            "seen_at": line.source.seen_at,
            "counts": line.counts,
        }
        for line in sources_with_counts(since, caller.actor.account_id)
    ]
    return JsonResponse({"sources": rows})
