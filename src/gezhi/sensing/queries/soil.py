"""Soil: points that were sampled, and what was found at each over the years."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np
from django.db import connection

from gezhi.sensing.queries.archived import readings_of
from gezhi.sensing.queries.forecasts import UNFIT
from gezhi.sensing.queries.things import Reached
from gezhi.sensing.soil import Trend, trend

MOST: Final = 500  # points
YEAR: Final = 365.2425 * 86_400_000  # ms
_POINTS: Final = """
SELECT d.id, t.id, t.name, t.lon, t.lat, t.place_code, t.unit_id FROM sensing_datastream d
    JOIN sensing_thing t ON t.id = d.thing_id JOIN sensing_observedproperty p ON p.id = d.observed_property_id
WHERE t.kind LIKE 'soil-%%' AND p.code = %s ORDER BY t.name, t.id
"""
_CODES: Final = """
SELECT DISTINCT p.code FROM sensing_observedproperty p JOIN sensing_datastream d ON d.observed_property_id = p.id
    JOIN sensing_thing t ON t.id = d.thing_id WHERE t.kind LIKE 'soil-%%' ORDER BY 1
"""


@dataclass(frozen=True, slots=True)
class PointTrend:
    """`last`: the newest value; `trend` None: fewer than four years of samples."""

    name: str
    lon: float | None
    lat: float | None
    samples: int
    last: float
    trend: Trend | None


def measured_in_soil() -> list[str]:
    """Properties that soil points have."""
    with connection.cursor() as cursor:
        cursor.execute(_CODES)
        return [code for (code,) in cursor.fetchall() if code]


def trends_of(code: str, reached: Reached, since: datetime, until: datetime) -> list[PointTrend]:
    """Of points within reach that were sampled, certain rises first."""
    with connection.cursor() as cursor:
        cursor.execute(_POINTS, [code])
        points = [row for row in cursor.fetchall() if reached.holds(row[5], row[6])][:MOST]
    found = readings_of([row[0] for row in points], since, until)
    found = found[found.mark & UNFIT == 0]
    rows = []
    for series, _thing, name, lon, lat, *_ in points:
        mine = found[found.series == series]
        if len(mine):
            years = 1970 + mine.at / YEAR
            rows.append(
                PointTrend(
                    name,
                    lon,
                    lat,
                    len(mine),
                    float(mine.value[-1]),
                    trend(years.tolist(), mine.value.tolist()),
                )
            )
    return sorted(rows, key=_first)


def _first(one: PointTrend) -> tuple[bool, float]:
    known = one.trend is not None and one.trend.is_certain
    return not known, -(one.trend.slope if one.trend else -np.inf)


def all_values(rows: Sequence[PointTrend]) -> tuple[float, float]:
    """Mean of the newest values and their coefficient of variation, for the next campaign; NaN for fewer than two."""
    values = np.array([one.last for one in rows])
    if len(values) < 2 or not values.mean():
        return float("nan"), float("nan")
    return float(values.mean()), float(values.std(ddof=1) / values.mean())
