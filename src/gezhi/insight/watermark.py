"""How far events are tallied. Ids are given before their transaction commits, so some below the highest are still to
come: they are gaps, looked at again until they have come or were too long away. Pure.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

PATIENCE: Final = timedelta(hours=2)  # longer than any transaction of ours


@dataclass(frozen=True, slots=True)
class Gap:
    """Ids from `low` to `high`, both included, that were not there at `since`."""

    low: int
    high: int
    since: datetime


def gaps_between(ids: Iterable[int], low: int, now: datetime) -> list[Gap]:
    """What is missing among ascending `ids` that should begin at `low`."""
    found, expected = [], low
    for one in ids:
        if one > expected:
            found.append(Gap(expected, one - 1, now))
        expected = one + 1
    return found


def still_missing(gaps: Sequence[Gap], come: Iterable[int], now: datetime) -> list[Gap]:
    """The gaps without the ascending ids that have come, and without those that nobody waits for any more."""
    ids = list(come)
    left = []
    for gap in gaps:
        if now - gap.since > PATIENCE:
            continue
        inside = [one for one in ids if gap.low <= one <= gap.high]
        left += gaps_between([*inside, gap.high + 1], gap.low, gap.since)
    return left
