"""What anybody may see: matters in coarse places, how many there are, what was promised and kept. JSON and CSV."""

import csv
import io
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Annotated, Final, Literal

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from ninja import Query, Router

from gezhi.cases.openness import LEAST_SHARE, opened, share
from gezhi.cases.queries.open_matters import PAGE, OpenMatter, how_many, open_matters
from gezhi.cases.world import World, known_world
from gezhi.exchange.rest import public_shapes
from gezhi.exchange.rest.api.reports import PROBLEMS
from gezhi.exchange.rest.problems import Problem
from gezhi.insight.queries.kept import kept
from gezhi.lib.codes import VILLAGE, is_code, is_within, level_of
from gezhi.lib.kept import Kept
from gezhi.people.access import public

_DAYS: Final = 90
_FRESH: Final = 300.0  # seconds for which everybody is told the same
_IN_FILE: Final = 5000
ANSWERS: Final = Kept()
FILES: Final = Kept(8)  # each of up to a megabyte, and a third of a second's work
router = Router(tags=["public"])

Row = Mapping[str, object]
Place = Annotated[str, Query(max_length=12, description="A village or larger; empty: all of the node.")]
Page = Annotated[int, Query(ge=1, le=200)]
By = Literal["category", "county", "town"]


@router.get("/public/matters", auth=None, response={200: public_shapes.OpenMattersOut, **PROBLEMS})
@public
def matters(request: HttpRequest, place: Place = "", category: str = "", page: Page = 1) -> HttpResponse:
    """Open matters and those closed within 30 days, newest first. Nothing that is private, nothing fine."""
    found, world = _matters(place, category, page, PAGE)
    rows = [_matter(one, world) for one in found[:PAGE]]
    return JsonResponse({"matters": rows, "next": page + 1 if len(found) > PAGE else None})


@router.get("/public/matters.csv", auth=None)
@public
def matters_file(request: HttpRequest, place: Place = "", category: str = "") -> HttpResponse:
    """The same as a file: the newest 5,000."""
    key = ("matters", known_world().stamp, _place(place, known_world()), category[:60])
    return _file("matters", FILES.get(key, _FRESH, lambda: _newest(place, category)))


@router.get("/public/numbers", auth=None, response={200: list[public_shapes.ManyOut], **PROBLEMS})
@public
def numbers(request: HttpRequest, place: Place = "") -> HttpResponse:
    """How many are open, and closed within 30 days, by the places one level below. Categories that might show who
    somebody is are counted from three upward, down to towns."""
    world = known_world()
    where = _place(place, world)
    seen = opened(world.catalogue)
    rows = ANSWERS.get(("numbers", world.stamp, where), _FRESH, lambda: how_many(seen, timezone.now(), where))
    return JsonResponse(
        [
            {
                "place_code": row.place_code,
                "category": row.category,
                "standing": row.standing.value,
                "number": row.number,
            }
            for row in rows
        ],
        safe=False,
    )


@router.get("/public/kept", auth=None, response={200: list[public_shapes.KeptOut], **PROBLEMS})
@public
def promises(request: HttpRequest, place: Place = "", by: By = "category") -> HttpResponse:
    """Closings of ninety days: how many, on time, the middle of the days, satisfied. Fewer than ten are left out."""
    return JsonResponse(_kept(place, by), safe=False)


@router.get("/public/kept.csv", auth=None)
@public
def promises_file(request: HttpRequest, place: Place = "", by: By = "category") -> HttpResponse:
    """The same as a file."""
    return _file("kept", _text(_kept(place, by)))


def _matters(place: str, category: str, page: int, size: int) -> tuple[Sequence[OpenMatter], World]:
    world = known_world()
    wanted = [category[:60]] if category else []
    return open_matters(
        opened(world.catalogue), timezone.now(), _place(place, world), wanted, page, size
    ), world


def _place(code: str, world: World) -> str:
    """Raises Problem for what is no place of this node, or finer than anybody is told of."""
    if not code:
        return world.root
    known = is_code(code) and is_within(code, world.root) and code in world.places
    if not known or level_of(code) > VILLAGE:
        raise Problem(422, "unknown-place", "The place is no village, town, county or city of this node.")
    return code


def _matter(one: OpenMatter, world: World) -> Row:
    name = world.catalogue.category(one.category).name
    lon, lat = one.point or (None, None)
    return {
        "number": one.number,
        "category": one.category,
        "name_zh": name.zh,
        "name_en": name.en,
        "standing": one.standing.value,
        "place_code": one.place_code,
        "lon": lon,
        "lat": lat,
        "opened_on": one.opened_on,
        "due_on": one.due_on,
        "closed_on": one.closed_on,
        "reports": one.reports,
    }


def _kept(place: str, by: By) -> list[Row]:
    world = known_world()
    where = _place(place, world)
    until = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    since, seen = until - timedelta(days=_DAYS), opened(world.catalogue)
    key = ("kept", world.stamp, where, by, until)
    rows = ANSWERS.get(key, _FRESH, lambda: kept(by, since, until, where, seen))
    return [
        {
            "key": row.key,
            "closed": row.closed,
            "on_time": share(row.on_time, row.closed),
            "days": round(row.days, 1),
            "satisfied": share(row.satisfied, row.rated),
        }
        for row in rows
        if row.closed >= LEAST_SHARE
    ]


def _newest(place: str, category: str) -> str:
    found, world = _matters(place, category, 1, _IN_FILE)
    return _text([_matter(one, world) for one in found[:_IN_FILE]])


def _text(rows: Sequence[Row]) -> str:
    """With a mark at the beginning by which spreadsheets know the encoding."""
    out = io.StringIO()
    out.write("\ufeff")
    if rows:
        writer = csv.DictWriter(out, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return out.getvalue()


def _file(name: str, text: str) -> HttpResponse:
    answer = HttpResponse(text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer
