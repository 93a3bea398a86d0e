"""How far the ledger's outside proofs lag behind, and what follows: a warning, then no act with legal effect.

An entry that nobody outside has vouched for yet could still be changed by whoever runs this node. How long the oldest
such entry has waited is how far behind we are; a quiet night with nothing new is no lag.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

TIMESTAMP: Final = "timestamp"
WITNESS: Final = "witness"
AUTHORITY: Final = "authority"  # the name of the outsider that stamps, whichever it is at a time
NONE: Final = timedelta(0)


class State(StrEnum):
    OFF = "off"  # nobody is asked
    FRESH = "fresh"
    LATE = "late"  # warned of
    STALE = "stale"  # acts with legal effect are refused


@dataclass(frozen=True, slots=True)
class Limits:
    """`refuse` zero: never refused."""

    warn: timedelta
    refuse: timedelta


@dataclass(frozen=True, slots=True)
class Freshness:
    """Of the timestamps or of the witnesses. `behind`: how long the oldest entry that lacks them has waited."""

    kind: str
    state: State
    behind: timedelta = NONE

    @property
    def minutes(self) -> int:
        return int(self.behind.total_seconds() // 60)


def freshness(
    kind: str, waiting: Sequence[datetime | None], needed: int, limits: Limits, now: datetime
) -> Freshness:
    """`waiting`: of each outsider, since when the oldest entry that it has not vouched for waits (None: none does).
    So many of them are needed."""
    if not waiting:
        return Freshness(kind, State.OFF)
    behind = sorted(max(now - since, NONE) if since else NONE for since in waiting)
    return Freshness(kind, _state(found := behind[min(needed, len(behind)) - 1], limits), found)


def waiting_since(asked_since: datetime | None, oldest: datetime | None) -> datetime | None:
    """Entries from before an outsider was first asked wait since then, not since they were made."""
    if oldest is None or asked_since is None:
        return None
    return max(asked_since, oldest)


def drift(theirs: datetime, ours: datetime) -> int:
    """Seconds by which the authority's clock is ahead of ours (behind: negative) when its answer came."""
    return round((theirs - ours).total_seconds())


def refusing(found: Iterable[Freshness]) -> Freshness | None:
    """The one for which acts with legal effect are refused now."""
    return next((one for one in found if one.state is State.STALE), None)


def _state(behind: timedelta, limits: Limits) -> State:
    if limits.refuse and behind >= limits.refuse:
        return State.STALE
    return State.LATE if behind >= limits.warn else State.FRESH
