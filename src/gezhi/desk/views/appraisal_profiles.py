"""What grids are about, and how the work lies on them."""

from dataclasses import dataclass
from typing import Final

from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from gezhi.cases.world import known_world
from gezhi.desk.views.page import page
from gezhi.desk.views.sensing_area import sensed_at
from gezhi.insight.bulletin import said
from gezhi.insight.profiling import DAY_PARTS, Grid, Load, Proposal, needs, stands_out
from gezhi.insight.queries.profiles import DAYS, Profiles, profiles, proposal_for
from gezhi.insight.queries.scope import sight
from gezhi.lib.codes import is_code, is_within
from gezhi.pages.paging import shown_of
from gezhi.pages.showing import english
from gezhi.pages.tables import Table, table_file
from gezhi.people.access import APPRAISE, DESK, Actor, ActorRequest, requires
from gezhi.places.queries import place_names

PAGE: Final = 30
PARTS: Final = {
    "night": gettext_lazy("夜间 0–6 时"),
    "morning": gettext_lazy("上午 6–12 时"),
    "afternoon": gettext_lazy("下午 12–18 时"),
    "evening": gettext_lazy("晚上 18–24 时"),
}
SORTS: Final = ("index", "reports", "households", "rounds", "found")


@dataclass(frozen=True, slots=True)
class GridRow:
    grid: Grid
    load: Load
    name: str
    found: float | None
    heavy: bool
    light: bool


@requires(DESK)
@require_GET
def profile_list(request: ActorRequest) -> HttpResponse:
    place, found = _asked(request)
    only, sort = request.GET.get("only", ""), request.GET.get("sort", "index")
    codes = _chosen(found, only, sort)
    shown = shown_of(request, codes, PAGE)
    context = {
        "shown": shown,
        "rows": _rows(found, list(shown.object_list)),
        "only": only,
        "place": place,
        "place_name": place_names([place]).get(place, place),
        "query": f"only={only}&sort={sort if sort in SORTS else 'index'}&place={place}",
        "number": sum(stands_out(load) for load in found.loads.values()),
        "total": len(found.grids),
        "days": DAYS,
    }
    return page(request, "desk/appraisal/profiles.html", context, at="desk:appraisal")


def _asked(request: ActorRequest) -> tuple[str, Profiles]:
    """The place that is asked for, inside what the person may see. 404 when that is no place at all."""
    place = request.GET.get("place", "")
    allowed = list(sight(request.actor).places or ())
    if not allowed:
        raise Http404
    inside = is_code(place) and _may_see(request.actor, place)
    place = place if inside else allowed[0]
    return place, profiles(place, timezone.now())


def _may_see(actor: Actor, code: str) -> bool:
    return any(is_within(code, place) for place in sight(actor).places or ())


def _chosen(found: Profiles, only: str, sort: str) -> list[str]:
    codes = [code for code in found.grids if only != "proposals" or stands_out(found.loads[code])]
    return sorted(codes, key=lambda code: -_weight(found.grids[code], found.loads[code], sort))


def _weight(grid: Grid, load: Load, sort: str) -> float:
    values = {"reports": grid.reports, "households": grid.households, "rounds": grid.rounds}
    value = values.get(sort, grid.found_share if sort == "found" else load.index)
    return -1.0 if value is None else float(value)


def _rows(found: Profiles, codes: list[str]) -> list[GridRow]:
    names = place_names(codes)
    rows = []
    for code in codes:
        grid, load = found.grids[code], found.loads[code]
        out, share = stands_out(load), grid.found_share
        heavy = out and (load.index or 0) > 1
        percent = None if share is None else share * 100
        rows.append(GridRow(grid, load, names.get(code, code), percent, heavy, out and not heavy))
    return rows


@dataclass(frozen=True, slots=True)
class NeedView:
    name: str
    number: int
    lift: float


@requires(DESK)
@require_GET
def profile(request: ActorRequest, code: str) -> HttpResponse:
    if not is_code(code) or not _may_see(request.actor, code):
        raise Http404
    place = next(iter(sight(request.actor).places or ()), code)
    found = profiles(
        place if request.actor.may(APPRAISE) and is_within(code, place) else code, timezone.now()
    )
    if code not in found.grids:
        raise Http404
    grid = found.grids[code]
    proposed, near = proposal_for(found, code)
    context = {
        "row": _rows(found, [code])[0],
        "needs": [
            NeedView(_category(one.category), one.number, one.lift) for one in needs(grid, found.everywhere)
        ],
        "parts": [(str(PARTS[name]), number) for name, number in zip(DAY_PARTS, grid.parts, strict=True)],
        "most": max([*grid.parts, 1]),
        "proposal": _words(proposed, near) if proposed else "",
        "neighbours": [
            (near[one], one, found.loads[one].index) for one in (proposed.neighbours if proposed else ())
        ],
        "days": DAYS,
        "sensed": sensed_at(request.actor, code, known_world()),
    }
    return page(request, "desk/appraisal/profile.html", context, at="desk:appraisal")


def _category(key: str) -> str:
    known = known_world().catalogue.categories.get(key)
    return said(known.name, english()) if known else key


def _words(proposed: Proposal, near: dict[str, str]) -> str:
    names = "、".join(near[code] for code in proposed.neighbours)
    if proposed.kind == "staff":
        return _("工作量超过中位数两倍，相邻网格也不轻：建议增配人员。")
    if proposed.heavy:
        return _("工作量超过中位数两倍：建议与较轻的相邻网格重新划界（%(names)s）。") % {"names": names}
    return _("工作量不足中位数一半：建议从较重的相邻网格划入一部分（%(names)s）。") % {"names": names}


@requires(APPRAISE)
@require_GET
def export(request: ActorRequest) -> HttpResponseBase:
    place, found = _asked(request)
    heads = [_("网格"), _("编码"), _("负荷指数"), _("诉求数"), _("户数"), _("巡查走访数"), _("自主发现率")]
    codes = _chosen(found, request.GET.get("only", ""), "index")
    lines = [
        [
            row.name,
            row.grid.code,
            row.load.index,
            row.grid.reports,
            row.grid.households,
            row.grid.rounds,
            row.grid.found_share,
        ]
        for row in _rows(found, codes)
    ]
    return table_file(request, Table(f"grids-{place}", _("网格画像"), heads, lines))
