"""Reading by statements whose tables and conditions come from the tags; values are always parameters.

These reach behind every wall: whoever calls has proved whose rows are meant, by a number, a code or a count alone.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db import connection

from gezhi.lib.reach import EVERYTHING, within

Params = Mapping[str, object] | Sequence[object]
_JSON: Final = (114, 3802)  # PostgreSQL's json and jsonb


def rows_of(statement: str, params: Params = ()) -> list[tuple[Any, ...]]:
    """JSON is read."""
    with within(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(statement, params)  # type: ignore[arg-type]
        in_json = {at for at, column in enumerate(cursor.description or ()) if column.type_code in _JSON}
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    if not in_json:
        return rows
    return [tuple(_read(value) if at in in_json else value for at, value in enumerate(row)) for row in rows]


def _read(value: object) -> object:
    return json.loads(value) if isinstance(value, str) else value
