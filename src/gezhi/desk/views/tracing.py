"""Where it came from, in the air: a form, then the area where the source may stand and the places to inspect in it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import numpy as np
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from gezhi.desk.views.page import page
from gezhi.pages.traced import Drawn, drawn
from gezhi.people.access import DESK, ActorRequest, requires
from gezhi.places.queries import bounds_of, grids_in_box, outlines
from gezhi.rounds.models import Subject
from gezhi.sensing.queries import Reached, reached_by
from gezhi.sensing.queries.forecasts import hour_of
from gezhi.sensing.queries.tracing import (
    SITES,
    STATIONS,
    Box,
    Station,
    possible_sources,
    read_by,
    stations_in,
    traceable,
    vanes_of,
)
from gezhi.sensing.tracing.air import Search, Sensors, Traced, grid, traced
from gezhi.sensing.tracing.area import (
    METRES_A_DEGREE,
    Ground,
    Site,
    ToInspect,
    middle,
    most_likely,
    outline,
    to_inspect,
)
from gezhi.sensing.tracing.winds import winds

AT: Final = "desk:tracing"
HOURS: Final = (6, 12, 24, 48)
WIDTHS: Final = (5, 10, 20)  # km
CELLS: Final = 50  # across
SHARE: Final = 0.9
LEAST: Final = 3
_GRIDS: Final = 400
_PREMISES: Final = ("site", "shop")


@dataclass(frozen=True, slots=True)
class Asked:
    """`at`: the last hour that is looked at. `wide`: of the square, km."""

    code: str
    lon: float
    lat: float
    at: datetime
    hours: int
    wide: int

    @property
    def box(self) -> Box:
        high = self.wide * 500 / METRES_A_DEGREE
        across = high / float(np.cos(np.radians(self.lat)))
        return self.lon - across, self.lat - high, self.lon + across, self.lat + high


@dataclass(frozen=True, slots=True)
class Place:
    """A place to inspect: where to look first, no finding against anyone."""

    mark: str
    name: str
    kind: str
    share: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Found:
    drawing: Drawn
    places: list[Place]
    stations: int
    hours: int
    km2: str
    lon: float
    lat: float
    least: str


class CannotTrace(Exception):
    """Says in words why not."""


@requires(DESK)
@require_GET
def tracing(request: ActorRequest) -> HttpResponse:
    codes, typed = traceable(), request.GET.dict()
    asked, faults = _asked(typed, codes, request)
    found, refused = None, ""
    if asked is not None:
        try:
            found = _traced(asked, reached_by(request.actor))
        except CannotTrace as reason:
            refused = str(reason)
    context = {
        "codes": codes, "typed": typed, "faults": faults, "found": found, "refused": refused, "choices": HOURS,
        "widths": WIDTHS, "asked": asked,
    }  # fmt: skip
    status = 422 if faults or refused else 200
    return page(request, "desk/tracing.html", context, at=AT, status=status)


def _asked(
    typed: dict[str, str], codes: list[str], request: ActorRequest
) -> tuple[Asked | None, dict[str, str]]:
    """None and no fault: nothing was asked yet; the form then has the middle of the actor's place."""
    if "code" not in typed:
        home = bounds_of(reached_by(request.actor).home[0])
        if home:
            typed["lon"], typed["lat"] = (f"{(home[a] + home[a + 2]) / 2:.4f}" for a in (0, 1))
        typed["at"] = timezone.localtime().strftime("%Y-%m-%dT%H:00")
        return None, {}
    faults: dict[str, str] = {}
    if typed["code"] not in codes:
        faults["code"] = _("请选择一项读数。")
    lon, lat = _degrees(typed, "lon", 180, faults), _degrees(typed, "lat", 85, faults)
    at = _instant(typed.get("at", ""), faults)
    hours, wide = _choice(typed.get("hours"), HOURS, 24), _choice(typed.get("wide"), WIDTHS, 10)
    if faults or at is None:
        return None, faults
    return Asked(typed["code"], lon, lat, at, hours, wide), {}


def _degrees(typed: dict[str, str], name: str, most: int, faults: dict[str, str]) -> float:
    try:
        value = float(typed.get(name, ""))
    except ValueError:
        value = float("nan")
    if not abs(value) <= most:
        faults[name] = _("请填写度数，例如 121.55 和 29.87。")
    return value


