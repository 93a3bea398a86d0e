"""Notices of suspected scam calls, one by one."""

from django.http import HttpResponse, JsonResponse
from ninja import Router

from gezhi.cases.world import known_world
from gezhi.exchange.hazards.actions import NotYours
from gezhi.exchange.rest.access import CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.rest.scam_shapes import NoticeIn, NoticeOut
from gezhi.exchange.rest.shapes import ProblemOut
from gezhi.exchange.scam.actions.taking import CATEGORY, take_notice
from gezhi.people.signing_in.policy import SENSE

router = Router(tags=["sensing"])


@router.post(
    "/sensing/scam-notices",
    auth=Scope(SENSE),
    response={200: NoticeOut, 201: NoticeOut, **PROBLEMS, 409: ProblemOut},
    summary="Send a notice of a suspected scam call",
)
def send_notice(request: CallerRequest, body: NoticeIn) -> HttpResponse:
    """Somebody is called, so that they are not deceived. The number is kept apart, seen by whoever calls, and deleted
    after closing. 200 with `joined`: a call is being made already."""
    caller = request.caller
    assert caller is not None
    if not caller.by_key:
        raise Problem(403, "scope", "Notices are sent with the key of the authority.")
    if CATEGORY not in known_world().catalogue.categories:
        raise Problem(
            409, "no-pack", "This node does not dissuade: the pack scam-dissuasion is not published."
        )
    try:
        done = take_notice(body, caller.actor.account_id)
    except NotYours as error:
        detail = "'source' is no registered authority of yours. Ask the operator of this node."
        raise Problem(403, "not-your-source", detail) from error
    answer = {"outcome": done.fate.value, "case_number": done.case_number}
    return JsonResponse(answer, status=201 if done.fate == "opened" else 200)
