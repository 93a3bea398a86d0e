"""What a tracing looks at: stations that read a property, their winds, and places that may be sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from django.db import connection
from django.db.models import Q

from gezhi.cases.world import world
from gezhi.sensing.columns import Columns
from gezhi.sensing.hours import BEIJING, HOUR
from gezhi.sensing.models import Thing
from gezhi.sensing.queries.archived import readings_of
from gezhi.sensing.queries.forecasts import UNFIT, hour_of, hourly_means, instant_of
from gezhi.sensing.queries.things import Reached
from gezhi.sensing.tracing.plume import Numbers
from gezhi.sensing.tracing.winds import Vane

SPEED, DIRECTION = "wind", "winddirection"
STATIONS: Final = 60  # the nearest
SITES: Final = 3_000
Box = tuple[float, float, float, float]
_STATIONS: Final = """
SELECT t.id, t.name, t.kind, t.lon, t.lat, t.place_code, t.unit_id, p.code, min(d.id)
FROM sensing_datastream d JOIN sensing_thing t ON t.id = d.thing_id
    JOIN sensing_observedproperty p ON p.id = d.observed_property_id
WHERE p.code = ANY(%s) AND t.lon BETWEEN %s AND %s AND t.lat BETWEEN %s AND %s GROUP BY 1, 8 ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class Station:
    """`streams`: series by property."""

    thing: int
    name: str
    kind: str
    lon: float
    lat: float
    streams: dict[str, int]


def stations_in(box: Box, code: str, reached: Reached) -> list[Station]:
    """Those within reach that read the property or the wind; west, south, east, north in degrees."""
    west, south, east, north = box
    with connection.cursor() as cursor:
        cursor.execute(_STATIONS, [[code, SPEED, DIRECTION], west, east, south, north])
        rows = cursor.fetchall()
    found: dict[int, Station] = {}
    for thing, name, kind, lon, lat, place, unit_id, own, series in rows:
        if reached.holds(place, unit_id):
            found.setdefault(thing, Station(thing, name, kind, lon, lat, {})).streams[own] = series
    return list(found.values())


def read_by(stations: Sequence[Station], code: str, since: datetime, hours: int) -> Numbers:
    """float64[hours, stations]: hourly means of fit readings, NaN where nothing was."""
    first = hour_of(since)
    out = np.full((hours, len(stations)), np.nan)
    places = {one.streams[code]: place for place, one in enumerate(stations)}
    series, hour, value = hourly_means(_fit(list(places), first, hours))
    inside = (hour >= first) & (hour < first + hours)
    for one, when, mean in zip(
        series[inside].tolist(), hour[inside].tolist(), value[inside].tolist(), strict=True
    ):
        out[when - first, places[one]] = mean
    return out


def vanes_of(stations: Sequence[Station], since: datetime, hours: int) -> list[Vane]:
    """Of each station that reads speed and direction, the directions with the speed of their hour."""
    first, found = hour_of(since), []
    for one in stations:
        if SPEED in one.streams and DIRECTION in one.streams:
            _, at, mean = hourly_means(_fit([one.streams[SPEED]], first, hours))
            turned = _fit([one.streams[DIRECTION]], first, hours)
            hour = (turned.at + BEIJING) // HOUR
            known = dict(zip(at.tolist(), mean.tolist(), strict=True))
            speed = np.array([known.get(when, np.nan) for when in hour.tolist()])
            found.append(Vane(hour, speed, turned.value))
    return found


def possible_sources(box: Box, reached: Reached) -> list[Thing]:
    """Things on the premises of whoever answers for them: stacks, outlets. The first by number."""
    kinds = [key for key, one in world().catalogue.things.items() if one.thing.stands == "premises"]
    west, south, east, north = box
    inside = Q(lon__range=(west, east), lat__range=(south, north), kind__in=kinds)
    return list(Thing.objects.filter(inside, reached.rows).order_by("id")[:SITES])


def traceable() -> list[str]:
    """Properties that stations with a position read, other than the wind."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.code FROM sensing_observedproperty p JOIN sensing_datastream d"
            " ON d.observed_property_id = p.id JOIN sensing_thing t ON t.id = d.thing_id"
            " WHERE p.code <> '' AND t.lon IS NOT NULL AND t.kind LIKE 'air%%' ORDER BY 1"
        )
        return [code for (code,) in cursor.fetchall() if code not in (SPEED, DIRECTION)]


def _fit(series: list[int], first: int, hours: int) -> Columns:
    found = readings_of(series, instant_of(first), instant_of(first + hours))
    return found[found.mark & UNFIT == 0]
