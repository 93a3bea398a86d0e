"""The command centre for other systems: how it stands, where, and urging."""

from collections.abc import Sequence

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router

from gezhi.cases.actions import urge_many
from gezhi.cases.models import Case
from gezhi.cases.queries import BadFilter
from gezhi.cases.world import world
from gezhi.exchange.rest import command_shapes as bodies
from gezhi.exchange.rest.access import ACT, READ, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.insight.queries.board.efficiency import Efficiency, places
from gezhi.insight.queries.board.lines import most_overdue, points
from gezhi.insight.queries.board.look import Look, NoSight, box_of
from gezhi.insight.queries.board.standing import flow, standing
from gezhi.people.access import Actor

router = Router(tags=["command"])


@router.get("/command/counters", auth=Scope(READ), response={200: bodies.CountersOut, **PROBLEMS})
def show_counters(request: CallerRequest, asked: Query[bodies.LookQuery]) -> HttpResponse:
    """How it stands in the places that the caller commands."""
    actor, look = _looked_at(request, asked)
    stood = standing(actor, look, world(), timezone.now())
    came = flow(actor, look, timezone.localdate())
    return JsonResponse(
        {
            "place": look.place,
            **stood.numbers._asdict(),
            "received": came.received,
            "closed": came.closed,
            "rated": came.rated,
            "satisfied": came.satisfied,
            "stages": {stage.value: number for stage, number in stood.stages.items()},
        }
    )


@router.get("/command/places", auth=Scope(READ), response={200: bodies.PlacesOut, **PROBLEMS})
def list_places(request: CallerRequest, asked: Query[bodies.LookQuery]) -> HttpResponse:
    """How the places one level down do."""
    actor, look = _looked_at(request, asked)
    found = places(actor, look, timezone.now(), timezone.localdate())
    return JsonResponse({"level": found.level, "places": [_below(one) for one in found.rows]})


@router.get("/command/points", auth=Scope(READ), response={200: bodies.PointsOut, **PROBLEMS})
def list_points(request: CallerRequest, asked: Query[bodies.BoxQuery]) -> HttpResponse:
    """Open cases in a box."""
    actor, look = _looked_at(request, asked)
    try:
        found = points(actor, look, box_of(asked.box), timezone.now())
    except BadFilter as bad:
        raise _problem(bad) from bad
    names = bodies.PointOut.model_fields
    plain = [{name: getattr(dot, name) for name in names} for dot in found.dots]
    return JsonResponse({"points": plain, "more": found.more})


@router.post("/command/urge", auth=Scope(ACT), response={200: bodies.UrgedOut, **PROBLEMS})
def urge(request: CallerRequest, body: bodies.UrgeIn) -> HttpResponse:
    """Each case once, recorded in its history; one that was urged within the hour is not urged again."""
    actor, look = _looked_at(request, body)
    urged = urge_many(actor, _chosen(actor, look, body), body.text)
    refused = [{"number": one, "code": why.code, "why": why.en} for one, why in urged.refused]
    return JsonResponse({"urged": urged.done, "already": urged.already, "refused": refused})


def _looked_at(request: CallerRequest, asked: bodies.LookQuery) -> tuple[Actor, Look]:
    assert request.caller is not None
    actor = request.caller.actor
    try:
        given = {name: str(value) for name, value in asked.model_dump().items() if isinstance(value, str)}
        return actor, Look.read(given, actor, world())
    except BadFilter as bad:
        raise _problem(bad) from bad
    except NoSight as none:
        detail = "You hold no post that commands a place."
        raise Problem(403, "not-your-role", detail) from none


def _chosen(actor: Actor, look: Look, body: bodies.UrgeIn) -> Sequence[int]:
    if body.numbers:
        return list(Case.objects.filter(number__in=body.numbers).order_by("id").values_list("id", flat=True))
    return [line.id for line in most_overdue(actor, look, timezone.now(), body.most)]


def _below(one: Efficiency) -> dict[str, object]:
    lon, lat = one.centre or (None, None)
    return {
        "code": one.key,
        "name": one.name,
        "lon": lon,
        "lat": lat,
        **one.numbers._asdict(),
        "on_time": one.on_time,
        "closed": one.closed,
    }


def _problem(bad: BadFilter) -> Problem:
    return Problem(422, "bad-filter", str(bad))
