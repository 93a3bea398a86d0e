"""The layer of things: how each of a box stands."""

from django.http import HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from gezhi.cases.world import known_world
from gezhi.command.views.reads import refusing
from gezhi.insight.queries.board.look import Look, box_of
from gezhi.pages.sensing import thing_rows
from gezhi.people.access import COMMAND, ActorRequest, requires
from gezhi.sensing.queries.mapped import things_in_box


@requires(COMMAND)
@require_GET
@refusing
def things(request: ActorRequest) -> HttpResponse:
    """Id, name, lon, lat, state, level, words of each, the worst first; `more`: how many were left out."""
    world, now = known_world(), timezone.now()
    look, box = Look.read(request.GET, request.actor, world), box_of(request.GET.get("box", ""))
    found = things_in_box(request.actor, look.place, box, now)
    rows = [
        [
            row.thing.pk,
            row.thing.name,
            row.thing.lon,
            row.thing.lat,
            row.state.value,
            row.level,
            f"{row.thing.name} · {row.words}",
        ]
        for row in thing_rows(found.lines, world, timezone.localdate())
    ]
    return JsonResponse({"at": now, "rows": rows, "more": found.more})
