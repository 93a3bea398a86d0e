"""Alarms and warnings as they stand, in the words of grouping.py."""

from datetime import datetime

from django.db import connection
from django.db.models import Q

from gezhi.sensing.alarms import Alarm
from gezhi.sensing.grouping import Standing
from gezhi.sensing.models import SensedWarning, SilenceRow, WarningMember
from gezhi.sensing.silencing import Silence, Told

_ALARMS = """
SELECT a.monitor, a.datastream_id, d.place_code, d.thing_id, a.level, a.since
FROM sensing_alarm a JOIN sensing_datastream d ON d.id = a.datastream_id ORDER BY a.since, a.monitor, a.datastream_id
"""


def standing_alarms() -> list[Alarm]:
    with connection.cursor() as cursor:
        cursor.execute(_ALARMS)
        return [
            Alarm(monitor, series, place, str(thing), level, since)
            for monitor, series, place, thing, level, since in cursor.fetchall()
        ]


def standing_warnings() -> dict[tuple[str, str], tuple[SensedWarning, Standing]]:
    """By monitor and area."""
    warnings = {one.pk: one for one in SensedWarning.objects.filter(ended_at=None)}
    told: dict[int, set[tuple[str, int]]] = {pk: set() for pk in warnings}
    muted: dict[int, set[tuple[str, int]]] = {pk: set() for pk in warnings}
    for one in WarningMember.objects.filter(warning__in=warnings, left_at=None):
        (muted if one.muted else told)[one.warning_id].add(
            (warnings[one.warning_id].monitor, one.datastream_id)
        )
    return {
        (one.monitor, one.area): (
            one,
            Standing(one.monitor, one.area, one.level, frozenset(told[pk]), frozenset(muted[pk])),
        )
        for pk, one in warnings.items()
    }


def silences(now: datetime) -> list[Silence]:
    """In force, or over without anybody having been told."""
    rows = SilenceRow.objects.filter(Q(until__gt=now) | ~Q(told=Told.ENDED))
    return [
        Silence(
            one.pk, str(one.account_id or ""), one.why, one.starts_at, one.until, frozenset(one.monitors),
            one.place_code, str(one.thing_id or ""), Told(one.told),
        )
        for one in rows
    ]  # fmt: skip
