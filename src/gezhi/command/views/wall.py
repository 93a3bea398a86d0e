"""The command centre: a wall screen, and the same page on a desk."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from gezhi.cases.world import known_world
from gezhi.command.looking import crumbs_of, looked_at, problem_words
from gezhi.insight.queries.board.look import commanded_places
from gezhi.people.access import COMMAND, ActorRequest, requires


@requires(COMMAND)
@require_GET
def wall(request: ActorRequest) -> HttpResponse:
    world = known_world()
    look, wrong = looked_at(request, world)
    crumbs = crumbs_of(look, commanded_places(request.actor))
    context = {
        "place": crumbs[-1],
        "crumbs": crumbs,
        "look": look,
        "problem": problem_words(wrong) if wrong else "",
        "wall": request.GET.get("wall") == "1",
        "board": {},
    }
    return render(request, "command/wall.html", context)
