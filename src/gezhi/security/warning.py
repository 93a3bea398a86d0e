"""When signals become a warning, when a warning rises, and when it ends. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from gezhi.packs.shapes import LEVELS, WarningRule

_UNITS: Final = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}


class Do(StrEnum):
    RAISE = "raise"  # a new warning
    RISE = "rise"  # a standing one reaches a higher level
    JOIN = "join"  # more of the same
    RESUME = "resume"  # one that ended a short while ago stands again
    END = "end"


@dataclass(frozen=True, slots=True)
class Counted:
    """What the rule counts for one account, address or the node ("") within its span. `signals`: newest first."""

    group: str
    number: int
    newest: datetime
    signals: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """The newest warning of a group. `level` counts from 1, blue, to 4, red."""

    id: int
    level: int
    last_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    do: Do
    group: str
    level: int
    counted: Counted | None = None
    warning: int | None = None


def span(text: str) -> timedelta:
    """15 minutes, 2 hours, 7 days."""
    number, unit = text.split()
    return int(number) * _UNITS[unit]


def level_of(rule: WarningRule, number: int) -> int:
    """0: none yet."""
    reached = [LEVELS.index(level) + 1 for level, least in rule.levels.items() if number >= least]
    return max(reached, default=0)


def decided(
    rule: WarningRule, counted: Sequence[Counted], standing: Mapping[str, Standing], now: datetime
) -> list[Decision]:
    """`standing`: by group, the warnings that stand and those that ended within the rule's quiet time."""
    found = {one.group: one for one in counted}
    made = [_of_counted(rule, one, standing.get(one.group), now) for one in counted]
    gone = [
        Decision(Do.END, group, one.level, warning=one.id)
        for group, one in standing.items()
        if one.ended_at is None and level_of(rule, found[group].number if group in found else 0) == 0
    ]
    return [one for one in made if one] + gone


def _of_counted(rule: WarningRule, one: Counted, was: Standing | None, now: datetime) -> Decision | None:
    level = level_of(rule, one.number)
    if not level:
        return None
    if was is None or (was.ended_at is not None and now - was.ended_at > span(rule.quiet)):
        return Decision(Do.RAISE, one.group, level, one)
    if was.ended_at is not None:
        return (
            Decision(Do.RESUME, one.group, max(level, was.level), one, was.id)
            if one.newest > was.last_at
            else None
        )
    if level > was.level:
        return Decision(Do.RISE, one.group, level, one, was.id)
    return Decision(Do.JOIN, one.group, was.level, one, was.id) if one.newest > was.last_at else None


def opens_case(rule: WarningRule, level: int) -> bool:
    return rule.opens is not None and level > LEVELS.index(rule.opens)
