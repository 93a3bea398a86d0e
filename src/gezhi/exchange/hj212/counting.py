"""What was refused, by device and reason, until somebody fetches it; and what went through."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from gezhi.exchange.hj212.refusing import Why

MOST: Final = 50_000  # pairs of device and reason; further devices are counted under ""


@dataclass(slots=True)
class Counts:
    """`refused`: (MN or "", reason). `connections`: refused or closed by us, by reason."""

    frames: int = 0
    readings: int = 0
    answered: int = 0
    unkept: int = 0  # readings whose transaction failed: not answered, they come again
    refused: Counter[tuple[str, Why]] = field(default_factory=Counter)
    latest: dict[Why, str] = field(default_factory=dict)  # an example of each reason
    connections: Counter[str] = field(default_factory=Counter)

    def refuse(self, mn: str, why: Why, what: str) -> None:
        key = (mn, why)
        if key not in self.refused and len(self.refused) >= MOST:
            key = ("", why)
        self.refused[key] += 1
        self.latest[why] = what

    def by_reason(self) -> Counter[Why]:
        told: Counter[Why] = Counter()
        for (_, why), count in self.refused.items():
            told[why] += count
        return told
