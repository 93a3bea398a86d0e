"""Silences: which alarms nobody is told of, on whose word, why, until when; and the notice of their end. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gezhi.lib.codes import is_code, is_within
from gezhi.sensing.alarms import Alarm

LONGEST: Final = timedelta(days=30)
SHORTEST_WHY: Final = 4  # characters
AHEAD: Final = timedelta(hours=1)  # so long before its end a notice comes


class Told(StrEnum):
    """What has been told of a silence's end."""

    NOTHING = ""
    SOON = "soon"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Silence:
    """It covers what fits everything that it names: `monitors`, a `place` and what lies in it, a `thing`."""

    id: int
    who: str
    why: str
    starts_at: datetime
    until: datetime
    monitors: frozenset[str] = field(default=frozenset())
    place: str = ""
    thing: str = ""
    told: Told = Told.NOTHING


class Wrong(StrEnum):
    WHO = "who"
    WHY = "why"
    EVERYTHING = "everything"  # it names neither a monitor nor a place nor a thing
    PLACE = "place"
    PAST = "past"
    LONG = "long"


def wrong_with(silence: Silence, now: datetime) -> tuple[Wrong, ...]:
    """Why a silence cannot be set; nothing: it can."""
    checks = {
        Wrong.WHO: not silence.who,
        Wrong.WHY: len(silence.why.strip()) < SHORTEST_WHY,
        Wrong.EVERYTHING: not (silence.monitors or silence.place or silence.thing),
        Wrong.PLACE: bool(silence.place) and not is_code(silence.place),
        Wrong.PAST: silence.until <= max(now, silence.starts_at),
        Wrong.LONG: silence.until - silence.starts_at > LONGEST,
    }
    return tuple(what for what, is_so in checks.items() if is_so)


def is_in_force(silence: Silence, now: datetime) -> bool:
    return silence.starts_at <= now < silence.until


def covers(silence: Silence, alarm: Alarm) -> bool:
    """Whether it fits; not whether it is in force."""
    return (
        (not silence.monitors or alarm.monitor in silence.monitors)
        and (not silence.place or is_within(alarm.place, silence.place))
        and (not silence.thing or alarm.thing == silence.thing)
    )


def silenced_by(alarm: Alarm, silences: Iterable[Silence], now: datetime) -> Silence | None:
    """The one that lasts longest."""
    fitting = [one for one in silences if is_in_force(one, now) and covers(one, alarm)]
    return max(fitting, key=lambda one: (one.until, one.id), default=None)


def notices_due(silences: Iterable[Silence], now: datetime) -> list[tuple[Silence, Told]]:
    """What to tell of which: that it ends within the hour, then that it has ended. Each once; one that was found only
    after its end, the end alone."""
    due = []
    for one in silences:
        if now >= one.until and one.told is not Told.ENDED:
            due.append((one, Told.ENDED))
        elif one.starts_at <= one.until - AHEAD <= now < one.until and one.told is Told.NOTHING:
            due.append((one, Told.SOON))
    return due
