"""Figures: the counts of a period by unit, place or category, in one statement over the tallies."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

import numpy as np
from django.conf import settings
from django.db import connection
from numpy.typing import NDArray

from gezhi.cases.world import known_world
from gezhi.insight.counts import BY_KEY, MINUTES, NAMES, Count
from gezhi.insight.periods import Bounded
from gezhi.lib.codes import place_range

Dimension = Literal["unit", "county", "town", "village", "grid", "category", "day", "all"]
DIMENSIONS: Final[dict[Dimension, str]] = {
    "unit": "unit_id::text",
    "county": "rpad(left(place_code, 6), 12, '0')",
    "town": "rpad(left(place_code, 9), 12, '0')",
    "village": "left(place_code, 12)",
    "grid": "place_code",
    "category": "category",
    "day": f"(at AT TIME ZONE '{settings.TIME_ZONE}')::date::text",  # by the calendar, whenever an appraisal's begin
    "all": "''",
}
_DIGITS: Final[dict[Dimension, int]] = {"county": 4, "town": 6, "village": 9, "grid": 12}
Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Within:
    """What figures are about. None: whatever; an empty collection: nothing. `units` and `places` together widen:
    what these units did, and what lies in these places."""

    units: Collection[int] | None = None
    places: Collection[str] | None = None
    unit: int | None = None
    place: str = ""
    category: str = ""
    categories: Collection[str] = ()
    without: Collection[str] = ()  # places

    def about(self, categories: Collection[str]) -> "Within":
        return replace(self, categories=categories)


@dataclass(frozen=True, slots=True)
class Figures:
    """`columns`: name of a count -> one number for each of `keys`."""

    keys: Sequence[str]
    columns: dict[str, Column] = field(default_factory=dict)

    def row(self, key: str) -> dict[str, float]:
        """Zeros for a key without figures."""
        at = self.keys.index(key) if key in self.keys else None
        return {name: 0.0 if at is None else float(column[at]) for name, column in self.columns.items()}

    def aligned(self, keys: Sequence[str]) -> "Figures":
        """The same figures for other keys; zeros for those that have none."""
        index = {key: at for at, key in enumerate(self.keys)}
        at = np.array([index.get(key, len(self.keys)) for key in keys], dtype=np.intp)
        return Figures(keys, {name: np.append(column, 0.0)[at] for name, column in self.columns.items()})


def figures(period: Bounded, by: Dimension, within: Within = Within()) -> Figures:
    """Sums by the dimension; keys are a unit's number, a place's code, a category's key or a day. One statement."""
    where, values = conditions(period, by, within)
    sql = f"SELECT {DIMENSIONS[by]}, flags, count(*), coalesce(sum(minutes), 0) FROM insight_tally WHERE {where}"
    with connection.cursor() as cursor:
        cursor.execute(f"{sql} GROUP BY 1, 2", values)
        return _summed(cursor.fetchall())


def _summed(rows: Sequence[tuple[str, int, int, int]]) -> Figures:
    keys = sorted({row[0] for row in rows})
    index = {key: at for at, key in enumerate(keys)}
    at = np.array([index[row[0]] for row in rows], dtype=np.intp)
    flags = np.array([row[1] for row in rows], dtype=np.int64)
    number = np.array([row[2] for row in rows], dtype=np.float64)
    columns: dict[str, Column] = {}
    for name, count in BY_KEY.items():
        counted = (flags >> count.bit & 1).astype(np.float64)
        columns[name] = np.bincount(at, number * counted, len(keys)).astype(np.float64)
    minutes = np.array([row[3] for row in rows], dtype=np.float64)
    columns[MINUTES] = np.bincount(at, minutes, len(keys)).astype(np.float64)
    return Figures(keys, {name: columns[name] for name in NAMES})


def conditions(
    period: Bounded, by: Dimension, within: Within, count: Count | None = None
) -> tuple[str, list[Any]]:
    """The tallies that figures are sums of; with a count, those that it counts. For statements written by hand."""
    since, until = period.bounds(ZoneInfo(settings.TIME_ZONE))
    parts = ["at >= %s", "at < %s"]
    values: list[Any] = [since, until]
    for part, value in _asked(by, within, count):
        parts.append(part)
        values += value
    return " AND ".join(parts), values


def _asked(by: Dimension, within: Within, count: Count | None) -> list[tuple[str, list[Any]]]:
    found: list[tuple[str, list[Any]]] = []
    if by == "unit":
        found.append(("unit_id IS NOT NULL AND NOT appealed", []))
    if by in _DIGITS:
        found.append((f"substr(place_code, {_DIGITS[by] + 1}) !~ '^0*$'", []))
    if within.unit is not None:
        found.append(("unit_id = %s", [within.unit]))
    if within.place:
        found.append(("place_code >= %s AND place_code < %s", list(place_range(within.place))))
    if within.category:
        found.append(("category = %s", [within.category]))
    if within.categories:
        found.append(("category = ANY(%s)", [sorted(within.categories)]))
    outside = "NOT (place_code >= %s AND place_code < %s)"
    found += [(outside, list(place_range(place))) for place in within.without]
    if confidential := known_world().catalogue.confidential:
        found.append(("NOT category = ANY(%s)", [sorted(confidential)]))
    if count is not None:
        found.append(("flags & %s <> 0", [count.flag]))
    return [*found, *_scope(within)]


def _scope(within: Within) -> list[tuple[str, list[Any]]]:
    if within.units is None and within.places is None:
        return []
    parts, values = ["unit_id = ANY(%s)"], [list(within.units or ())]
    flat: list[Any] = [*values]
    for place in within.places or ():
        parts.append("(place_code >= %s AND place_code < %s)")
        flat += place_range(place)
    return [(f"({' OR '.join(parts)})", flat)]
