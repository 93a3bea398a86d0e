"""The cases behind a figure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_GET

from gezhi.cases.models import Case
from gezhi.cases.queries import visible
from gezhi.cases.world import known_world
from gezhi.desk.views.appraisal_asked import unit_asked
from gezhi.desk.views.page import page
from gezhi.insight.bulletin import said
from gezhi.insight.counts import BY_KEY, Count
from gezhi.insight.periods import BadPeriod, Period, named
from gezhi.insight.queries.figures import DIMENSIONS, Dimension, Within
from gezhi.insight.queries.opened import OpenedLine, number_opened, opened
from gezhi.insight.queries.posts import nearer_posts
from gezhi.insight.queries.scope import narrowed, sight, sight_at_desk
from gezhi.lib.codes import is_code
from gezhi.pages.acting import unit_name
from gezhi.pages.asked import number, texts
from gezhi.pages.showing import english
from gezhi.people.access import DESK, ActorRequest, requires
from gezhi.places.queries import place_names

_LINES: Final = 50
_STARTS: Final = 5
_PAGES: Final = 100_000


@dataclass(frozen=True, slots=True)
class CaseRow:
    """`seen`: the person may open the case's page; `may_appeal`: it is counted for a unit of this person."""

    line: OpenedLine
    unit: str
    place: str
    category: str
    seen: bool
    may_appeal: bool


@requires(DESK)
@require_GET
def cases(request: ActorRequest) -> HttpResponse:
    return _shown(request, sight(request.actor), "desk:appraisal")


@requires(DESK)
@require_GET
def counted(request: ActorRequest) -> HttpResponse:
    """Those behind a number of the statistics."""
    return _shown(request, sight_at_desk(request.actor), "desk:statistics")


def _shown(request: ActorRequest, seen: Within, at_menu: str) -> HttpResponse:
    """The cases behind a figure: as many lines as the figure says."""
    typed = texts(request.GET, ("count", "period", "starts", "level", "unit", "place", "category"))
    count, period, by = _figure_asked(typed)
    within = _within_asked(typed, request, seen)
    total = number_opened(count, period, by, within)
    at = min(max(number(request.GET.get("page", "")) or 1, 1), _PAGES)
    lines = opened(count, period, by, within, at, _LINES)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "count": (count.name_en, count.en) if english() else (count.name_zh, count.zh),
        "rows": _case_rows(lines, request),
        "total": total,
        "period": period,
        "query": query.urlencode(),
        "appraises": at_menu == "desk:appraisal",
        "before": at - 1 if at > 1 else None,
        "after": at + 1 if at * _LINES < total else None,
    }
    return page(request, "desk/appraisal/cases.html", context, at=at_menu)


def _figure_asked(typed: dict[str, str]) -> tuple[Count, Period, Dimension]:
    """404 for what is no figure."""
    count = BY_KEY.get(typed["count"])
    starts = typed["starts"] if len(typed["starts"]) == _STARTS else "00:00"
    try:
        period = named(typed["period"], starts)
        period.bounds(_zone())
    except (BadPeriod, ValueError):
        raise Http404 from None
    level = "grid" if typed["level"] == "post" else typed["level"]
    if count is None or level not in DIMENSIONS:
        raise Http404
    return count, period, level


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _within_asked(typed: dict[str, str], request: ActorRequest, seen: Within) -> Within:
    place = typed["place"] if is_code(typed["place"]) else ""
    unit = unit_asked(typed["unit"], request.actor)
    within = narrowed(seen, unit, place, typed["category"][:60])
    if typed["level"] != "post":
        return within
    return replace(within, without=nearer_posts(place, named(typed["period"]).days[1]))


def _case_rows(lines: Sequence[OpenedLine], request: ActorRequest) -> list[CaseRow]:
    world, own = known_world(), {post.unit_id for post in request.actor.posts}
    names = place_names(line.place_code for line in lines)
    ids = [line.case_id for line in lines]
    seen = set(Case.objects.filter(visible(request.actor), id__in=ids).values_list("id", flat=True))
    units, known = world.directory.units, world.catalogue.categories
    return [
        CaseRow(
            line,
            unit_name(unit) if (unit := units.get(line.unit_id or 0)) else "",
            names.get(line.place_code, line.place_code),
            said(known[line.category].name, english()) if line.category in known else line.category,
            line.case_id in seen,
            line.unit_id in own and not line.appealed,
        )
        for line in lines
    ]
