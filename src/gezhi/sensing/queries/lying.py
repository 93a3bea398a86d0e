"""Where the readings of one series lie: stretches of time that only the table holds, and stretches with files."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection

from gezhi.sensing.columns import Columns
from gezhi.sensing.queries.archived import ends_of, hold, readings_of

NEAR: Final = timedelta(days=7)  # days with files that stand no further apart are one stretch
FULL: Final = 50_000  # readings; more days than give these are not read at once
SLICE: Final = 100_000  # readings of a piece
# Bits of a byte are kept from its highest, PostgreSQL counts from its lowest: n ^ 7.
_DAYS: Final = """
SELECT day FROM sensing_archivedday WHERE day >= %(first)s AND day <= %(last)s
AND CASE WHEN length(holds) * 8 > %(series)s THEN get_bit(holds, %(series)s # 7) = 1 ELSE false END ORDER BY day
"""
_OF_THESE: Final = """
SELECT s.n FROM unnest(%(series)s::bigint[]) s(n) WHERE EXISTS (SELECT FROM sensing_archivedday
    WHERE day >= %(first)s AND day <= %(last)s
    AND CASE WHEN length(holds) * 8 > s.n THEN get_bit(holds, s.n # 7) = 1 ELSE false END)
"""


@dataclass(frozen=True, slots=True)
class Stretch:
    """`since` <= time < `until`. `days`: those with files, rising; none: all of it is in the table."""

    since: datetime
    until: datetime
    days: tuple[date, ...] = ()


def lying(series: int, since: datetime, until: datetime) -> list[Stretch]:
    """In order, without holes. Inside of a transaction, until whose end no day leaves the table."""
    hold()
    named: dict[str, int | date] = {"series": series, "first": since.date(), "last": until.date()}
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, named)
        return stretches([day for (day,) in cursor.fetchall()], since, until)


def in_files(series: Sequence[int], since: datetime, until: datetime) -> set[int]:
    """Those that have days with files in this time. Inside of a transaction, as `lying`."""
    hold()
    named: dict[str, list[int] | date] = {"series": list(series), "first": since.date(), "last": until.date()}
    with connection.cursor() as cursor:
        cursor.execute(_OF_THESE, named)
        return {int(number) for (number,) in cursor.fetchall()}


def stretches(days: Sequence[date], since: datetime, until: datetime) -> list[Stretch]:
    """`days`: with files, rising."""
    found: list[Stretch] = []
    at = since
    for day in days:
        begin, end = max(ends_of(day)[0], since), min(ends_of(day)[1], until)
        if begin >= end:
            continue
        if found and begin - found[-1].until <= NEAR:
            last = found.pop()
            found.append(Stretch(last.since, end, (*last.days, day)))
        else:
            found += [Stretch(at, begin)] if begin > at else []
            found.append(Stretch(begin, end, (day,)))
        at = end
    return found + ([Stretch(at, until)] if at < until else [])


def pieces(series: int, stretch: Stretch, backwards: bool = False) -> Iterator[Columns]:
    """Of a stretch with files, from files and table, as time goes or backwards; rows of a piece rise by time. The first
    are small, so that whoever wants few reads few."""
    parts, count, done = _parts(stretch), 1, 0
    if backwards:
        parts.reverse()
    while done < len(parts):
        some = parts[done : done + count]
        done += count
        found = readings_of([series], min(one[0] for one in some), max(one[1] for one in some))
        count = count * 2 if len(found) < FULL else max(1, count // 2)
        starts = range(0, len(found), SLICE)
        for start in reversed(starts) if backwards else starts:
            yield found[start : start + SLICE]


def _parts(stretch: Stretch) -> list[tuple[datetime, datetime]]:
    """One for each day with a file, with the days without one that stand before it."""
    ends = [min(ends_of(day)[1], stretch.until) for day in stretch.days]
    return list(zip([stretch.since, *ends[:-1]], ends, strict=True))
