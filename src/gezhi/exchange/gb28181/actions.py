"""Behind the agent: devices are registered sources, and alarms become reports by the one door."""

import logging
import time
from collections import Counter
from collections.abc import Mapping
from typing import Final

from django.db import close_old_connections
from django.utils import timezone

from gezhi.cases.intake.shapes import Unreadable
from gezhi.cases.world import world
from gezhi.exchange.gb28181.agent import Why
from gezhi.exchange.gb28181.manscdp import Alarm
from gezhi.exchange.hazards.actions import take
from gezhi.exchange.hazards.reading import AHEAD, OLDEST, Event
from gezhi.packs.shapes import HazardRule
from gezhi.people.signing_in.sealing import CannotOpen, opened
from gezhi.sensing.actions.tallying import heard_from, tally
from gezhi.sensing.models import EventFate, EventSource, EventWay
from gezhi.sensing.queries.sources import source_of

log = logging.getLogger(__name__)
KEPT: Final = 30.0  # seconds a source is known without being read again
WRITTEN: Final = 1.0  # seconds between two writings of what was refused
_FATES: Final[Mapping[Why, EventFate]] = {
    "person": EventFate.PERSON,
    "invalid": EventFate.INVALID,
    "mistrusted": EventFate.MISTRUSTED,
    "too-many": EventFate.TOO_MANY,
}


class Sources:
    """The door of the agent (see `agent.Door`), for one thread."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[float, EventSource | None]] = {}
        self._refused: Counter[tuple[str, EventFate]] = Counter()
        self._written_at = 0.0

    def secret(self, device: str) -> str | None:
        source = self._source(device)
        if source is None:
            return None
        try:
            return opened(source.secret)
        except CannotOpen:
            log.warning("the secret of source %s was sealed under another key; register it again", source.pk)
            return None

    def alive(self, device: str) -> None:
        if source := self._source(device):
            heard_from(source.pk, timezone.now())

    def refused(self, device: str, why: Why) -> None:
        """Counted here and written by `tidy`: a flood costs no statement for each message."""
        self._refused[device, _FATES[why]] += 1

    def tidy(self) -> None:
        """Called before messages and several times a second."""
        close_old_connections()
        if self._refused and time.monotonic() - self._written_at >= WRITTEN:
            self.write()

    def write(self) -> None:
        counts, self._refused = self._refused, Counter()
        self._written_at = time.monotonic()
        for (device, fate), count in counts.items():
            tally(device, fate, timezone.now(), count)

    def alarm(self, device: str, alarm: Alarm) -> bool:
        """An alarm of no rule is heard and counted; one from a wrong clock is refused."""
        now, source = timezone.now(), self._source(device)
        if source is None:
            return False
        if not now - OLDEST <= alarm.at <= now + AHEAD:
            tally(source.key, EventFate.INVALID, now)
            return False
        rule = rule_for(alarm, [owned.thing for _, owned in sorted(world().catalogue.hazards.items())])
        if rule is None:
            tally(source.key, EventFate.HEARD, now)
            return True
        try:
            take(_event(alarm, source, rule), source, now)
        except Unreadable:
            tally(source.key, EventFate.INVALID, now)
            return False
        return True

    def _source(self, device: str) -> EventSource | None:
        until, source = self._known.get(device, (0.0, None))
        if until < time.monotonic():
            source = source_of(device, EventWay.GB28181) if device else None
            if len(self._known) > 50_000:
                self._known.clear()
            self._known[device] = (time.monotonic() + KEPT, source)
        return source


def rule_for(alarm: Alarm, rules: list[HazardRule]) -> HazardRule | None:
    """The first of which an alarm fits."""
    return next(
        (
            rule
            for rule in rules
            if any(one.fits(alarm.method, alarm.kind, alarm.words) for one in rule.alarms)
        ),
        None,
    )


def _event(alarm: Alarm, source: EventSource, rule: HazardRule) -> Event:
    """Its number begins anew when a device does, so the time belongs to its name."""
    here = None if alarm.lon is None else {"lon": alarm.lon, "lat": alarm.lat}
    name = f"{alarm.device}/{alarm.at:%Y%m%dT%H%M%S}/{alarm.number}"
    return Event(id=name, source=source.key, kind=rule.kind, at=alarm.at, where=here)
