"""Readings into their table by PostgreSQL's binary copy, made of whole columns."""

from datetime import UTC, datetime
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from gezhi.sensing.columns import Columns, Int64

_EPOCH: Final = 946_684_800_000  # ms: PostgreSQL counts microseconds from 2000-01-01 UTC
_HEAD: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_END: Final = b"\xff\xff"
_ROW: Final = np.dtype([
    ("fields", ">i2"), ("l1", ">i4"), ("series", ">i4"), ("l2", ">i4"), ("at", ">i8"), ("l3", ">i4"), ("value", ">f8"),
    ("l4", ">i4"), ("mark", ">i2"),
])  # fmt: skip
_STAGED: Final = np.dtype([*_ROW.descr, ("l5", ">i4"), ("row", ">i4")])
_STAGING: Final = """
CREATE TEMP TABLE IF NOT EXISTS sensing_staging (
    datastream_id int, at timestamptz, value float8, mark int2, row int
) ON COMMIT DELETE ROWS
"""
_INSERT: Final = """
INSERT INTO sensing_reading SELECT datastream_id, at, value, mark FROM sensing_staging ON CONFLICT DO NOTHING
"""
_STOOD: Final = """
SELECT s.row, r.value = s.value FROM sensing_staging s JOIN sensing_reading r USING (datastream_id, at)
WHERE r.xmin <> s.xmin AND r.at BETWEEN %s AND %s
"""  # a row of this batch was written by the transaction, or the savepoint, that staged it


def copy_new(columns: Columns) -> None:
    """Rows that are surely not there yet. Raises IntegrityError where one is."""
    if len(columns):
        _copy("sensing_reading (datastream_id, at, value, mark)", _filled(columns, _ROW, 4))


def copy_behind(columns: Columns) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows that may be there already, each series and instant once, sorted by both. Returns which of them were there,
    and of which the value was the same."""
    rows = _filled(columns, _STAGED, 5)
    rows["l5"], rows["row"] = 4, np.arange(len(columns))
    there, same = np.zeros(len(columns), np.bool_), np.zeros(len(columns), np.bool_)
    with connection.cursor() as cursor:
        cursor.execute(_STAGING)
        if connection.savepoint_ids:  # in a transaction that may have staged a batch before
            cursor.execute("TRUNCATE sensing_staging")
        _copy("sensing_staging", rows)
        cursor.execute(_INSERT)
        if cursor.rowcount < len(columns):
            cursor.execute(_STOOD, [_instant(columns.at.min()), _instant(columns.at.max())])
            for row, is_same in cursor.fetchall():
                there[row], same[row] = True, is_same
    return there, same


def _instant(ms: np.int64) -> datetime:
    return datetime.fromtimestamp(int(ms) / 1000, UTC)


def microseconds(at: Int64) -> Int64:
    """PostgreSQL's, of ms since 1970."""
    return (at - _EPOCH) * 1000


def _filled(columns: Columns, kind: np.dtype[Any], fields: int) -> NDArray[np.void]:
    rows = np.empty(len(columns), kind)
    rows["fields"], rows["l1"], rows["l2"], rows["l3"], rows["l4"] = fields, 4, 8, 8, 2
    rows["series"], rows["at"] = columns.series, microseconds(columns.at)
    rows["value"], rows["mark"] = columns.value, columns.mark
    return rows


def _copy(target: str, rows: NDArray[np.void]) -> None:
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(_HEAD)
        copy.write(rows.tobytes())
        copy.write(_END)
