"""Which place a point lies in."""

from collections.abc import Sequence
from typing import Annotated

from django.http import HttpResponse, JsonResponse
from ninja import Query, Router

from gezhi.cases.world import world
from gezhi.exchange.rest import shapes
from gezhi.exchange.rest.access import READ, REPORT, CallerRequest, Scope
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.places.coordinates import to_wgs84
from gezhi.places.queries import place_names

router = Router(tags=["places"])
Longitude = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False)]
Latitude = Annotated[float, Query(ge=-90, le=90, allow_inf_nan=False)]
LOCATED = {409: shapes.ProblemOut, **PROBLEMS}


@router.get("/places/locate", auth=Scope(READ, REPORT), response={200: shapes.LocatedOut, **LOCATED})
def locate(
    request: CallerRequest,
    lon: Longitude,
    lat: Latitude,
    crs: shapes.Crs = "wgs84",
) -> HttpResponse:
    """The smallest known place around a point; `place_code` is empty outside all."""
    return JsonResponse(_located([(lon, lat)], crs)[0])


@router.post("/places/locate", auth=Scope(READ, REPORT), response={200: list[shapes.LocatedOut], **LOCATED})
def locate_many(request: CallerRequest, body: shapes.PointsIn) -> HttpResponse:
    """The same for up to 10,000 points, in their order; points off the earth lie in no place."""
    return JsonResponse(_located([(point.lon, point.lat) for point in body.points], body.crs), safe=False)


def _located(points: Sequence[tuple[float, float]], crs: str) -> list[dict[str, str]]:
    locator = world().locator
    if locator is None:
        raise Problem(
            409, "no-shapes", "No place has a shape here yet. Shapes are imported or generated first."
        )
    if not points:
        return []
    lon, lat = zip(*points, strict=True)
    codes = locator.locate(*to_wgs84(lon, lat, "wgs84" if crs == "cgcs2000" else crs)).codes
    names = place_names(code for code in codes if code)
    return [{"place_code": code, "name": names.get(code, "")} for code in codes]
