"""Where nobody answers and where two do: as a map, as a list, as a file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.cases.world import World, known_world
from gezhi.desk.views.lists import PAGE, lists_on
from gezhi.desk.views.page import page
from gezhi.lib.codes import COUNTY, GRID, TOWN, VILLAGE, level_of
from gezhi.pages.choropleth import Choropleth, choropleth
from gezhi.pages.duty_lists import Lists, gap_lines, overlap_lines, subjects_of
from gezhi.pages.paging import shown_of
from gezhi.pages.place_choice import place_of
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import DESK, EXPORT, ActorRequest, requires
from gezhi.people.coverage import Gap, Overlap, by_place, gaps, inside, overlaps, widened
from gezhi.places.queries import children, outlines, place_names, within


@dataclass(frozen=True)
class Coverage:
    """`gaps`: by town, inside the place that is looked at; `summed`: the same, widened for a list."""

    place: str
    lists: Lists
    gaps: Sequence[Gap]
    summed: Sequence[Gap]
    overlaps: Sequence[Overlap]


def coverage_of(world: World, place: str) -> Coverage:
    today = timezone.localdate()
    lists = lists_on(world, today, None, place)
    finest = _finest(place)
    found = inside(gaps(subjects_of(world.catalogue), finest, lists.directory), place)
    doubled = overlaps(lists.directory, lists.duties, lists.admissions)
    return Coverage(place, lists, found, widened(found, finest), doubled)


def _finest(place: str) -> list[str]:
    """The grids of a place; its villages where it has no grids yet."""
    codes = within(place).values_list("code", flat=True)
    return list(codes.filter(level=GRID)) or list(codes.filter(level=VILLAGE))


@requires(DESK)
@require_GET
def coverage(request: ActorRequest) -> HttpResponse:
    world = known_world()
    typed = request.GET.get("place", "").replace("\0", "").strip()[:120]
    found = coverage_of(world, place_of(typed, world) or world.root)
    names = _names(found)
    shown = shown_of(request, gap_lines(found.summed, world.catalogue, names), PAGE)
    lists = replace(found.lists, names={**found.lists.names, **names})
    context = {
        "place": names.get(found.place, found.place),
        "typed": typed,
        "place_query": urlencode({"place": typed}),
        "map": _map(found),
        "deeper": level_of(found.place) < COUNTY,
        "gaps": shown,
        "gap_number": sum(gap.number for gap in found.gaps),
        "overlaps": overlap_lines(found.overlaps, lists),
        "may_export": request.actor.may(EXPORT),
    }
    return page(request, "desk/coverage.html", context, at="desk:lists")


def _names(found: Coverage) -> dict[str, str]:
    codes = {gap.place_code for gap in found.summed} | {one.place_code for one in found.overlaps}
    return place_names(codes | {found.place})


def _map(found: Coverage) -> Choropleth | None:
    """One level down, never below towns: gaps are counted by town."""
    level = level_of(found.place)
    codes = [found.place] if level >= TOWN else list(children(found.place).values_list("code", flat=True))
    if not codes:
        return None
    return choropleth(outlines(codes), by_place(found.gaps, min(level_of(codes[0]), TOWN)))


@requires(EXPORT)
@require_GET
def export(request: ActorRequest) -> HttpResponseBase:
    world = known_world()
    found = coverage_of(world, place_of(request.GET.get("place", ""), world) or world.root)
    names = _names(found)
    headings = [_("区域"), _("编码"), _("职责"), _("类别"), _("缺口网格数"), _("网格总数")]
    rows = [
        [line.place, line.place_code, line.function, line.categories, line.missing, line.total]
        for line in gap_lines(found.summed, world.catalogue, names)
    ]
    return table_file(request, Table("gaps", _("权责清单缺口"), headings, rows))
