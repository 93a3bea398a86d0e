"""One warning with everything that it gathered, and silences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from gezhi.people.access import Actor
from gezhi.sensing.models import Alarm, Datastream, SensedWarning, SilenceRow, WarningMember
from gezhi.sensing.queries.history import Moved
from gezhi.sensing.queries.listing import series_in_sight
from gezhi.sensing.queries.scope import silences_in_sight

MOST: Final = 500
_MOVES: Final = """
SELECT datastream_id, at, level_from, level_to, value, why FROM sensing_transition
WHERE monitor = %s AND datastream_id = ANY(%s) AND at >= %s AND at <= %s ORDER BY at DESC, id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Gathered:
    """An alarm of a warning. `value`: with which it last moved, while it stands."""

    member: WarningMember
    stream: Datastream
    value: float | None


def gathered_by(warning: SensedWarning, actor: Actor) -> tuple[list[Gathered], int]:
    """Standing ones first, the highest and oldest first; and how many more lie outside of the person's sight."""
    members = list(WarningMember.objects.filter(warning=warning).order_by("-pk")[:MOST])
    streams = series_in_sight(actor, {one.datastream_id for one in members})
    seen = [one for one in members if one.datastream_id in streams]
    alarms = Alarm.objects.filter(monitor=warning.monitor, datastream_id__in=list(streams))
    values = dict(alarms.values_list("datastream_id", "value"))
    seen.sort(key=lambda one: (one.left_at is not None, one.muted != "", -one.level, one.since))
    found = [
        Gathered(one, streams[one.datastream_id], None if one.left_at else values.get(one.datastream_id))
        for one in seen
    ]
    hidden = {one.datastream_id for one in members} - set(streams)
    return found, len(hidden)


def moves_of_warning(
    warning: SensedWarning, series: Iterable[int], since: datetime, now: datetime
) -> list[tuple[int, Moved]]:
    """Its alarms' transitions, newest first, each with its series."""
    wanted = sorted(set(series))
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, [warning.monitor, wanted, since, warning.ended_at or now, MOST])
        return [(row[0], Moved(warning.monitor, *row[1:])) for row in cursor.fetchall()]


def silences_matching(actor: Actor, now: datetime, *, over: bool) -> QuerySet[SilenceRow]:
    """Those in force and to come, ending first; `over`: those that ended, newest first."""
    found = SilenceRow.objects.filter(silences_in_sight(actor))
    return (
        found.filter(until__lte=now).order_by("-until")
        if over
        else found.filter(until__gt=now).order_by("until")
    )


def silences_named(ids: Sequence[int]) -> dict[int, SilenceRow]:
    return SilenceRow.objects.in_bulk(list(ids))
