"""What was promised and kept: closings of a span of days by category or town, for everybody."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from django.db import connection

from gezhi.cases.openness import LEAST, Opened
from gezhi.insight.counts import FLAG, Origin
from gezhi.lib.codes import TOWN, level_of, place_range

_DAY: Final = 86_400  # seconds
By = Literal["category", "county", "town"]
_KEYS: Final[dict[By, str]] = {
    "category": "t.category",
    "county": "rpad(left(t.place_code, 6), 12, '0')",
    "town": "rpad(left(t.place_code, 9), 12, '0')",
}
_KEPT: Final = """
SELECT {key}, count(*),
    count(*) FILTER (WHERE t.flags & %s <> 0), count(*) FILTER (WHERE t.flags & %s <> 0),
    count(*) FILTER (WHERE t.flags & %s <> 0),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.at - c.opened_at))
FROM (
    SELECT *, count(*) OVER (PARTITION BY category, left(place_code, 9)) AS in_town
    FROM insight_tally
    WHERE origin = %s AND at >= %s AND at < %s AND flags & %s <> 0
        AND place_code >= %s AND place_code < %s AND category = ANY(%s)
) AS t JOIN cases_case c ON c.id = t.case_id
WHERE t.category = ANY(%s) OR t.in_town >= %s
GROUP BY GROUPING SETS ((1), ())
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """Of `closed`: how many on time, rated, and rated at least basically satisfied; the middle of the days from report
    to closing. `key` "": all together."""

    key: str
    closed: int
    on_time: int
    rated: int
    satisfied: int
    days: float


def kept(by: By, since: datetime, until: datetime, place: str, opened: Opened) -> Sequence[Kept]:
    """The most first; all together foremost. Categories told as numbers count where a town has LEAST closings, and in
    nothing smaller than a town. One statement."""
    flags: list[Any] = [
        FLAG["closed_on_time"],
        FLAG["rated"],
        FLAG["rated_satisfied"] | FLAG["rated_basically"],
    ]
    bounds: list[Any] = [
        Origin.CLOSING,
        since,
        until,
        FLAG["closed"],
        *place_range(place),
        sorted(opened.all if level_of(place) <= TOWN else opened.places),
        sorted(opened.places),
        LEAST,
    ]
    with connection.cursor() as cursor:
        cursor.execute(_KEPT.replace("{key}", _KEYS[by]), [*flags, *bounds])
        rows = cursor.fetchall()
    found = [
        Kept(key or "", closed, on_time, rated, satisfied, float(seconds) / _DAY)
        for key, closed, on_time, rated, satisfied, seconds in rows
        if seconds is not None
    ]
    return sorted(found, key=lambda row: (row.key != "", -row.closed, row.key))
