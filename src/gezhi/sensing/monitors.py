"""Monitors of packs, ready to be played over readings. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gezhi.packs.monitor_rules import (
    CLOCK,
    OWN,
    ages_of,
    asks_whether_known,
    limits_of,
    monitor_rule,
    parameter_of,
    related_of,
)
from gezhi.packs.shapes import LEVELS, Monitor, Parameter, seconds_of
from gezhi.rules import Rule
from gezhi.sensing.hours import SECOND, Dated, Windows

HIGHEST: Final = len(LEVELS)  # levels count from 1, blue; 0 is none


@dataclass(frozen=True)
class Plan:
    """A compiled monitor. Lengths are milliseconds; 0: at once, or for `rise_after` and `fall_after` not at all.

    `rules`: by level. `own`, `clocks`: the names that they ask of the newest reading and of the city's clock;
    `related`: those that other series answer; `limits`: those that parameters answer. `ages`: at which an age changes
    what they say. `expires`: whether they say something else, not just nothing, once a reading holds no more.
    """

    key: str
    rules: Mapping[int, Rule]
    own: tuple[str, ...]
    clocks: tuple[str, ...]
    related: tuple[str, ...]
    limits: Mapping[str, Dated]
    ages: tuple[int, ...]
    expires: bool
    hold: int
    keep: int
    windows: Windows | None
    rise_after: int
    rise_to: int
    fall_after: int

    @property
    def timeless(self) -> bool:
        """Time alone never makes a rule hold."""
        return not (self.ages or self.clocks or self.windows or self.expires)


@lru_cache(maxsize=4096)
def plan_of(monitor: Monitor, parameters: tuple[Parameter, ...] = ()) -> Plan:
    """Of a published pack: its rules were checked. `parameters`: those that its rules name; one that is not there is
    unknown."""
    texts = monitor.levels or {level: f"age >= {span}" for level, span in monitor.silences.items()}
    rules = {level_number(level): monitor_rule(text) for level, text in texts.items()}
    asked = {name for rule in rules.values() for name in rule.names}
    rises, falls = monitor.escalate, monitor.downgrade
    return Plan(
        key=monitor.key,
        rules=rules,
        own=tuple(name for name in OWN if name in asked),
        clocks=tuple(name for name in CLOCK if name in asked),
        related=related_of(rules.values()),
        limits=_limits(monitor, parameters),
        ages=tuple(sorted({round(age * SECOND) for text in texts.values() for age in ages_of(text)})),
        expires=any(map(asks_whether_known, texts.values())),
        hold=_ms(monitor.for_),
        keep=_ms(monitor.keep),
        windows=Windows(monitor.hours) if monitor.hours else None,
        rise_after=_ms(rises.after if rises else None),
        rise_to=level_number(rises.to) if rises else 0,
        fall_after=_ms(falls.after if falls else None),
    )


def _limits(monitor: Monitor, parameters: tuple[Parameter, ...]) -> dict[str, Dated]:
    values = {one.key: one.values for one in parameters}
    return {
        name: Dated(
            (limit.since, math.nan if limit.number is None else limit.number)
            for limit in values.get(parameter_of(name), ())
        )
        for name in limits_of(monitor.levels.values())
    }


def level_number(level: str) -> int:
    """1 blue to 4 red; 0 for no level."""
    return LEVELS.index(level) + 1 if level in LEVELS else 0


def _ms(span: str | None) -> int:
    return seconds_of(span) * SECOND if span else 0
