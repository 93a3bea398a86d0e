"""Whether monitors fit together and their rules hold. Shapes are already right when these checks run."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Final

from gezhi.packs.checking_references import missing
from gezhi.packs.monitor_rules import LIMIT, limits_of, monitor_rule, parameter_of
from gezhi.packs.problems import Address, Finding
from gezhi.packs.scope import Scope
from gezhi.packs.shapes import LEVELS, Level, Monitor, Parameter, in_force
from gezhi.rules import RuleError
from gezhi.rules.terms import SPOKEN

_SIMPLE: Final = re.compile(
    r"\s*([a-z_.]+)\s*(<=?|>=?)\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?|limit\.[a-z][a-z0-9_]*)\s*"
)
_Parameters = Mapping[str, Parameter]


def check_monitors(scope: Scope) -> Iterator[Finding]:
    monitors = {one.key: one for pack in reversed(scope.packs) for one in pack.monitors}
    categories = {one.key for pack in scope.packs for one in pack.categories if one.kind != "part"}
    parameters = {one.key: one for pack in reversed(scope.packs) for one in pack.parameters}
    for index, monitor in enumerate(scope.pack.monitors):
        at = ("monitors", index)
        yield from _rules(monitor, at)
        yield from _limits(monitor, parameters, at)
        yield from _rising(monitor, parameters, at)
        yield from _levels(monitor, at)
        yield from missing((*at, "category"), "category", monitor.category, categories)
        yield from _inhibits(monitor, monitors, at)


def _rules(monitor: Monitor, at: Address) -> Iterator[Finding]:
    for level, text in monitor.levels.items():
        here = (*at, "levels", level)
        try:
            rule = monitor_rule(text)
        except RuleError as wrong:
            yield Finding(here, f"at column {wrong.column}: {wrong.what}", wrong.allowed)
            continue
        if rule.type != "bool":
            yield Finding(here, f"it gives {SPOKEN[rule.type]}", f"what gives {SPOKEN['bool']}")


def _limits(monitor: Monitor, parameters: _Parameters, at: Address) -> Iterator[Finding]:
    numbers = {key: one for key, one in parameters.items() if one.values[0].number is not None}
    for level, text in monitor.levels.items():
        here = (*at, "levels", level)
        for name in limits_of([text]):
            key = parameter_of(name)
            yield from missing(here, "parameter with numbers", key, numbers)
            unit = numbers[key].unit if key in numbers else monitor.unit
            if unit != monitor.unit:
                what = f"the parameter '{key}' is in '{unit}', the monitor in '{monitor.unit}'"
                yield Finding(here, what, "a parameter whose 'unit' is that of the monitor")


def _rising(monitor: Monitor, parameters: _Parameters, at: Address) -> Iterator[Finding]:
    """Where two levels compare the same name in the same way, the higher one asks for more, on every day."""
    for lower, higher in pairwise(monitor.reached if monitor.levels else ()):
        a, b = (_SIMPLE.fullmatch(monitor.levels[level]) for level in (lower, higher))
        if a is None or b is None or a[1] != b[1] or a[2][0] != b[2][0]:
            continue
        for day in _days((a[3], b[3]), parameters):
            less, more = (_number(one, parameters, day) for one in (a[3], b[3]))
            if less == more or (less < more) != (a[2][0] == ">"):
                what = f"{higher} is reached no later than {lower}"
                what += f" on {day}" if day != date.min else ""
                yield Finding(
                    (*at, "levels", higher),
                    what,
                    f"more than {a[3]}" if a[2][0] == ">" else f"less than {a[3]}",
                )
                break


def _days(compared: Iterable[str], parameters: _Parameters) -> list[date]:
    """From which on one of them may be another; of numbers alone, one that says nothing."""
    named = [parameters.get(parameter_of(one)) for one in compared if one.startswith(LIMIT)]
    return sorted({value.since for one in named if one for value in one.values}) or [date.min]


def _number(compared: str, parameters: _Parameters, day: date) -> float:
    """NaN for a parameter that is not there, or no number: another finding says so."""
    if not compared.startswith(LIMIT):
        return float(compared)
    one = parameters.get(parameter_of(compared))
    number = in_force(one, day).number if one else None
    return math.nan if number is None else number


def _levels(monitor: Monitor, at: Address) -> Iterator[Finding]:
    lowest, highest = monitor.reached[0], monitor.reached[-1]
    rises = monitor.escalate
    if rises and not _above(rises.to, lowest):
        what = f"a warning is at '{lowest}' or higher from the first"
        yield Finding((*at, "escalate", "to"), what, f"higher than {lowest}")
    top = max(highest, rises.to, key=LEVELS.index) if rises else highest
    if monitor.opens and _above(monitor.opens, top):
        yield Finding((*at, "opens"), f"the monitor never reaches '{monitor.opens}'", f"{top} or lower")
    if monitor.downgrade and len(monitor.reached) == 1 and rises is None:
        yield Finding((*at, "downgrade"), "there is one level to fall to", "two levels or more")


def _above(one: Level, other: Level) -> bool:
    return LEVELS.index(one) > LEVELS.index(other)


def _inhibits(monitor: Monitor, monitors: Mapping[str, Monitor], at: Address) -> Iterator[Finding]:
    for n, key in enumerate(monitor.inhibits):
        here = (*at, "inhibits", n)
        yield from missing(here, "monitor", key, monitors)
        if monitor.key in _muted_by(key, monitors):
            what = f"'{key}' would in turn mute '{monitor.key}'" if key != monitor.key else "it mutes itself"
            yield Finding(here, what, "monitors that do not mute this one, not even through others")
        elif key in monitors and _unseen(monitor, monitors[key]):
            lowest = monitor.reached[0]
            what = f"'{key}' opens cases, and is muted by '{lowest}' already, which opens none"
            yield Finding(here, what, f"opens: {lowest}, or the levels that open in a monitor of their own")


def _unseen(monitor: Monitor, muted: Monitor) -> bool:
    """What would open a case is muted at a level at which the muting one opens none."""
    return muted.opens is not None and (monitor.opens is None or _above(monitor.opens, monitor.reached[0]))


def _muted_by(key: str, monitors: Mapping[str, Monitor]) -> set[str]:
    """It and all that it mutes, through others too."""
    found, waiting = {key}, [key]
    while waiting:
        one = monitors.get(waiting.pop())
        more = set(one.inhibits) - found if one else set()
        found |= more
        waiting += more
    return found
