"""Where it came from, along a river: outlets or stretches above the gauges that rose, likeliest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from shapely import LineString

from gezhi.desk.views.page import page
from gezhi.desk.views.tracing import AT
from gezhi.pages.charts import Bar, BarList, bar_list
from gezhi.pages.river_form import MINUTE, Written, written
from gezhi.pages.traced import Drawn, drawn
from gezhi.people.access import DESK, ActorRequest, requires
from gezhi.places.queries import grids_in_box, outlines
from gezhi.sensing.tracing.area import stretch_line
from gezhi.sensing.tracing.river import River, Spot, stretches
from gezhi.sensing.tracing.upstream import Outlet, Suspected, likeliest, traced

SHARE: Final = 0.9
PIECE: Final = 500.0  # metres of a stretch, where no outlet is known
LONGEST: Final = 100_000  # characters of a field
_LASTS: Final = 48 * 3600.0  # s before the first arrival in which the release may have been
_GRIDS: Final = 400
_SHOWN: Final = 30


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    share: str
    released: str


@dataclass(frozen=True, slots=True)
class Found:
    rows: list[Row]
    bars: BarList
    drawing: Drawn | None
    share: str
    metres: str


@requires(DESK)
@require_http_methods(["GET", "POST"])
def river(request: ActorRequest) -> HttpResponse:
    typed = {name: request.POST.get(name, "")[:LONGEST] for name in ("reaches", "gauges", "outlets")}
    context: dict[str, object] = {"typed": typed, "flow": request.POST.get("flow", "1")}
    if request.method == "GET":
        return page(request, "desk/tracing_river.html", context, at=AT)
    given = written(**typed)
    faults = given.faults
    if not faults:
        try:
            context["found"] = _found(given, _flow(str(context["flow"])))
        except ValueError as wrong:
            faults["reaches"], context["wrong"] = _("这条河不能这样溯源，请核对河段和站点。"), str(wrong)
    context["faults"] = faults
    return page(request, "desk/tracing_river.html", context, at=AT, status=422 if faults else 200)


def _flow(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _found(given: Written, flow: float) -> Found:
    """Raises ValueError."""
    net = River(given.reaches, flow)
    spots = {one.key: one.spot for one in given.outlets}
    places = given.outlets
    if not places:
        pieces = stretches(net, PIECE)
        spots = {_name(given, spot): spot for spot in pieces}
        places = [Outlet(key, spot) for key, spot in spots.items()]
    ranked = traced(net, given.gauges, places, _LASTS)
    inside = likeliest(ranked, SHARE)
    length = sum(PIECE for _one in inside) if not given.outlets else 0.0
    return Found(
        rows=[_row(one) for one in inside[:_SHOWN]],
        bars=bar_list(
            _("相对可能"),
            [Bar(one.key, 100 * one.share, words=f"{100 * one.share:.0f}%") for one in inside[:10]],
        ),
        drawing=_drawing(given, [spots[one.key] for one in inside], net),
        share=f"{100 * sum(one.share for one in inside):.0f}%",
        metres=f"{length:.0f}" if length else "",
    )


def _name(given: Written, spot: Spot) -> str:
    reach = given.reaches[spot.reach]
    return f"{reach.above} → {reach.below}, {spot.along:.0f} m"


def _row(one: Suspected) -> Row:
    released = ""
    if one.released is not None and one.within is not None:
        released = _("第 %(at)s 分钟前后 %(within)s 分钟") % {
            "at": f"{one.released / MINUTE:.0f}",
            "within": f"{2 * one.within / MINUTE:.0f}",
        }
    return Row(one.key, f"{100 * one.share:.1f}%", released)


def _drawing(given: Written, inside: Sequence[Spot], net: River) -> Drawn | None:
    """None: nobody drew the river."""
    lines = [one for one in given.lines if one is not None]
    if not lines:
        return None
    bounds = np.array([one.bounds for one in lines])
    west, south = bounds[:, :2].min(axis=0).tolist()
    east, north = bounds[:, 2:].max(axis=0).tolist()
    box = (west, south, east + 1e-4, north + 1e-4)
    gauges = [(one.key, *_point(given, one.spot)) for one in given.gauges if given.lines[one.spot.reach]]
    pieces = [line for spot in inside if (line := _piece(given, spot, net)) is not None]
    return drawn(box, outlines(grids_in_box(*box, _GRIDS)), None, gauges, [], rivers=lines, stretches=pieces)


def _piece(given: Written, spot: Spot, net: River) -> LineString | None:
    line, metres = given.lines[spot.reach], net.reaches[spot.reach].metres
    if line is None:
        return None
    half = min(PIECE, metres) / 2
    low, high = max(0.0, spot.along - half) / metres, min(metres, spot.along + half) / metres
    return stretch_line(line, low, high)


def _point(given: Written, spot: Spot) -> tuple[float, float]:
    line = given.lines[spot.reach]
    assert line is not None
    at = line.interpolate(spot.along / given.reaches[spot.reach].metres, normalized=True)
    return float(at.x), float(at.y)
