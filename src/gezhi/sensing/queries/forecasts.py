"""What is to be forecast, from which readings, and how good it was."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np
from django.db import connection

from gezhi.cases.world import world
from gezhi.packs.monitor_rules import forecast_of, onset_of
from gezhi.packs.shapes import Words, seconds_of
from gezhi.sensing.columns import Columns, Float64, Int64, Mark
from gezhi.sensing.forecasting.panel import Panel, gathered
from gezhi.sensing.hours import BEIJING, HOUR
from gezhi.sensing.models import ForecastRow, TrainedForecast
from gezhi.sensing.queries.archived import archived

LEADS: Final = (1, 6, 24)  # hours
UNFIT: Final = int(
    Mark.STOPPED | Mark.MAINTAINED | Mark.MANUAL | Mark.FAULTY | Mark.CALIBRATING | Mark.OVER_RANGE | Mark.CUT_OFF
    | Mark.OUT_OF_RANGE | Mark.STUCK | Mark.CLOCK
)  # fmt: skip
_MEMBERS: Final = """
SELECT d.id, d.thing_id, p.code, t.name, t.place_code, t.unit_id, d.unit FROM sensing_datastream d
    JOIN sensing_thing t ON t.id = d.thing_id JOIN sensing_observedproperty p ON p.id = d.observed_property_id
WHERE t.kind = %s AND p.code = ANY(%s) ORDER BY d.id
"""
_HOURLY: Final = """
SELECT datastream_id, floor((extract(epoch FROM at) * 1000 + %s) / %s)::bigint, avg(value) FROM sensing_reading
WHERE datastream_id = ANY(%s) AND at >= %s AND at < %s AND mark & %s = 0 GROUP BY 1, 2
"""
_LIVED: Final = """
WITH came AS (
    SELECT datastream_id, date_trunc('hour', at) AS hour, avg(value) AS value FROM sensing_reading
    WHERE datastream_id = ANY(%(series)s) AND at >= %(since)s AND mark & %(unfit)s = 0 GROUP BY 1, 2
)
SELECT f.hours, count(*), avg(abs(f.value - c.value)), avg(abs(n.value - c.value)),
    avg((c.value BETWEEN f.low AND f.high)::int)
FROM sensing_forecast f JOIN came c ON c.datastream_id = f.datastream_id AND c.hour = f.due_at
    JOIN came n ON n.datastream_id = f.datastream_id AND n.hour = f.made_at
WHERE f.datastream_id = ANY(%(series)s) AND f.due_at >= %(since)s GROUP BY f.hours ORDER BY f.hours
"""
_DUE: Final = """
SELECT DISTINCT ON (f.datastream_id, f.due_at) e.id, f.due_at, f.value
FROM sensing_forecast f JOIN sensing_datastream d ON d.id = f.datastream_id
    JOIN sensing_observedproperty p ON p.id = d.observed_property_id
    JOIN sensing_observedproperty q ON q.code = p.code || 'forecast'
    JOIN sensing_datastream e ON e.thing_id = d.thing_id AND e.observed_property_id = q.id
WHERE f.due_at > %s AND f.due_at <= %s
    AND NOT EXISTS (SELECT FROM sensing_reading r WHERE r.datastream_id = e.id AND r.at = f.due_at)
