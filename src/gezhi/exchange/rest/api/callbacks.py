"""Callbacks: what waits, recording a call; and open cases that circulate emptily."""

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router

from gezhi.cases.actions import record_callback
from gezhi.cases.callbacks import Answer
from gezhi.cases.models import Callback
from gezhi.cases.queries import BadFilter
from gezhi.cases.queries.calls import CallFilters, call_list, callbacks_of
from gezhi.cases.queries.circles import Circling, circling
from gezhi.exchange.rest import call_shapes as shapes
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reading import kept_json
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.exchange.rest.shapes import Name, ProblemOut, StaleOut
from gezhi.lib.codes import is_code
from gezhi.people.access import CALLBACK, CIRCLES, Actor

router = Router(tags=["callbacks"])
PAGE = 50
MOST = 500
_OWN = tuple(name for name in shapes.CallbackOut.model_fields if name != "case_number")


@router.get("/callbacks", auth=Scope(READ), response={200: shapes.CallbacksOut, **PROBLEMS})
def callbacks(request: CallerRequest, asked: Query[shapes.CallQuery]) -> HttpResponse:
    """Fifty at a time: what waits, due first, or what is done, newest first."""
    actor = _allowed(request, CALLBACK)
    if unknown := request.GET.keys() - asked.model_dump().keys():
        known = ", ".join(asked.model_dump())
        raise Problem(
            422, "bad-filter", f"{', '.join(sorted(unknown))[:100]}: no such filter; known are {known}."
        )
    filters = CallFilters(asked.text, asked.standing, asked.reason, asked.place)
    try:
        found = Paginator(call_list(actor, filters, timezone.now()), PAGE)
    except BadFilter as bad:
        raise Problem(422, "bad-filter", str(bad)) from bad
    lines = [_callback(one) for one in found.get_page(asked.page)] if asked.page <= found.num_pages else []
    body = {"callbacks": lines, "count": found.count, "page": asked.page}
    return kept_json(request, "回访", body, lines)


@router.post(
    "/callbacks/{pk}",
    auth=Scope(ACT),
    response={200: shapes.CallbackOut, 404: ProblemOut, 409: StaleOut, **PROBLEMS},
)
def call(request: CallerRequest, pk: int, body: shapes.CallIn) -> HttpResponse:
    """Record a call. Three calls that reach nobody end the callback; whoever handled the case may not call."""
    actor = _allowed(request, CALLBACK)
    if not 0 < pk < 2**63 or not callbacks_of(actor).filter(id=pk).exists():
        raise Problem(404, "unknown-callback", f"There is no callback {pk} in your places.")
    done = record_callback(actor, pk, Answer(body.outcome, body.responded, body.rating, body.text))
    return JsonResponse(_callback(done))


@router.get("/circles", auth=Scope(READ), response={200: list[shapes.CircleOut], **PROBLEMS})
def circles(
    request: CallerRequest, text: Name = "", place: Name = "", unit_id: int | None = None
) -> HttpResponse:
    """Open cases that were sent on twice, given to the same unit again, or merged and split repeatedly, without
    anybody handling them since. The worst 500, worst first. `unit_id`: a unit on the way."""
    actor = _allowed(request, CIRCLES)
    if place and not is_code(place):
        raise Problem(422, "bad-filter", "place: must be a 12-digit division code or a grid code")
    found = circling(actor, text, place, unit_id)
    return JsonResponse([_circle(one) for one in found[:MOST]], safe=False)


def _allowed(request: CallerRequest, permission: str) -> Actor:
    assert request.caller is not None  # Scope has seen to it
    if not request.caller.actor.may(permission):
        raise Problem(403, "not-your-role", f"None of your posts gives '{permission}'.")
    return request.caller.actor


def _callback(one: Callback) -> dict[str, object]:
    return {name: getattr(one, name) for name in _OWN} | {"case_number": one.case.number}


def _circle(one: Circling) -> dict[str, object]:
    case, circle = one.case, one.circle
    return {
        "case_number": case.number,
        "title": case.title,
        "state": case.state,
        "place_code": case.place_code,
        "whys": list(circle.whys),
        "path": list(circle.path),
        "sent_on": circle.sent_on,
        "since": circle.since,
    }
