"""The cases behind a figure: as many lines as the figure says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from gezhi.insight.counts import Count
from gezhi.insight.periods import Period
from gezhi.insight.queries.figures import Dimension, Within, conditions

PAGE = 50


@dataclass(frozen=True, slots=True)
class OpenedLine:
    """One that was counted: of which case, when, of which unit. `ref` and `origin` tell two of one case apart."""

    case_id: int
    origin: int
    ref: int
    at: datetime
    unit_id: int | None
    place_code: str
    category: str
    minutes: int | None
    appealed: bool
    number: str
    title: str


def opened(
    count: Count, period: Period, by: Dimension, within: Within, page: int = 1, size: int = PAGE
) -> Sequence[OpenedLine]:
    """Newest first. `by`: the dimension of the figure, since appealed cases count for places and not for units."""
    where, values = conditions(period, by, within, count)
    sql = f"""
        SELECT t.case_id, t.origin, t.ref, t.at, t.unit_id, t.place_code, t.category, t.minutes, t.appealed,
            c.number, c.title
        FROM (SELECT * FROM insight_tally WHERE {where} ORDER BY at DESC, case_id, ref LIMIT %s OFFSET %s) AS t
        JOIN cases_case c ON c.id = t.case_id ORDER BY t.at DESC, t.case_id, t.ref
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, size, (page - 1) * size])
        return [OpenedLine(*row) for row in cursor.fetchall()]


def number_opened(count: Count, period: Period, by: Dimension, within: Within) -> int:
    where, values = conditions(period, by, within, count)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM insight_tally WHERE {where}", values)
        return int(cursor.fetchone()[0])
