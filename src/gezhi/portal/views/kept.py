"""What was promised and what was kept: by kind of matter and by area, over the last ninety days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from gezhi.cases.openness import LEAST_SHARE, opened, share
from gezhi.cases.world import World, known_world
from gezhi.insight.queries import kept as tallied
from gezhi.lib.codes import COUNTY, level_of
from gezhi.lib.kept import Kept
from gezhi.pages.asked import texts
from gezhi.pages.charts import Bar, bar_list
from gezhi.pages.lengths import length_words
from gezhi.pages.showing import said
from gezhi.people.access import public
from gezhi.places.queries import place_names
from gezhi.portal.views.map import asked_place, path_to

DAYS: Final = 90
_FRESH: Final = 600.0  # seconds
ANSWERS: Final = Kept()


@dataclass(frozen=True, slots=True)
class Promise:
    """`on_time`, `satisfied`: per cent, None where too few were rated. `link`: a place that has areas of its own."""

    name: str
    promised: str
    closed: int
    on_time: float | None
    days: str
    satisfied: float | None
    link: str = ""


@public
@require_GET
@cache_control(private=True, max_age=600)
def promises(request: HttpRequest) -> HttpResponse:
    world, today = known_world(), timezone.localdate()
    place = asked_place(texts(request.GET, ["place"])["place"], world)
    by_kind = _tallied("category", place, world)
    by_area = _tallied("county" if level_of(place) < COUNTY else "town", place, world)
    few = [row for row in by_kind if row.key and row.closed < LEAST_SHARE]
    areas = _areas([row for row in by_area if row.key and row.closed >= LEAST_SHARE])
    bars = [Bar(one.name, one.on_time or 0, one.link) for one in areas]
    context = {
        "path": path_to(place, world),
        "place": place,
        "since": today - timedelta(days=DAYS),
        "all": next(
            (_promise(row, "") for row in by_kind if not row.key and row.closed >= LEAST_SHARE), None
        ),
        "kinds": [_kind(row, world, today) for row in by_kind if row.key and row.closed >= LEAST_SHARE],
        "few": len(few),
        "few_closed": sum(row.closed for row in few),
        "least": LEAST_SHARE,
        "areas": areas,
        "chart": bar_list("", bars, unit="%", top=100),
    }
    return render(request, "portal/kept.html", context)


def _tallied(by: tallied.By, place: str, world: World) -> Sequence[tallied.Kept]:
    until = timezone.now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    since, seen = until - timedelta(days=DAYS), opened(world.catalogue)
    key = (world.stamp, by, place, until)
    return ANSWERS.get(key, _FRESH, lambda: tallied.kept(by, since, until, place, seen))


def _areas(rows: Sequence[tallied.Kept]) -> list[Promise]:
    names: Mapping[str, str] = place_names(row.key for row in rows)
    return [_promise(row, names.get(row.key, row.key), link=f"?place={row.key}") for row in rows]


def _kind(row: tallied.Kept, world: World, today: date) -> Promise:
    return _promise(row, said(world.catalogue.category(row.key).name), _limit(row.key, world, today))


def _limit(category: str, world: World, today: date) -> str:
    """How long a unit has, in words; "" where the packs set none."""
    kind = world.catalogue.category(category)
    limit = world.catalogue.limit(f"handling.{kind.limits}", today)
    return length_words(limit.length) if limit and limit.length else ""


def _promise(row: tallied.Kept, name: str, promised: str = "", link: str = "") -> Promise:
    return Promise(
        name=name,
        promised=promised,
        closed=row.closed,
        on_time=share(row.on_time, row.closed),
        days=f"{row.days:.1f}" if row.days >= 1 else "1",
        satisfied=share(row.satisfied, row.rated),
        link=link,
    )
