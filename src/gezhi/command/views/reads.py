"""What the map and the panels ask for, each answer made once for everybody who sees the same."""

import json
from collections.abc import Callable, Mapping

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from gezhi.cases.queries import BadFilter
from gezhi.cases.world import World, known_world
from gezhi.command.looking import bad_filter
from gezhi.command.panels import LIVE, board_of, rank_of
from gezhi.insight.queries.board import memo
from gezhi.insight.queries.board.efficiency import Below, grids, heat, places
from gezhi.insight.queries.board.lines import Points, points
from gezhi.insight.queries.board.look import Look, box_of, scope_key
from gezhi.insight.queries.board.replay import Replay, replay
from gezhi.people.access import COMMAND, ActorRequest, requires

Plain = Mapping[str, object]
Read = Callable[[ActorRequest], HttpResponse]


def refusing(read: Read) -> Read:
    """A filter that cannot be understood is named in a 422."""

    def refused(request: ActorRequest) -> HttpResponse:
        try:
            return read(request)
        except BadFilter as bad:
            return bad_filter(bad)

    return refused


@requires(COMMAND)
@require_GET
@refusing
def below(request: ActorRequest) -> HttpResponse:
    """How the places one level down do; with level=grid, the grids of a box."""
    world, now, today = known_world(), timezone.now(), timezone.localdate()
    look = Look.read(request.GET, request.actor, world)
    if request.GET.get("level") != "grid":
        return _kept(request, look, "places", lambda: plain_below(places(request.actor, look, now, today)))
    box = box_of(request.GET.get("box", ""))
    return _kept(
        request, look, f"grids {box}", lambda: plain_below(grids(request.actor, look, box, now, today))
    )


@requires(COMMAND)
@require_GET
@refusing
def warmth(request: ActorRequest) -> HttpResponse:
    """Where how much is open, by the middles of villages, or of grids from a town downward."""
    look, now = Look.read(request.GET, request.actor, known_world()), timezone.now()
    return _kept(request, look, "heat", lambda: {"rows": heat(request.actor, look, now)})


@requires(COMMAND)
@require_GET
@refusing
def dots(request: ActorRequest) -> HttpResponse:
    look = Look.read(request.GET, request.actor, known_world())
    box = box_of(request.GET.get("box", ""))
    return _kept(
        request, look, f"points {box}", lambda: plain_points(points(request.actor, look, box, timezone.now()))
    )


@requires(COMMAND)
@require_GET
@refusing
def day(request: ActorRequest) -> HttpResponse:
    """A day told again: `start` by place, then [second, place's number, change of open, change of overdue]."""
    world = known_world()
    asked = request.GET.dict()
    typed = asked.pop("day", "")
    look = Look.read({**asked, "since": "", "until": ""}, request.actor, world)
    told = replay(request.actor, look, typed, world, timezone.localdate())
    return _kept(request, look, f"replay {told.day}", lambda: plain_replay(told))


@requires(COMMAND)
@require_GET
@refusing
def board(request: ActorRequest) -> HttpResponse:
    world = known_world()
    look, rank = Look.read(request.GET, request.actor, world), rank_of(request.GET)
    return HttpResponse(panels_html(request, look, rank, world))


def panels_html(request: ActorRequest, look: Look, rank: str, world: World) -> str:
    """Holds nothing of the person: buttons belong to forms of the page around it."""
    key = ("html", scope_key(request.actor), look, rank, get_language(), world.stamp)
    return memo.get(key, LIVE, lambda: _drawn(request, look, rank, world))


def _drawn(request: ActorRequest, look: Look, rank: str, world: World) -> str:
    context = {"board": board_of(request.actor, look, rank, world), "look": look}
    return render_to_string("command/_panels.html", context)


def _kept(request: ActorRequest, look: Look, what: str, make: Callable[[], Plain]) -> HttpResponse:
    key = (what, scope_key(request.actor), look)
    text = memo.get(key, LIVE, lambda: json.dumps(make(), ensure_ascii=False, separators=(",", ":")))
    return HttpResponse(text, content_type="application/json")


def plain_below(found: Below) -> Plain:
    rows = [
        [
            one.key,
            one.name,
            *(one.centre or (None, None)),
            one.numbers.open,
            one.numbers.soon,
            one.numbers.overdue,
            one.numbers.carded,
            None if one.on_time is None else round(one.on_time, 4),
        ]
        for one in found.rows
    ]
    return {"at": timezone.now().isoformat(), "level": found.level, "rows": rows}


def plain_points(found: Points) -> Plain:
    rows = [
        [
            dot.id,
            dot.number,
            dot.lon,
            dot.lat,
            dot.status,
            dot.category,
            dot.place_code,
            dot.due_at.isoformat() if dot.due_at else None,
        ]
        for dot in found.dots
    ]
    return {"at": timezone.now().isoformat(), "rows": rows, "more": found.more}


def plain_replay(told: Replay) -> Plain:
    numbers = {code: number for number, code in enumerate(told.start)}
    return {
        "day": told.day.isoformat(),
        "level": told.level,
        "start": [[code, *stood] for code, stood in told.start.items()],
        "events": [[one.second, numbers[one.place], one.open, one.overdue] for one in told.changes],
    }
