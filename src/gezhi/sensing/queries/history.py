"""What a series measured in a time, bucket by bucket; its alarms meanwhile."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from gezhi.sensing.columns import Mark
from gezhi.sensing.looking import Span

USELESS: Final = Mark.OUT_OF_RANGE | Mark.OVER_RANGE | Mark.FAULTY | Mark.CUT_OFF
_BUCKETS: Final = """
SELECT date_bin(make_interval(secs => %(width)s), at, %(since)s) AS bucket,
    min(value) FILTER (WHERE mark & %(useless)s = 0), avg(value) FILTER (WHERE mark & %(useless)s = 0),
    max(value) FILTER (WHERE mark & %(useless)s = 0), count(*), count(*) FILTER (WHERE mark <> 0), bit_or(mark)
FROM sensing_reading WHERE datastream_id = %(series)s AND at >= %(since)s AND at < %(until)s
GROUP BY bucket ORDER BY bucket
"""
_TRANSITIONS: Final = """
SELECT monitor, at, level_from, level_to, value, why FROM sensing_transition
WHERE datastream_id = %(series)s AND at < %(until)s AND at >= %(since)s ORDER BY id
"""
_BEFORE: Final = """
SELECT DISTINCT ON (monitor) monitor, at, level_from, level_to, value, why FROM sensing_transition
WHERE datastream_id = %(series)s AND at < %(since)s AND at >= %(oldest)s ORDER BY monitor, id DESC
"""


@dataclass(frozen=True, slots=True)
class Bucket:
    """`low`, `mean`, `high`: of the readings that can be used; None: of none. `marks`: of all of them together."""

    at: datetime
    low: float | None
    mean: float | None
    high: float | None
    count: int
    marked: int
    marks: Mark


@dataclass(frozen=True, slots=True)
class Moved:
    """A transition of one monitor. `why`: sensing/levels.py."""

    monitor: str
    at: datetime
    level_from: int
    level_to: int
    value: float | None
    why: int


@dataclass(frozen=True, slots=True)
class Stood:
    """`monitor` stood at a level; `until` None: it still does."""

    monitor: str
    level: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class History:
    since: datetime
    until: datetime
    buckets: Sequence[Bucket]
    stood: Sequence[Stood]


def history(series: int, span: Span, now: datetime) -> History:
    """Three statements: one reads readings, of the days that it needs."""
    since, until = span.ends(now)
    moves = moves_of(series, since, until, before=span)
    return History(since, until, _buckets(series, span, since, until), _stood(moves, since))


def _buckets(series: int, span: Span, since: datetime, until: datetime) -> list[Bucket]:
    width = round(span.bucket.total_seconds())
    with connection.cursor() as cursor:
        cursor.execute(
            _BUCKETS,
            {"series": series, "since": since, "until": until, "width": width, "useless": int(USELESS)},
        )
        return [
            Bucket(at, low, mean, high, count, marked, Mark(marks & 0x1FFF))
            for at, low, mean, high, count, marked, marks in cursor.fetchall()
        ]


def moves_of(series: int, since: datetime, until: datetime, before: Span | None = None) -> list[Moved]:
    """In order. `before`: with the last one of each monitor that is at most so much older, 30 times."""
    found: list[Moved] = []
    with connection.cursor() as cursor:
        if before is not None:
            oldest = since - 30 * before.length
            cursor.execute(_BEFORE, {"series": series, "since": since, "oldest": oldest})
            found += [Moved(*row) for row in cursor.fetchall()]
        cursor.execute(_TRANSITIONS, {"series": series, "since": since, "until": until})
        return found + [Moved(*row) for row in cursor.fetchall()]


def _stood(moves: Sequence[Moved], since: datetime) -> list[Stood]:
    """Spans at one level, cut at `since`."""
    standing: dict[str, Moved] = {}
    found: list[Stood] = []
    for move in moves:
        if (began := standing.pop(move.monitor, None)) is not None and move.at > since:
            found.append(Stood(move.monitor, began.level_to, max(began.at, since), move.at))
        if move.level_to:
            standing[move.monitor] = move
    found += [Stood(one.monitor, one.level_to, max(one.at, since), None) for one in standing.values()]
    return sorted(found, key=lambda one: (one.since, one.monitor))