def _instant(text: str, faults: dict[str, str]) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        faults["at"] = _("请填写日期和时间。")
        return None
    return at if at.tzinfo else timezone.make_aware(at)


def _choice(text: str | None, choices: tuple[int, ...], usual: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and int(text) in choices else usual


def _traced(asked: Asked, reached: Reached) -> Found:
    """Raises CannotTrace."""
    every = stations_in(asked.box, asked.code, reached)
    stations = _nearest([one for one in every if asked.code in one.streams], asked)
    if len(stations) < LEAST:
        raise CannotTrace(
            _("范围内读这一项的设备只有 %(n)s 个，至少要 %(least)s 个。")
            % {"n": len(stations), "least": LEAST}
        )
    since = asked.at - timedelta(hours=asked.hours - 1)
    ground = Ground(asked.lon, asked.lat)
    step = asked.wide * 1000 / CELLS
    east, north = grid(asked.wide * 1000, step)
    where = ground.metres(np.array([one.lon for one in stations]), np.array([one.lat for one in stations]))
    sensors = Sensors(*where, read_by(stations, asked.code, since, asked.hours))
    blown = winds(vanes_of(every, since, asked.hours), hour_of(since), asked.hours)
    try:
        found = traced(Search(east, north), step, sensors, blown)
    except ValueError:
        raise CannotTrace(
            _("这段时间没有可用的小时：要有风速风向，并有设备读到高于背景的值；静风时段不能溯源。")
        ) from None
    return _answer(asked, stations, ground, found, reached)


def _nearest(stations: list[Station], asked: Asked) -> list[Station]:
    return sorted(stations, key=lambda one: (one.lon - asked.lon) ** 2 + (one.lat - asked.lat) ** 2)[
        :STATIONS
    ]


def _answer(asked: Asked, stations: list[Station], ground: Ground, found: Traced, reached: Reached) -> Found:
    inside = most_likely(found.likely, SHARE)
    area = outline(ground, found.east[inside], found.north[inside], found.step)
    names = _sites(asked.box, reached)
    sites = [Site(key, lon, lat) for key, (_name, _kind, lon, lat) in names.items()]
    first = to_inspect(sites, ground, found.east, found.north, found.likely, found.step, SHARE)[:50]
    places = [_place(number, one, names) for number, one in enumerate(first, start=1)]
    at = middle(found.east, found.north, found.likely)
    lon, lat = ground.degrees(np.array([at[0]]), np.array([at[1]]))
    km2 = float(inside.sum()) * found.step**2 / 1e6
    drawing = drawn(
        asked.box,
        outlines(grids_in_box(*asked.box, _GRIDS)),
        area,
        [(one.name, one.lon, one.lat) for one in stations],
        [(one.mark, one.name, one.lon, one.lat) for one in places],
        (float(lon[0]), float(lat[0])),
    )
    return Found(
        drawing, places, len(stations), asked.hours, f"{km2:.2f}", round(float(lon[0]), 5), round(float(lat[0]), 5),
        f"{found.step:.0f}",
    )  # fmt: skip


def _sites(box: Box, reached: Reached) -> dict[str, tuple[str, str, float, float]]:
    """key -> name, kind, lon, lat: outlets that are watched, sites and shops that are called at."""
    found = {
        f"thing:{one.pk}": (one.name, _("在线监测的排口"), one.lon or 0.0, one.lat or 0.0)
        for one in possible_sources(box, reached)
    }
    west, south, east, north = box
    rows = Subject.objects.filter(
        kind__in=_PREMISES, is_active=True, lon__range=(west, east), lat__range=(south, north)
    )
    words = {"site": _("工地"), "shop": _("经营场所")}
    for one in rows.order_by("id")[:SITES]:
        if reached.holds(one.place_code, None):
            found[f"subject:{one.pk}"] = (one.name, words[one.kind], one.lon or 0.0, one.lat or 0.0)
    return found


def _place(number: int, one: ToInspect, names: dict[str, tuple[str, str, float, float]]) -> Place:
    name, kind, lon, lat = names[one.key]
    return Place(str(number), name, kind, f"{100 * one.share:.0f}%", lon, lat)
