"""The one door of readings."""

from datetime import UTC, datetime
from typing import Final

import numpy as np
from django.db import connection, transaction

from gezhi.sensing.columns import Columns, Fate, Taken

_AHEAD: Final = 600_000  # ms that a clock may be ahead
_EARLIEST: Final = 946_684_800_000  # ms: the year 2000
_TAKE: Final = """
WITH n AS (SELECT * FROM unnest(%s::int[], %s::bigint[], %s::float8[], %s::int2[]) WITH ORDINALITY
    AS n(series, ms, value, mark, row)),
t AS (SELECT series, timestamptz 'epoch' + ms * interval '1 millisecond' AS at, value, mark, row FROM n),
f AS (SELECT DISTINCT ON (series, at) * FROM t ORDER BY series, at, row),
i AS (INSERT INTO sensing_reading (datastream_id, at, value, mark) SELECT series, at, value, mark FROM f
    ON CONFLICT DO NOTHING RETURNING datastream_id, at)
SELECT t.row, CASE WHEN i.at IS NOT NULL AND f.row = t.row THEN 0
    WHEN coalesce(r.value, f.value) = t.value THEN 1 ELSE 2 END
FROM t JOIN f USING (series, at) LEFT JOIN i ON i.datastream_id = t.series AND i.at = t.at
LEFT JOIN sensing_reading r ON r.datastream_id = t.series AND r.at = t.at ORDER BY t.row
"""


@transaction.atomic
def take(columns: Columns, source: str, now: datetime) -> Taken:
    """Readings are kept; what became of each."""
    latest = int(now.astimezone(UTC).timestamp() * 1000) + _AHEAD
    usable = np.isfinite(columns.value) & (columns.at >= _EARLIEST) & (columns.at <= latest)
    fate = np.full(len(columns), Fate.REFUSED, np.int8)
    chosen = columns[usable]
    with connection.cursor() as cursor:
        arrays = [chosen.series.tolist(), chosen.at.tolist(), chosen.value.tolist(), chosen.mark.tolist()]
        cursor.execute(_TAKE, arrays)
        fate[usable] = [row[1] for row in cursor.fetchall()]
    return Taken(fate, np.zeros(len(columns), np.bool_))
