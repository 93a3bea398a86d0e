"""How long to wait after wrong tries. Pure.

Every try is counted before the secret is looked at, so that many at once get no more than many in a row; a right one
is forgiven. The first tries are free, then each wait is twice the last. With time a count fades.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Limit:
    """`free` tries without waiting, then `first`, doubled each time, at most `most`; half is forgotten every
    `halves`."""

    free: int
    first: timedelta
    most: timedelta
    halves: timedelta


@dataclass(frozen=True, slots=True)
class Count:
    """Tries that were not forgiven, and until when no other is taken."""

    tries: float
    at: datetime
    until: datetime


SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
NAME: Final = Limit(10, 15 * SECOND, HOUR, 12 * HOUR)
ADDRESS: Final = Limit(40, 15 * SECOND, 15 * MINUTE, 10 * MINUTE)  # a whole office may share one


def tried(before: Count | None, limit: Limit, now: datetime) -> Count:
    """After one more try."""
    tries = (faded(before, limit, now) if before else 0.0) + 1
    return Count(tries, now, now + wait_after(tries, limit))


def forgiven(count: Count, limit: Limit, now: datetime) -> Count:
    """One try was right: it counts for nothing, and nobody waits for it."""
    return Count(max(0.0, faded(count, limit, now) - 1), now, now)


def faded(count: Count, limit: Limit, now: datetime) -> float:
    passed = max(timedelta(0), now - count.at)
    return count.tries * float(0.5 ** (passed / limit.halves))


def wait_after(tries: float, limit: Limit) -> timedelta:
    over = int(tries + 0.5) - limit.free  # a count that has faded a little is still that count
    if over < 0:
        return timedelta(0)
    doubled: timedelta = limit.first * 2 ** min(over, 20)
    return min(doubled, limit.most)
