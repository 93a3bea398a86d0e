"""Vector tiles of the city's own polygons, as they were cut. Borders are no secret; a tile knows no case."""

from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from gezhi.exchange.rest.access import answer_with
from gezhi.exchange.rest.problems import Problem
from gezhi.people.access import public
from gezhi.places.queries import NoShapes
from gezhi.places.tiles.archive import ArchiveError
from gezhi.places.tiles.drawing import FINEST
from gezhi.places.tiles.pyramid import COARSEST
from gezhi.places.tiles.queries import TilesMissing, archive_of, current_tiles

CONTENT_TYPE: Final = "application/vnd.mapbox-vector-tile"
FOR_EVER: Final = "public, max-age=31536000, immutable"


@require_safe
@public
def tile(request: HttpRequest, version: str, zoom: int, column: int, row: int) -> HttpResponse:
    """No statement. 204 where nothing is drawn."""
    try:
        archive = archive_of(version)
        data = archive.tile(zoom, column, row) if archive else None
    except ArchiveError as error:
        return _missing(error)
    if archive is None:
        detail = (
            f"There are no tiles of version {version}. /tiles/current.json names the version that stands."
        )
        return answer_with(Problem(404, "not-found", detail))
    headers = {"Cache-Control": FOR_EVER}
    if data is None:
        return HttpResponse(status=204, headers=headers)
    return HttpResponse(data, content_type=CONTENT_TYPE, headers=headers | {"Content-Encoding": "gzip"})


@require_safe
@public
def current(request: HttpRequest) -> HttpResponse:
    """What a map needs to know before its first tile, as TileJSON; addresses are on this node."""
    try:
        version, archive = current_tiles()
    except NoShapes as error:
        return answer_with(Problem(404, "no-shapes", str(error)))
    except (TilesMissing, ArchiveError) as error:
        return _missing(error)
    told = {
        "tilejson": "3.0.0", "version": version, "tiles": [f"/tiles/{version}/{{z}}/{{x}}/{{y}}.mvt"],
        "bounds": archive.bounds, "minzoom": COARSEST, "maxzoom": FINEST, "vector_layers": archive.layers,
    }  # fmt: skip
    return JsonResponse(told, headers={"Cache-Control": "no-cache"})


def _missing(error: Exception) -> HttpResponse:
    return answer_with(Problem(503, "no-tiles", str(error), headers={"Retry-After": "60"}))
