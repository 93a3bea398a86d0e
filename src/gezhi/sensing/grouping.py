"""From alarms to warnings: which are muted, which are one matter, and what is new about it. Pure.

As Alertmanager groups and inhibits: a warning gathers for a while before it is raised; an alarm mutes others of its
area as long as it stands, also when it is itself muted. Not as there: nothing is lost beyond a limit, and a warning
that is muted stays in sight as such.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gezhi.packs.shapes import Monitor
from gezhi.sensing.alarms import Alarm
from gezhi.sensing.silencing import Silence, silenced_by

EVERYWHERE: Final = ""  # the area of the warning that takes what goes beyond a monitor's limit
GroupKey = tuple[str, str]  # monitor, area


class Do(StrEnum):
    WAIT = "wait"  # it still gathers
    RAISE = "raise"
    RISE = "rise"  # to a higher level
    GROW = "grow"  # more alarms
    SHRINK = "shrink"  # some of its alarms ended
    FALL = "fall"  # to a lower level
    MUTE = "mute"  # alarms that it told of are muted now
    END = "end"  # its last alarm ended


@dataclass(frozen=True, slots=True)
class Standing:
    """A warning that was raised and has not ended. `members`: the alarms' keys that it told of last."""

    monitor: str
    area: str
    level: int
    members: frozenset[tuple[str, int]]
    muted: frozenset[tuple[str, int]] = frozenset()

    @property
    def key(self) -> GroupKey:
        return self.monitor, self.area


@dataclass(frozen=True, slots=True)
class Muted:
    """Either the `silence`, or the key of the `alarm` that inhibits."""

    silence: Silence | None = None
    alarm: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """`members`: alarms to tell of, `muted`: the others, both by series. `due`: when a group that waits is raised."""

    do: Do
    monitor: str
    area: str
    level: int
    members: tuple[Alarm, ...]
    muted: tuple[Alarm, ...] = ()
    due: datetime | None = None


@dataclass(frozen=True)
class _Group:
    shown: list[Alarm] = field(default_factory=list)
    hidden: list[Alarm] = field(default_factory=list)


def muted(
    alarms: Collection[Alarm], monitors: Mapping[str, Monitor], silences: Iterable[Silence], now: datetime
) -> dict[tuple[str, int], Muted]:
    """By the alarm's key. A silence goes before an inhibition."""
    sources = _sources(alarms, monitors)
    kept = tuple(silences)
    found: dict[tuple[str, int], Muted] = {}
    for alarm in alarms:
        silence = silenced_by(alarm, kept, now)
        source = next((key for key in _inhibitors(alarm, sources)), None)
        if silence or source:
            found[alarm.key] = Muted(silence, None if silence else source)
    return found


def _sources(
    alarms: Iterable[Alarm], monitors: Mapping[str, Monitor]
) -> dict[str, dict[str, dict[str, tuple[str, int]]]]:
    """Muted monitor -> kind of area -> area -> an alarm that mutes it there."""
    found: dict[str, dict[str, dict[str, tuple[str, int]]]] = defaultdict(lambda: defaultdict(dict))
    for alarm in alarms:
        monitor = monitors[alarm.monitor]
        for key in monitor.inhibits:
            found[key][str(monitor.within)].setdefault(alarm.within(str(monitor.within)), alarm.key)
    return found


def _inhibitors(
    alarm: Alarm, sources: Mapping[str, Mapping[str, Mapping[str, tuple[str, int]]]]
) -> Iterable[tuple[str, int]]:
    for kind, areas in sources.get(alarm.monitor, {}).items():
        source = areas.get(alarm.within(kind))
        if source:
            yield source


def gathered(
    alarms: Sequence[Alarm],
    standing: Iterable[Standing],
    monitors: Mapping[str, Monitor],
    silences: Iterable[Silence],
    now: datetime,
) -> list[Decision]:
    """What is to be done about every group whose picture has changed, and which groups wait until when."""
    stands = {one.key: one for one in standing}
    hushed = muted(alarms, monitors, silences, now)
    groups: dict[GroupKey, _Group] = defaultdict(_Group)
    areas = _Areas(monitors, stands)
    for alarm in sorted(alarms, key=lambda one: (one.since, one.key)):
        group = groups[alarm.monitor, areas.of(alarm)]
        (group.hidden if alarm.key in hushed else group.shown).append(alarm)
    gone = {key: _Group() for key in stands.keys() - groups.keys()}
    decided = (
        _standing(stands[key], group) if key in stands else _new(key, group, monitors[key[0]], now)
        for key, group in {**groups, **gone}.items()
    )
    return [one for one in decided if one]


class _Areas:
    """The area of each alarm's group; beyond a monitor's limit EVERYWHERE. Who is gathered somewhere stays there."""

    def __init__(self, monitors: Mapping[str, Monitor], standing: Mapping[GroupKey, Standing]) -> None:
        self._monitors = monitors
        self._where = {key: one.area for one in standing.values() for key in one.members | one.muted}
        self._known: dict[str, set[str]] = defaultdict(set)
        for monitor, area in standing:
            self._known[monitor].add(area)

    def of(self, alarm: Alarm) -> str:
        if alarm.key in self._where:
            return self._where[alarm.key]
        group = self._monitors[alarm.monitor].group
        area = " ".join(alarm.within(one) for one in group.by)
        known = self._known[alarm.monitor]
        if area not in known and len(known - {EVERYWHERE}) >= group.most:
            return EVERYWHERE
        known.add(area)
        return area


def _new(key: GroupKey, group: _Group, monitor: Monitor, now: datetime) -> Decision | None:
    first = min(one.since for one in (*group.shown, *group.hidden))
    due = first + timedelta(seconds=monitor.group.waits)
    if now < due:
        return _decision(Do.WAIT, key, group, due)
    return _decision(Do.RAISE, key, group) if group.shown else None


def _standing(was: Standing, group: _Group) -> Decision | None:
    shown, hidden = {one.key for one in group.shown}, {one.key for one in group.hidden}
    level = max((one.level for one in group.shown), default=0)
    ended = was.members - shown - hidden
    checks = (
        (Do.END, not shown and not hidden),
        (Do.RISE, level > was.level),
        (Do.GROW, bool(shown - was.members)),
        (Do.MUTE, bool(was.members & hidden)),
        (Do.SHRINK, bool(ended)),
        (Do.FALL, 0 < level < was.level),
    )
    do = next((do for do, is_so in checks if is_so), None)
    return _decision(do, was.key, group) if do else None


def _decision(do: Do, key: GroupKey, group: _Group, due: datetime | None = None) -> Decision:
    level = max((one.level for one in group.shown), default=0)
    return Decision(do, *key, level, tuple(group.shown), tuple(group.hidden), due)
