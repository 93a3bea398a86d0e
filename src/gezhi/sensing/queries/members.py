"""The alarms of a warning with where their things stand."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from gezhi.sensing.models import SensedWarning

_MEMBERS: Final = """
SELECT m.datastream_id, t.key, t.name, d.place_code, t.lon, t.lat, m.level, m.since, a.value
FROM sensing_warningmember m JOIN sensing_datastream d ON d.id = m.datastream_id
    JOIN sensing_thing t ON t.id = d.thing_id
    LEFT JOIN sensing_alarm a ON (a.monitor, a.datastream_id) = (%s, m.datastream_id)
WHERE m.warning_id = %s AND m.left_at IS NULL AND m.muted = ''
ORDER BY m.level DESC, m.since, m.datastream_id
"""


@dataclass(frozen=True, slots=True)
class Member:
    """`thing`: its key. `value`: with which it last moved."""

    series: int
    thing: str
    name: str
    place_code: str
    lon: float | None
    lat: float | None
    level: int
    since: datetime
    value: float | None


def members_of(warning: SensedWarning) -> list[Member]:
    """Those that stand and are not muted: the highest and oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, [warning.monitor, warning.pk])
        return [Member(*row) for row in cursor.fetchall()]
