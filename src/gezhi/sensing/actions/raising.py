"""From alarms to warnings: what grouping.py decides is written down, each decision once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from gezhi.cases.world import world
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact
from gezhi.lib.codes import common_place
from gezhi.packs.shapes import Monitor
from gezhi.sensing.actions.opening import open_cases
from gezhi.sensing.actions.posts import tell_posts
from gezhi.sensing.actions.silencing import tell_of_ends
from gezhi.sensing.grouping import Decision, Do, Muted, gathered, muted
from gezhi.sensing.models import SensedWarning, WarningMember
from gezhi.sensing.queries.standing import silences, standing_alarms, standing_warnings

_TURN: Final = 0x73656E73  # of the advisory lock: one process raises, the others need not


def raise_warnings(now: datetime) -> datetime | None:
    """What is due now: warnings, then the cases of those that are high enough. Returns when the next group that waits
    is due; None: none waits, or another process is at it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_TURN])
        if not cursor.fetchone()[0]:
            return None
        due = _raise(now)
        tell_posts(now)
    open_cases(now)
    return due


def _raise(now: datetime) -> datetime | None:
    monitors = {key: owned.thing for key, owned in world().catalogue.monitors.items()}
    alarms = [one for one in standing_alarms() if one.monitor in monitors]
    standing, hushing = standing_warnings(), silences(now)
    decided = gathered(alarms, [one for _, one in standing.values()], monitors, hushing, now)
    why = muted(alarms, monitors, hushing, now) if any(one.muted for one in decided) else {}
    for decision in decided:
        if decision.do is not Do.WAIT:
            warning = standing.get((decision.monitor, decision.area), (None, None))[0]
            _carry_out(decision, warning, why, now)
    tell_of_ends(hushing, now)
    return min((one.due for one in decided if one.due), default=None)


def _carry_out(
    decision: Decision, known: SensedWarning | None, why: Mapping[tuple[str, int], Muted], now: datetime
) -> None:
    warning = known or SensedWarning(monitor=decision.monitor, area=decision.area, raised_at=now, peak=0)
    warning.level, warning.told, warning.changed_at = decision.level, len(decision.members), now
    warning.peak = max(warning.peak, decision.level)
    alarms = [*decision.members, *decision.muted]
    warning.place_code = common_place([one.place for one in alarms]) if alarms else warning.place_code
    if decision.do is Do.END:
        warning.ended_at = now
    if decision.do in (Do.RISE, Do.RAISE):
        warning.acknowledged_at = warning.acknowledged_by_id = None
        warning.posts_since = warning.above_at = None
    warning.save()
    _set_members(warning, decision, why, now)
    facts: dict[str, Fact] = {"monitor": decision.monitor, "area": decision.area, "level": decision.level}
    counts: dict[str, Fact] = {"alarms": len(decision.members), "muted": len(decision.muted)}
    record(f"sensing.warning.{decision.do}", f"sensed:{warning.pk}", {**facts, **counts})


def _set_members(
    warning: SensedWarning, decision: Decision, why: Mapping[tuple[str, int], Muted], now: datetime
) -> None:
    """Those that left are kept with when; those that are muted, with why."""
    wanted = {one.series: (one, "") for one in decision.members}
    wanted |= {one.series: (one, _said(why[one.key])) for one in decision.muted}
    there = {one.datastream_id: one for one in WarningMember.objects.filter(warning=warning, left_at=None)}
    gone = [one.pk for series, one in there.items() if series not in wanted]
    WarningMember.objects.filter(pk__in=gone).update(left_at=now)
    changed = []
    for series, (alarm, reason) in wanted.items():
        held = there.get(series)
        if held and (held.level, held.muted) != (alarm.level, reason):
            held.level, held.muted = alarm.level, reason
            changed.append(held)
    WarningMember.objects.bulk_update(changed, ["level", "muted"])
    WarningMember.objects.bulk_create(
        WarningMember(
            warning=warning, datastream_id=series, level=alarm.level, since=alarm.since, muted=reason
        )
        for series, (alarm, reason) in wanted.items()
        if series not in there
    )


def _said(reason: Muted) -> str:
    if reason.silence:
        return f"silence:{reason.silence.id}"
    assert reason.alarm is not None
    monitor, series = reason.alarm
    return f"{monitor}:{series}"


def monitor_of(warning: SensedWarning) -> Monitor | None:
    """None: the packs no longer have it."""
    owned = world().catalogue.monitors.get(warning.monitor)
    return owned.thing if owned else None
