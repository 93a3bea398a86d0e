"""Events of cameras' analysis, one by one."""

from math import ceil

from django.http import HttpResponse, JsonResponse
from ninja import Router

from gezhi.exchange.hazards.actions import NotYours, TooMany, take_sent
from gezhi.exchange.hazards.reading import FIELDS, PersonalData
from gezhi.exchange.rest.access import CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS, receipt_body
from gezhi.exchange.rest.bodies import json_body, one_object
from gezhi.exchange.rest.problems import Problem
from gezhi.packs.shapes import HAZARDS
from gezhi.people.signing_in.policy import SENSE

EVENT: dict[str, object] = {
    "type": "object",
    "required": ["id", "source", "kind", "at"],
    "additionalProperties": False,
    "properties": {
        **{name: {"type": "string"} for name in FIELDS},
        "id": {"type": "string", "minLength": 1, "maxLength": 60},
        "source": {"type": "string", "minLength": 1, "maxLength": 60},
        "kind": {"type": "string", "enum": list(HAZARDS)},
        "at": {"type": "string", "format": "date-time"},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "lon": {"type": "number"},
        "lat": {"type": "number"},
    },
}
OUTCOME: dict[str, object] = {
    "responses": {
        code: {"description": text, "content": {"application/json": {"schema": {"type": "object"}}}}
        for code, text in ((200, "Known, joined, or counted only"), (201, "A case was opened"))
    },
    "requestBody": {"required": True, "content": {"application/json": {"schema": EVENT}}},
}
router = Router(tags=["sensing"])


@router.post(
    "/sensing/hazards", auth=Scope(SENSE), response=PROBLEMS, openapi_extra=OUTCOME, summary="Send a hazard"
)
def send_hazard(request: CallerRequest) -> HttpResponse:
    """A hazard at a place that a registered device saw. What identifies or describes a person, under any name and at
    any depth, refuses the whole event (422, `person-data`): it is counted, and nothing of it is kept."""
    caller = request.caller
    assert caller is not None
    if not caller.by_key:
        raise Problem(403, "scope", "Events are sent with the key of the system that owns the device.")
    raw = one_object(json_body(request.headers.get("Content-Type", ""), request.body))
    try:
        taken = take_sent(raw, caller.actor.account_id)
    except NotYours as error:
        detail = "'source' is no device of yours that is registered here. Ask the operator of this node."
        raise Problem(403, "not-your-source", detail) from error
    except TooMany as error:
        seconds = max(1, ceil(error.wait))
        detail = f"This device sends too often. Wait {seconds} s."
        raise Problem(429, "too-often", detail, headers={"Retry-After": str(seconds)}) from error
    except PersonalData as error:
        where = ", ".join(error.where)[:300]
        detail = f"This says something of a person ({where}). Nothing of it was kept; send hazards alone."
        raise Problem(422, "person-data", detail) from None
    body: dict[str, object] = {"outcome": taken.fate.value, "picture": taken.picture}
    receipt = receipt_body(taken.receipt) if taken.receipt else None
    return JsonResponse({**body, "receipt": receipt}, status=201 if taken.fate == "opened" else 200)
