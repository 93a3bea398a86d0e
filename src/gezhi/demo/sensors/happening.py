"""What happens in an invented city: rain over a town now and then, something at one device, and faults. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Final

from gezhi.demo.sensors.faults import Fault, What

RAIN: Final = timedelta(minutes=90)  # between two rains
FIRST_RAIN: Final = timedelta(minutes=2)
SPREAD: Final = 4.0  # minutes within which the devices of a town feel it
SINGLE: Final = timedelta(minutes=15)  # between two events of one device
FAULTY: Final = timedelta(minutes=10)  # between two faults
LASTS: Final = {
    What.STUCK: 90,
    What.GAP: 40,
    What.JUMP: 2,
    What.CLOCK: 6,
    What.SILENCE: 240,
    What.FLOOD: 1,
}  # minutes
OF_RAIN: Final = frozenset({"rain-gauge", "manhole-level", "underpass-gauge", "drainage-pump"})


@dataclass(frozen=True, slots=True)
class Stand:
    """A device in its town. `lasts`: minutes of its longest event."""

    key: str
    kind: str
    town: str
    lasts: float


@dataclass
class Happenings:
    """`events`: thing -> (when it began, which). Chance decides what, never whether the same seed says the same."""

    stands: Sequence[Stand]
    rng: Random
    begun: datetime
    events: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    _rains_at: datetime | None = None
    _single_at: datetime | None = None
    _fault_at: datetime | None = None

    def go_on(self, now: datetime, *, faulty: bool = True) -> None:
        self._forget(now)
        if now >= (self._rains_at or self.begun + FIRST_RAIN):
            self._rains_at = now + RAIN
            self._rain(now)
        if now >= (self._single_at or self.begun + SINGLE):
            self._single_at = now + SINGLE
            self._something(now)
        if faulty and now >= (self._fault_at or self.begun + FAULTY):
            self._fault_at = now + FAULTY
            self._break(now)

    def minute(self, key: str, now: datetime) -> tuple[float | None, int]:
        """Of the thing's event, and which; None: nothing happens to it."""
        found = self.events.get(key)
        if found is None or now < found[0]:
            return None, 0
        return (now - found[0]).total_seconds() / 60, found[1]

    def _rain(self, now: datetime) -> None:
        towns = sorted({one.town for one in self.stands if one.kind in OF_RAIN})
        if not towns:
            return
        town = self.rng.choice(towns)
        for one in self.stands:
            if one.town == town and one.kind in OF_RAIN:
                felt = now + timedelta(minutes=self.rng.uniform(0, SPREAD))
                self.events[one.key] = felt, 0 if one.kind == "rain-gauge" else self.rng.randrange(8)

    def _something(self, now: datetime) -> None:
        idle = [
            one for one in self.stands if one.kind not in OF_RAIN and one.lasts and one.key not in self.events
        ]
        if idle:
            self.events[self.rng.choice(idle).key] = now, self.rng.randrange(8)

    def _break(self, now: datetime) -> None:
        if self.stands:
            what = self.rng.choice(tuple(What))
            until = now + timedelta(minutes=LASTS[what])
            self.faults.append(Fault(what, self.rng.choice(list(self.stands)).key, now, until))

    def _forget(self, now: datetime) -> None:
        lasts = {one.key: one.lasts for one in self.stands}
        over = [
            key for key, (at, _) in self.events.items() if now > at + timedelta(minutes=lasts.get(key, 0) + 1)
        ]
        for key in over:
            del self.events[key]
        self.faults = [one for one in self.faults if one.until is None or one.until > now]
