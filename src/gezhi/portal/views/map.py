"""What is being done, for everybody: how many matters where, and each that is open to view, in coarse places."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from gezhi.cases.openness import Opened, Standing, opened
from gezhi.cases.queries.open_matters import Many, how_many, open_matters
from gezhi.cases.world import World, known_world
from gezhi.lib.codes import TOWN, VILLAGE, ancestors, is_code, is_within, level_of
from gezhi.lib.kept import Kept
from gezhi.pages.asked import number, texts
from gezhi.pages.choropleth import COARSE, Choropleth, choropleth
from gezhi.pages.open_matters import matter_views
from gezhi.pages.showing import said
from gezhi.people.access import public
from gezhi.places.queries import children, outlines, place_names

_FRESH: Final = 60.0  # seconds for which everybody is told the same numbers
_LAST_PAGE: Final = 500
_PAGE: Final = 20
NUMBERS: Final = Kept()


@dataclass(frozen=True, slots=True)
class Area:
    """A place one level down. `deeper`: it has areas or a list of its own."""

    code: str
    name: str
    open: int
    done: int


@public
@require_GET
@cache_control(private=True, max_age=60)
def matters(request: HttpRequest) -> HttpResponse:
    world, now = known_world(), timezone.now()
    asked = texts(request.GET, ("place", "group", "page"))
    place, seen = asked_place(asked["place"], world), opened(world.catalogue)
    groups = open_groups(world, seen)
    group = asked["group"] if asked["group"] in groups else ""
    page = min(number(asked["page"]) or 1, _LAST_PAGE)
    wanted = groups[group][1] if group else []
    found = open_matters(seen, now, place, wanted, page, _PAGE)
    many = NUMBERS.get((world.stamp, place), _FRESH, lambda: how_many(seen, now, place))
    areas = _areas(place, [one for one in many if not group or one.category in wanted])
    context = {
        "path": path_to(place, world),
        "place": place,
        "groups": [(key, name) for key, (name, _keys) in groups.items()],
        "group": group,
        "areas": areas,
        "all_open": sum(area.open for area in areas),
        "all_done": sum(area.done for area in areas),
        "map": _map_of(areas, place),
        "matters": matter_views(found[:_PAGE], world),
        "page": page,
        "more": len(found) > _PAGE,
    }
    return render(request, "portal/map.html", context)


def asked_place(code: str, world: World) -> str:
    """The node's own jurisdiction for what is no place of it, or finer than anybody is told of."""
    known = is_code(code) and is_within(code, world.root) and code in world.places
    return code if known and level_of(code) <= VILLAGE else world.root


def path_to(place: str, world: World) -> list[tuple[str, str]]:
    """(code, name) from the node's own jurisdiction down to the place."""
    codes = [*(code for code in reversed(ancestors(place)) if is_within(code, world.root)), place]
    names = place_names(codes)
    above = ""
    path = []
    for code in dict.fromkeys(codes):
        path.append((code, names.get(code, code).removeprefix(above) or code))
        above = names.get(code, "")
    return path


def open_groups(world: World, seen: Opened) -> Mapping[str, tuple[str, Sequence[str]]]:
    """group -> its name and those of its categories that are open to view."""
    shelves = {
        group.key: (said(group.name), [one.key for one in shelf if one.key in seen.all])
        for group, shelf in world.catalogue.by_group()
    }
    return {key: (name, keys) for key, (name, keys) in shelves.items() if keys}


def _areas(place: str, many: Sequence[Many]) -> list[Area]:
    """Every child with its numbers, the most first; of a village there is none."""
    if level_of(place) > TOWN:
        return []
    done = Counter[str]()
    waiting = Counter[str]()
    for one in many:
        (done if one.standing is Standing.DONE else waiting)[one.place_code] += one.number
    below = list(children(place).values_list("code", "name"))
    found = [Area(code, name, waiting[code], done[code]) for code, name in below]
    return sorted(found, key=lambda area: (-area.open, -area.done, area.code))


def _map_of(areas: Sequence[Area], place: str) -> Choropleth | None:
    if not areas or level_of(place) > TOWN:
        return None
    return choropleth(outlines(area.code for area in areas), {area.code: area.open for area in areas}, COARSE)
