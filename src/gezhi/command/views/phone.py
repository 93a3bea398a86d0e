"""The command centre on a leader's phone: what is red, why, who, and what to do about it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from gezhi.cases.world import known_world
from gezhi.command.looking import crumbs_of, looked_at, problem_words
from gezhi.command.reasons import red_of
from gezhi.insight.queries.board.look import commanded_places
from gezhi.people.access import COMMAND, ActorRequest, requires


@requires(COMMAND)
@require_GET
def phone(request: ActorRequest) -> HttpResponse:
    world, now = known_world(), timezone.now()
    look, wrong = looked_at(request, world)
    crumbs = crumbs_of(look, commanded_places(request.actor))
    unit = world.directory.units.get(int(look.unit)) if look.unit else None
    context = {
        "place": crumbs[-1],
        "crumbs": crumbs,
        "look": look,
        "unit": unit,
        "whole": look.query_string(unit=""),
        "problem": problem_words(wrong) if wrong else "",
        "red": red_of(request.actor, look, world, now),
        "here": request.get_full_path(),
    }
    return render(request, "command/phone.html", context)
