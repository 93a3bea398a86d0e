"""Writing by statements whose tables and conditions come from the tags; values are always parameters. They reach
behind every wall, as reading does."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from gezhi.lib.reach import EVERYTHING, within

Params = Mapping[str, object] | Sequence[object]


def changed(statement: str, params: Params = ()) -> int:
    """How many rows."""
    with within(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(statement, params)  # type: ignore[arg-type]
        return int(cursor.rowcount)


def returned(statement: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """What a statement that writes returns."""
    with within(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(statement, params)  # type: ignore[arg-type]
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
