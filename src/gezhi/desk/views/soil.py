"""Soil: where to sample next, as a campaign that can be walked, and what the years show."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
import shapely
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from shapely import Polygon

from gezhi.cases.world import known_world
from gezhi.desk.views.page import page
from gezhi.desk.views.tracing import AT
from gezhi.pages.place_choice import place_of
from gezhi.pages.traced import Drawn, drawn
from gezhi.people.access import DESK, ActorRequest, requires
from gezhi.places.queries import Outline, outlines
from gezhi.sensing.queries import reached_by
from gezhi.sensing.queries.soil import PointTrend, all_values, measured_in_soil, trends_of
from gezhi.sensing.soil import grid_points, samples_needed, spacing_for, stratified_points
from gezhi.sensing.tracing.area import Ground

BEGIN: Final = datetime(2000, 1, 1, tzinfo=UTC)
MOST: Final = 2_000  # samples of a campaign


@dataclass(frozen=True, slots=True)
class Campaign:
    """`points`: number, lon, lat. `wanted`: how many samples the spread asks for."""

    place: str
    wanted: int
    spacing: str
    points: list[tuple[int, float, float]]
    drawing: Drawn


@dataclass(frozen=True, slots=True)
class TrendView:
    name: str
    samples: int
    last: str
    slope: str
    interval: str
    words: str


@requires(DESK)
@require_GET
def soil(request: ActorRequest) -> HttpResponse:
    typed, faults = request.GET.dict(), dict[str, str]()
    campaign = _campaign(request, typed, faults) if "place" in typed else None
    if campaign and typed.get("as") == "csv":
        return _file(campaign)
    codes, code = measured_in_soil(), typed.get("code", "")
    rows = _trends(request, code) if code in codes else []
    mean, variation = all_values(rows)
    context = {
        "typed": {"variation": "0.5", "deviation": "0.2", "way": "grid", **typed},
        "faults": faults,
        "campaign": campaign,
        "query": request.GET.urlencode(),
        "codes": codes,
        "code": code,
        "trends": [_view(one) for one in rows],
        "mean": f"{mean:.3g}" if np.isfinite(mean) else "",
        "variation": f"{variation:.2f}" if np.isfinite(variation) else "",
    }
    return page(request, "desk/soil.html", context, at=AT, status=422 if faults else 200)


def _trends(request: ActorRequest, code: str) -> list[PointTrend]:
    return trends_of(code, reached_by(request.actor), BEGIN, timezone.now())


def _campaign(request: ActorRequest, typed: dict[str, str], faults: dict[str, str]) -> Campaign | None:
    code = place_of(typed["place"], known_world())
    shapes = outlines([code]) if code and reached_by(request.actor).holds(code, None) else []
    if not shapes:
        faults["place"] = _("请填写职责范围内有边界的区域。")
    variation, deviation = (_share(typed, name, faults) for name in ("variation", "deviation"))
    if faults:
        return None
    wanted = samples_needed(variation, deviation)
    if wanted > MOST:
        faults["deviation"] = _("要 %(n)s 个样，最多设计 %(most)s 个：放宽允许偏差。") % {
            "n": wanted,
            "most": MOST,
        }
        return None
    return _designed(shapes[0], wanted, typed.get("way", ""))


def _share(typed: dict[str, str], name: str, faults: dict[str, str]) -> float:
    try:
        value = float(typed.get(name, ""))
    except ValueError:
        value = float("nan")
    if not 0.01 <= value <= 5:
        faults[name] = _("请填写 0.01 到 5 之间的数。")
    return value


def _designed(shape: Outline, wanted: int, way: str) -> Campaign:
    """The largest piece of the place; the same seed for the same place, so that others find the same points."""
    area = shapely.from_geojson(shape.geojson)
    piece = max(shapely.get_parts(area), key=lambda one: one.area)
    ground = Ground(piece.centroid.x, piece.centroid.y)
    metres = Polygon(np.column_stack(ground.metres(*np.array(piece.exterior.coords).T[:2])))
    spacing = spacing_for(metres.area, wanted)
    seed = int(shape.code or "0") % 2**31
    found = stratified_points(metres, spacing, seed) if way == "random" else grid_points(metres, spacing)
    lon, lat = ground.degrees(found[:, 0], found[:, 1])
    pairs = zip(lon.tolist(), lat.tolist(), strict=True)
    points = [(number, round(x, 6), round(y, 6)) for number, (x, y) in enumerate(pairs, start=1)]
    marks = [("", f"{number}", x, y) for number, x, y in points]
    west, south, east, north = piece.bounds
    drawing = drawn((west, south, east, north), [shape], None, [], marks)
    return Campaign(shape.full_name, wanted, f"{spacing:.0f}", points, drawing)


def _file(campaign: Campaign) -> HttpResponse:
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="soil-campaign.csv"'
    answer.write("\ufeff")
    lines = csv.writer(answer)
    lines.writerow(["number", "lon", "lat"])
    lines.writerows(campaign.points)
    return answer


def _view(one: PointTrend) -> TrendView:
    found = one.trend
    if found is None:
        return TrendView(one.name, one.samples, f"{one.last:.3g}", "–", "–", _("不足四年，看不出"))
    words = _("没有确定的变化") if not found.is_certain else _("在升高") if found.slope > 0 else _("在下降")
    interval = f"{found.low:+.3g} – {found.high:+.3g}"
    return TrendView(one.name, one.samples, f"{one.last:.3g}", f"{found.slope:+.3g}", interval, words)
