"""What goes wrong with devices: done to readings on their way out. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from random import Random
from typing import Final

_1970: Final = datetime(1970, 1, 1, 8, 0, tzinfo=UTC)
_2099: Final = datetime(2099, 12, 31, tzinfo=UTC)


class What(StrEnum):
    STUCK = "stuck"  # the same value over and over
    GAP = "gap"  # nothing for a while
    JUMP = "jump"  # one value far from the others
    CLOCK = "clock"  # a time of 1970 or 2099
    SILENCE = "silence"  # nothing any more
    FLOOD = "flood"  # broken frames, as fast as they go


@dataclass(frozen=True, slots=True)
class Sent:
    """A reading on its way out. `thing`: its key."""

    thing: str
    property: str
    series: int
    at: datetime
    value: float


@dataclass(frozen=True, slots=True)
class Fault:
    """Of one thing, from `since` to `until`; None: for ever."""

    what: What
    thing: str
    since: datetime
    until: datetime | None = None

    def is_on(self, now: datetime) -> bool:
        return self.since <= now and (self.until is None or now < self.until)


def altered(
    readings: Sequence[Sent], faults: Sequence[Fault], last: Mapping[int, float], now: datetime, rng: Random
) -> list[Sent]:
    """`last`: the value that each series sent last."""
    on = {one.thing: one for one in faults if one.is_on(now)}
    found = []
    for one in readings:
        fault = on.get(one.thing)
        changed = one if fault is None else _altered(one, fault.what, last, rng)
        if changed is not None:
            found.append(changed)
    return found


def _altered(one: Sent, what: What, last: Mapping[int, float], rng: Random) -> Sent | None:
    match what:
        case What.STUCK:
            return replace(one, value=last.get(one.series, one.value))
        case What.JUMP:
            return replace(one, value=round(10 * abs(one.value) + 50 + rng.random(), 3))
        case What.CLOCK:
            return replace(one, at=rng.choice((_1970, _2099)))
        case What.GAP | What.SILENCE:
            return None
        case _:
            return one


def broken(frame: bytes, rng: Random) -> bytes:
    """As a bad line delivers it: cut off, a byte changed, or its end lost. It differs from what was sent."""
    kind = rng.randrange(3)
    if kind == 0:
        return frame[: rng.randrange(1, max(2, len(frame) - 2))] + b"\r\n"
    place = rng.randrange(len(frame))
    if kind == 1:
        return frame[:place] + bytes((frame[place] ^ (1 << rng.randrange(7)),)) + frame[place + 1 :]
    return frame[place:] or b"#"
