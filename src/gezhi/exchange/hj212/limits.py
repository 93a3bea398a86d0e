"""How much of the server one connection may use, and all of them."""

from dataclasses import dataclass
from typing import Final

from gezhi.exchange.hj212.segment import LONGEST_LINE

LATELY: Final = 60.0  # seconds for which an address is suspect
APART: Final = 0.5  # seconds between the lines of a suspect address
MOST: Final = 10_000  # addresses


@dataclass(frozen=True)
class Limits:
    """`frames`, `bytes`: a second and connection; who sends more is read later, which TCP tells it. `burst`: seconds of
    that rate at once. `bad`: refused frames in a row after which the line is cut. `silent`: seconds without a frame.
    `unread`: bytes of answers that a device has not fetched. `stuck`: seconds that it may leave them."""

    connections: int = 10_000
    per_address: int = 2_000  # a mobile operator's gateway stands for many devices
    frames: float = 200.0
    bytes: float = 512 * 1024
    burst: float = 10.0
    line: int = LONGEST_LINE
    bad: int = 100
    greeting: float = 300.0
    silent: float = 3_900.0
    unread: int = 64 * 1024
    stuck: float = 30.0


class Debt:
    """Seconds of its allowance that a connection has used up beforehand."""

    __slots__ = ("_limits", "_until")

    def __init__(self, limits: Limits, now: float) -> None:
        self._limits, self._until = limits, now - limits.burst

    def owe(self, frames: int, size: int, now: float) -> float:
        """Counts what came; the seconds for which nothing more may be read, 0 when within the allowance."""
        limits = self._limits
        cost, more = frames / limits.frames, size / limits.bytes
        earliest = now - limits.burst
        until = self._until if self._until > earliest else earliest
        self._until = until = until + (cost if cost > more else more)
        return until - now if until > now else 0.0


class Suspects:
    """Addresses from which a line was cut lately: the next ones from there are heard one after the other. A gateway
    that stands for many devices keeps the lines that it has."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._next: dict[str, float] = {}

    def cut(self, address: str, now: float) -> None:
        if address in self._until or len(self._until) < MOST:
            self._until[address] = now + LATELY

    def wait(self, address: str, now: float) -> float:
        """Seconds after which a new line is heard."""
        if self._until.get(address, now) <= now:
            return 0.0
        turn = max(now, self._next.get(address, now)) + APART
        self._next[address] = turn
        return turn - now

    def forget(self, now: float) -> None:
        for address in [one for one, until in self._until.items() if until <= now]:
            del self._until[address]
            self._next.pop(address, None)
