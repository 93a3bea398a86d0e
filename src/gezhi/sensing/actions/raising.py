"""From alarms to warnings and cases: what grouping.py decides is written down, each decision once."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from os.path import commonprefix
from typing import Final

from django.db import connection, transaction

from gezhi.cases.world import known_world
from gezhi.ledger.actions import record
from gezhi.lib.codes import longest_code
from gezhi.packs.shapes import Monitor
from gezhi.sensing.alarms import Alarm
from gezhi.sensing.grouping import Decision, Do, gathered
from gezhi.sensing.models import SensedWarning, WarningMember
from gezhi.sensing.queries.standing import silences, standing_alarms, standing_warnings

_TURN: Final = 0x73656E73  # of the advisory lock: one process raises, the others need not
_MUTED: Final = "muted"


def raise_warnings(now: datetime) -> datetime | None:
    """What is due now. Returns when the next group that waits is due; None: none waits, or another process is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_TURN])
        if not cursor.fetchone()[0]:
            return None
        monitors = {key: owned.thing for key, owned in known_world().catalogue.monitors.items()}
        alarms = [one for one in standing_alarms() if one.monitor in monitors]
        standing = standing_warnings()
        decided = gathered(alarms, [one for _, one in standing.values()], monitors, silences(now), now)
        for decision in decided:
            if decision.do is not Do.WAIT:
                warning = standing.get((decision.monitor, decision.area), (None, None))[0]
                _carry_out(decision, warning, monitors[decision.monitor], now)
    return min((one.due for one in decided if one.due), default=None)


def _carry_out(decision: Decision, warning: SensedWarning | None, monitor: Monitor, now: datetime) -> None:
    if warning is None:
        warning = SensedWarning(monitor=decision.monitor, area=decision.area, raised_at=now, peak=0)
    warning.level, warning.told, warning.changed_at = decision.level, len(decision.members), now
    warning.peak = max(warning.peak, decision.level)
    warning.place_code = place_of([*decision.members, *decision.muted]) or warning.place_code
    if decision.do is Do.END:
        warning.ended_at = now
    if decision.do in (Do.RISE, Do.RAISE):
        warning.acknowledged_at = warning.acknowledged_by_id = None
    warning.save()
    _set_members(warning, decision, now)
    facts = {"monitor": monitor.key, "level": decision.level, "alarms": len(decision.members), "muted": len(decision.muted)}
    record(f"sensing.{decision.do}", f"sensed:{warning.pk}", facts)


def _set_members(warning: SensedWarning, decision: Decision, now: datetime) -> None:
    """Those that left are kept with when; those that were muted or are no more, with that."""
    wanted = {one.series: (one, "") for one in decision.members} | {one.series: (one, _MUTED) for one in decision.muted}
    there = {one.datastream_id: one for one in WarningMember.objects.filter(warning=warning, left_at=None)}
    gone = [one.pk for series, one in there.items() if series not in wanted]
    WarningMember.objects.filter(pk__in=gone).update(left_at=now)
    for series, (alarm, muted) in wanted.items():
        held = there.get(series)
        if held and (held.level, held.muted) != (alarm.level, muted):
            held.level, held.muted = alarm.level, muted
            held.save(update_fields=["level", "muted"])
    WarningMember.objects.bulk_create(
        WarningMember(warning=warning, datastream_id=series, level=alarm.level, since=alarm.since, muted=muted)
        for series, (alarm, muted) in wanted.items()
        if series not in there
    )


def place_of(alarms: Sequence[Alarm]) -> str:
    """The finest place that holds all of them; "" of none."""
    return longest_code(commonprefix([one.place for one in alarms])) if alarms else ""


def monitors_named(keys: Iterable[str]) -> list[Monitor]:
    found = known_world().catalogue.monitors
    return [found[key].thing for key in keys if key in found]
