"""Notices of other authorities in, and what stands."""

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Router

from gezhi.exchange.cap.actions import OurOwn, take_cap
from gezhi.exchange.rest.access import CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.packs.shapes import LEVELS
from gezhi.people.signing_in.policy import SENSE
from gezhi.sensing.models import PublicNotice
from gezhi.sensing.queries.notices import standing_notices

OUTCOME: dict[str, object] = {
    "responses": {
        code: {"description": text, "content": {"application/json": {"schema": {"type": "object"}}}}
        for code, text in ((200, "Known already"), (201, "Taken"))
    },
    "requestBody": {"required": True, "content": {"application/cap+xml": {"schema": {"type": "string"}}}},
}
READ_OUTCOME: dict[str, object] = {
    "responses": {200: {"description": "OK", "content": {"application/json": {"schema": {"type": "object"}}}}}
}
router = Router(tags=["sensing"])


@router.post(
    "/sensing/notices",
    auth=Scope(SENSE),
    response=PROBLEMS,
    openapi_extra=OUTCOME,
    summary="Send a CAP notice",
)
def send_notice(request: CallerRequest) -> HttpResponse:
    """A warning of another authority, CAP 1.2 or 1.1: told on the portal at its places until it expires. An Update or
    a Cancel ends what it refers to. Sent again, it changes nothing."""
    caller = request.caller
    assert caller is not None
    try:
        row, is_new = take_cap(request.body, caller.actor.account_id, timezone.now())
    except OurOwn:
        detail = "'sender' is this node itself. Send notices of your own."
        raise Problem(403, "not-your-source", detail) from None
    return JsonResponse(notice_body(row), status=201 if is_new else 200)


@router.get(
    "/sensing/notices",
    auth=Scope(SENSE),
    response=PROBLEMS,
    openapi_extra=READ_OUTCOME,
    summary="Public notices that stand",
)
def read_notices(request: CallerRequest, place: str = "") -> HttpResponse:
    """The highest and newest first. `place`: those told there."""
    rows = standing_notices(timezone.now(), place)[:200]
    return JsonResponse({"notices": [notice_body(row) for row in rows]})


def notice_body(row: PublicNotice) -> dict[str, object]:
    return {
        "sender": row.sender,
        "identifier": row.identifier,
        "sent": row.sent_at,
        "message": row.message,
        "level": LEVELS[row.level - 1] if row.level else None,
        "headline": row.headline,
        "text": row.text,
        "todo": row.todo,
        "places": row.places,
        "expires": row.expires_at,
        "ended": row.ended_at,
    }
