"""From surprises to alarms: what stays surprising adds up until it must be said, and by which sensors."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

import numpy as np

from gezhi.sensing.forecasting.detecting import detection
from gezhi.sensing.forecasting.scoring import Flags, Numbers

SETTLING = 14 * 24  # hours over which a sensor's usual surprise is taken
SLACKS = (1.5, 2.0, 3.0, 4.0)
LIMITS = (4.0, 6.0, 9.0, 13.0, 18.0, 26.0, 36.0)
HOLDS = (3, 6, 12, 24)
ROOFS = (1.5, 3.0)


@dataclass(frozen=True)
class Rule:
    """Each hour a sensor's sum grows by what its surprise exceeds `slack` and falls by what it lacks (a cusum), from 0
    to `roof` x `limit`. From `limit` on there is an alarm, and it stays for `hold` hours after the last such hour."""

    slack: float
    limit: float
    roof: float
    hold: int


@dataclass(frozen=True)
class Alarms:
    """`on` bool[hours]; `sums` float64[hours, sensors]: each sensor's share in the alarm."""

    on: Flags
    sums: Numbers

    def reasons(self, hour: int, names: tuple[str, ...], count: int = 3) -> list[str]:
        """The sensors that are most surprising at that hour, for the words of a warning."""
        order = np.argsort(-self.sums[hour], kind="stable")[:count]
        return [names[place] for place in order if self.sums[hour, place] > 0]


def settled(surprises: Numbers) -> Numbers:
    """Without what has become usual over the last fortnight (its median, the last day left out), for a network that is
    run otherwise than in the year it was learned from. The first fortnight is as it is."""
    out = surprises.copy()
    for begin in range(SETTLING, len(surprises), 24):
        past = surprises[begin - SETTLING : begin - 24]
        out[begin : begin + 24] -= np.median(past, axis=0)
    return out


def alarms(surprises: Numbers, rule: Rule) -> Alarms:
    sums = cusum(np.abs(surprises), rule.slack, rule.limit * rule.roof)
    return Alarms(held(sums.max(axis=1) >= rule.limit, rule.hold), sums)


def cusum(sizes: Numbers, slack: float, roof: float) -> Numbers:
    out = np.empty_like(sizes)
    before = np.zeros(sizes.shape[1])
    for hour, size in enumerate(sizes):
        before = np.clip(before + size - slack, 0, roof)
        out[hour] = before
    return out


def held(on: Flags, hours: int) -> Flags:
    """Each true lasts that many hours longer."""
    since = np.where(on, np.arange(len(on)), -hours - 1)
    return np.asarray(np.arange(len(on)) - np.maximum.accumulate(since) <= hours)


def chosen(surprises: Numbers, attacked: Flags, rules: Iterable[Rule] | None = None) -> Rule:
    """The rule with the best published score on a past whose attacks are known; the calmest of equals."""
    best, top = None, -1.0
    for rule in rules or every_rule():
        score = detection(alarms(surprises, rule).on, attacked).score
        if score > top:
            best, top = rule, score
    if best is None:
        raise ValueError("There is no rule to choose from.")
    return best


def every_rule() -> Iterable[Rule]:
    for slack, limit, roof, hold in product(reversed(SLACKS), reversed(LIMITS), ROOFS, HOLDS):
        yield Rule(slack, limit, roof, hold)
