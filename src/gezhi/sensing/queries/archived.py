"""Readings wherever they lie: days that stand in the table, days that lie in files, and both of one day."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
from django.conf import settings
from django.db import connection, transaction

from gezhi.sensing.archive import read, rows_in, series_in, together
from gezhi.sensing.columns import NOTHING, Columns, Int32
from gezhi.sensing.models import ArchivedDay

FOLDER: Final = "readings"  # below the data folder, so that backups hold it
DAY: Final = timedelta(days=1)
_MS: Final = timedelta(milliseconds=1)
_AGAIN: Final = 3  # a file that is replaced between its row and its opening has a new row
# No day is given up between looking for the files and reading the table.
_HOLD: Final = "LOCK TABLE ONLY sensing_reading IN ACCESS SHARE MODE"
_STANDING: Final = """
COPY (SELECT datastream_id, at, value, mark FROM sensing_reading
    WHERE datastream_id = ANY(%s) AND at >= %s AND at < %s ORDER BY datastream_id, at) TO STDOUT (FORMAT BINARY)
"""
_OF_DAY: Final = """
COPY (SELECT datastream_id, at, value, mark FROM sensing_reading WHERE at >= %s AND at < %s
    ORDER BY datastream_id, at) TO STDOUT (FORMAT BINARY)
"""
_DAYS: Final = """
SELECT to_date(right(c.relname, 8), 'YYYYMMDD') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
WHERE i.inhparent = 'sensing_reading'::regclass AND c.relname ~ '^sensing_reading_[0-9]{8}$'
"""
_DAYS_OF_REST: Final = """
SELECT DISTINCT (at AT TIME ZONE 'UTC')::date FROM sensing_reading_rest WHERE at < %s
"""


def folder() -> Path:
    return Path(settings.DATA_DIR) / FOLDER


def path_of(row: ArchivedDay) -> Path:
    return folder() / row.file


def readings_of(series: Sequence[int], since: datetime, until: datetime) -> Columns:
    """All of them with `since` <= at < `until` (aware), by series and time, whether their days stand or lie in files.
    Ask for few series or a short time: nothing is left out."""
    wanted = _rising(series)
    with transaction.atomic():
        hold()
        standing = Columns.joined(list(_copied(_STANDING, [wanted.tolist(), since, until])))
        kept = Columns.joined(list(archived(series, since, until)))
    return together(kept, standing)


def hold() -> None:
    """Until the transaction ends no day leaves the table."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLD)


def archived(series: Sequence[int], since: datetime, until: datetime) -> Iterator[Columns]:
    """Of the days that lie in files alone, each day its own piece, by series and time. What came for such a day
    afterwards stands in the table: `readings_of` has both."""
    wanted, (begin, end) = _rising(series), _ms(since, until)
    rows = ArchivedDay.objects.filter(day__gte=_day(since), day__lte=_day(until - _MS)).order_by("day")
    for row in rows.only("day", "file", "holds"):
        if np.isin(wanted, series_in(bytes(row.holds))).any():
            found = _of_file(row, wanted, begin, end)
            if len(found):
                yield found


def rows_of_day(day: date) -> Iterator[Columns]:
    """What stands in the table, by series and time."""
    return _copied(_OF_DAY, list(ends_of(day)))


def standing_days(before: date) -> list[date]:
    """Days before that one which have a table of their own, or readings among the rest; rising."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS)
        found = {day for (day,) in cursor.fetchall() if day < before}
        cursor.execute(_DAYS_OF_REST, [ends_of(before)[0]])
        found |= {day for (day,) in cursor.fetchall()}
    return sorted(found)


def ends_of(day: date) -> tuple[datetime, datetime]:
    """Its first instant, and that of the next."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return begin, begin + DAY


def _of_file(row: ArchivedDay, wanted: Int32, begin: int, end: int) -> Columns:
    for _ in range(_AGAIN):
        try:
            return Columns.joined(list(read(path_of(row), wanted, begin, end)))
        except FileNotFoundError:
            fresh = ArchivedDay.objects.filter(pk=row.pk).first()
            if fresh is None:
                return NOTHING
            row = fresh
    raise FileNotFoundError(path_of(row))


def _copied(statement: str, values: list[object]) -> Iterator[Columns]:
    with connection.cursor() as cursor, cursor.cursor.copy(statement, values) as copy:
        yield from rows_in(bytes(piece) for piece in copy)


def _rising(series: Sequence[int]) -> Int32:
    return np.unique(np.asarray(series, np.int32))


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()


def _ms(since: datetime, until: datetime) -> tuple[int, int]:
    return round(since.timestamp() * 1000), round(until.timestamp() * 1000)
