"""The sign of life of the process that hears devices. It is no act of the city and leaves no entry."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import connection

_BEAT: Final = """
INSERT INTO sensing_pulse (process, begun_at, at, counted) VALUES (%s, %s, %s, %s)
ON CONFLICT (process) DO UPDATE SET begun_at = excluded.begun_at, at = excluded.at, counted = excluded.counted
"""


def beat(process: str, begun_at: datetime, now: datetime, counted: Mapping[str, object]) -> None:
    """`counted`: since `begun_at`."""
    with connection.cursor() as cursor:
        cursor.execute(_BEAT, [process, begun_at, now, json.dumps(dict(counted))])
