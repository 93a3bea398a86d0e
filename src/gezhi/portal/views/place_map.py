"""A drawing of the places below one, to say where by pointing: down to a village, whose grids take the point."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from gezhi.cases.world import known_world
from gezhi.lib.codes import VILLAGE, level_of
from gezhi.pages.asked import texts
from gezhi.pages.tap_map import tap_map
from gezhi.people.access import public
from gezhi.places.queries import children, outlines
from gezhi.portal.views.map import asked_place, path_to


@public
@require_GET
@cache_control(private=True, max_age=600)
def place_map(request: HttpRequest) -> HttpResponse:
    world = known_world()
    place = asked_place(texts(request.GET, ["place"])["place"], world)
    below = outlines(children(place).values_list("code", flat=True))
    context = {
        "path": path_to(place, world),
        "map": tap_map(below),
        "last": level_of(place) >= VILLAGE,
    }
    return render(request, "portal/_place_map.html", context)