ORDER BY f.datastream_id, f.due_at, f.made_at DESC
"""


@dataclass(frozen=True, slots=True)
class Target:
    """A property of a kind of things that a pack wants forecast. `others`: what is looked at too. `late`: a reading
    stands for the hour before it is over only where readings are hourly; of others that many hours back is the last."""

    kind: str
    code: str
    title: Words
    unit: str
    above: float
    others: tuple[str, ...]
    late: int


@dataclass(frozen=True, slots=True)
class Member:
    """A thing with the property. `streams`: series by property, the target's and the others'."""

    series: int
    thing: int
    name: str
    place_code: str
    unit_id: int | None
    unit: Mapping[str, str]
    streams: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Lived:
    """What came of the forecasts of one lead time in service: means over hours whose value came, and that had one when
    they were made."""

    hours: int
    count: int
    error: float
    persistence: float
    inside: float


def targets() -> list[Target]:
    """Of the packs in force, by kind and property."""
    found = []
    for owned in world().catalogue.things.values():
        kind = owned.thing
        for one in kind.datastreams:
            if one.forecast:
                late = 0 if seconds_of(one.every) >= HOUR // 1000 else 1
                found.append(
                    Target(
                        kind.key,
                        one.property,
                        one.title,
                        one.unit,
                        one.forecast.above,
                        one.forecast.with_,
                        late,
                    )
                )
    return sorted(found, key=lambda one: (one.kind, one.code))


def members_of(target: Target) -> list[Member]:
    """By series."""
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [target.kind, [target.code, *target.others]])
        rows = cursor.fetchall()
    streams: dict[int, dict[str, int]] = {}
    for series, thing, code, *_ in rows:
        streams.setdefault(thing, {}).setdefault(code, series)
    return [
        Member(series, thing, name, place, unit_id, unit, streams[thing])
        for series, thing, code, name, place, unit_id, unit in rows
        if code == target.code and streams[thing][code] == series
    ]


def panel_of(target: Target, members: Sequence[Member], first: int, last: int) -> Panel:
    """Means of the hours `first` to `last` (inclusive, as in Panel.start), of readings that are fit to be learned from.
    Raises ValueError where there is none."""
    variables = (target.code, *target.others)
    where = {
        series: (place, variables.index(code))
        for place, one in enumerate(members)
        for code, series in one.streams.items()
        if code in variables
    }
    found = list(_hourly(sorted(where), instant_of(first), instant_of(last + 1)))
    series, hour, value = (
        np.concatenate(parts) if parts else np.zeros(0) for parts in zip(*found, strict=True)
    )
    places = np.array([where[int(one)] for one in series.tolist()], np.int64).reshape(-1, 2)
    names = tuple(str(one.series) for one in members)
    panel = gathered(
        names, variables, hour.astype(np.int64), places[:, 0], places[:, 1], value.astype(np.float32)
    )
    return _stretched(panel, last)


def _stretched(panel: Panel, last: int) -> Panel:
    """To that hour, with nothing read in what is added."""
    missing = last + 1 - panel.start - panel.hours
    if missing <= 0:
        return panel
    nothing = np.full((missing, *panel.values.shape[1:]), np.nan, np.float32)
    return Panel(panel.start, panel.series, panel.variables, np.concatenate((panel.values, nothing)))


def _hourly(series: list[int], since: datetime, until: datetime) -> Iterator[tuple[Int64, Int64, Float64]]:
    """Series, hour and mean: of what stands in the table, and of each day in the files."""
    with connection.cursor() as cursor:
        cursor.execute(_HOURLY, [BEIJING, HOUR, series, since, until, UNFIT])
        rows = cursor.fetchall()
    yield (
        np.array([row[0] for row in rows], np.int64),
        np.array([row[1] for row in rows], np.int64),
        np.array([row[2] for row in rows], np.float64),
    )
    for piece in archived(series, since, until):
        yield hourly_means(piece[piece.mark & UNFIT == 0])


def hourly_means(columns: Columns) -> tuple[Int64, Int64, Float64]:
    """Series, hour and mean of each hour in which something was read."""
    hour = (columns.at + BEIJING) // HOUR
    keys, cell = np.unique(np.column_stack((columns.series, hour)), axis=0, return_inverse=True)
    sums = np.bincount(cell.ravel(), weights=columns.value, minlength=len(keys))
    counts = np.bincount(cell.ravel(), minlength=len(keys))
    return keys[:, 0].astype(np.int64), keys[:, 1].astype(np.int64), sums / counts


def hour_of(at: datetime) -> int:
    """The hour that holds it, as in Panel.start."""
    return (round(at.timestamp() * 1000) + BEIJING) // HOUR


def instant_of(hour: int) -> datetime:
    """When it begins."""
    return datetime.fromtimestamp((hour * HOUR - BEIJING) / 1000, UTC)


def in_service(target: Target) -> TrainedForecast | None:
    """The newest that could be made."""
    found = TrainedForecast.objects.filter(kind=target.kind, code=target.code, content__isnull=False)
    return found.order_by("-made_at").first()


def newest(target: Target) -> TrainedForecast | None:
    """Also where none could be made; without the file."""
    found = TrainedForecast.objects.filter(kind=target.kind, code=target.code).defer("content")
    return found.order_by("-made_at").first()


def lived(series: Sequence[int], since: datetime) -> list[Lived]:
    """By lead time."""
    with connection.cursor() as cursor:
        cursor.execute(_LIVED, {"series": list(series), "since": since, "unfit": UNFIT})
        return [Lived(row[0], row[1], *map(float, row[2:])) for row in cursor.fetchall()]


def ahead_of(series: Sequence[int]) -> list[ForecastRow]:
    """The newest forecasts of each series."""
    found = ForecastRow.objects.filter(datastream_id__in=series)
    newest_at = found.order_by("-made_at").values_list("made_at", flat=True).first()
    return list(found.filter(made_at=newest_at).order_by("datastream_id", "hours")) if newest_at else []


def due_forecasts(since: datetime, now: datetime) -> list[tuple[int, datetime, float]]:
    """(series of the forecast, when it is due, what was said last) that is no reading yet."""
    with connection.cursor() as cursor:
        cursor.execute(_DUE, [since, now])
        return list(cursor.fetchall())


def told_series(target: Target) -> dict[tuple[int, str], int]:
    """(thing, property) -> the series that tells what is forecast, and in how many hours it passes."""
    codes = [forecast_of(target.code), onset_of(target.code)]
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [target.kind, codes])
        return {(thing, code): series for series, thing, code, *_ in cursor.fetchall()}
