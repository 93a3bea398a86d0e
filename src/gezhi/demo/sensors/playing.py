"""Devices that go on measuring: each when it is due, by its own way, with what happens and what goes wrong."""

import logging
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import Error, close_old_connections
from django.utils import timezone

from gezhi.demo.sensors.faults import Fault, Sent, What, altered
from gezhi.demo.sensors.happening import Happenings, Stand
from gezhi.demo.sensors.names import CAMERA, PASSWORD, PLATFORM, SECRET, SIP_CAMERA
from gezhi.demo.sensors.plan import WISHES, Way
from gezhi.demo.sensors.queries import HJ212_ST, Played, shapes_of_kinds, things_to_play
from gezhi.demo.sensors.recorded import Hour, Values, hour_of, recorded_in
from gezhi.demo.sensors.senders.alarms import Box
from gezhi.demo.sensors.senders.arrays import Http
from gezhi.demo.sensors.senders.frames import Station
from gezhi.demo.sensors.senders.messages import Messages
from gezhi.lib.codes import TOWN, ancestor_at

TURN: Final = 1.0  # seconds
BACK: Final = timedelta(hours=24)  # of the past that is told when it begins
SIGNALS: Final = timedelta(minutes=30)  # between two events of camera and alarm box
FLOODED: Final = 300  # broken frames of a flood in a turn
HAZARDS: Final = ("water", "rubbish", "fallen-tree", "blocked-road")
ALARMS: Final = ("井盖移位", "路面积水", "烟感报警")
PAUSE: Final = 5.0  # seconds after trouble with the database
_WAYS: Final = {wish.kind: wish.way for wish in WISHES}
Address = tuple[str, int]
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ways:
    """Where each way leads; None: it is not played, and what speaks by MQTT speaks by HTTP."""

    http: str
    key: str
    hj212: Address | None = None
    mqtt: Address | None = None
    sip: Address | None = None


@dataclass
class Sensors:
    """`recorded`: folder of measured hours for air stations. `faults`: that are wanted; `faulty`: further ones by
    chance."""

    ways: Ways
    seed: int = 1
    recorded: Path | None = None
    faults: Sequence[Fault] = ()
    faulty: bool = True
    back: timedelta = BACK
    things: list[Played] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.things = things_to_play()
        self._rng, self._kinds = Random(self.seed), shapes_of_kinds()
        self._zone = ZoneInfo(settings.TIME_ZONE)
        self._hours: list[Mapping[Hour, Values]] = recorded_in(self.recorded) if self.recorded else []
        stands = [
            Stand(one.key, one.kind, ancestor_at(one.place, TOWN), self._kinds[one.kind].lasts)
            for one in self.things
        ]
        self.happenings = Happenings(stands, self._rng, timezone.now())
        self.happenings.faults = list(self.faults)
        self._last: dict[int, float] = {}
        self._due: dict[int, datetime] = {}
        self._signal_at = timezone.now() + timedelta(minutes=1)
        self._http = Http(self.ways.http, self.ways.key)
        self._mqtt = Messages(*self.ways.mqtt, "gezhi-demo-gateway") if self.ways.mqtt else None
        self._stations = {
            one.station: Station(one.station, HJ212_ST.get(one.kind, "22"), PASSWORD, one.names)
            for one in self.things
            if one.station
        }

    def past(self, now: datetime) -> list[Sent]:
        """Readings at rest, every half an hour: a series has something to show from the start."""
        steps = int(self.back / timedelta(minutes=30))
        moments = [now - self.back + number * timedelta(minutes=30) for number in range(steps)]
        whole = [at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0) for at in moments]
        return [
            Sent(one.key, name, series, at, self._value(one, name, at, happens=False))
            for one in self.things
            for name, (series, every) in one.streams.items()
            for at in whole
            if every <= 7200 and (every < 3600 or at.minute == 0)
        ]

    def turn(self, now: datetime) -> int:
        """What is due is sent; how many readings that were."""
        self.happenings.go_on(now, faulty=self.faulty)
        readings = [one for thing in self.things for one in self._readings(thing, now)]
        sent = altered(readings, self.happenings.faults, self._last, now, self._rng)
        self._last |= {one.series: one.value for one in readings}
        self._send(sent, now)
        self._flood(now)
        if now >= self._signal_at:
            self._signal_at = now + SIGNALS
            self._signal(now)
        return len(sent)

    def begin(self, now: datetime) -> None:
        """The past goes by HTTP, whatever way a device speaks later."""
        self._http.send(self.past(now))

    def counts(self) -> dict[str, int]:
        """What was acknowledged, by way."""
        return {
            "http": self._http.acknowledged,
            "refused": self._http.refused,
            "mqtt": self._mqtt.acknowledged if self._mqtt else 0,
            "hj212": sum(one.acknowledged for one in self._stations.values()),
        }

    def _readings(self, thing: Played, now: datetime) -> list[Sent]:
        """Those whose time has come, at whole multiples of their interval; while something happens, every minute."""
        found = []
        minute, _ = self.happenings.minute(thing.key, now)
        for name, (series, every) in thing.streams.items():
            pace = min(every, 60) if minute is not None else every
            at = _whole(now, pace)
            if self._due.get(series, now) <= now:
                found.append(Sent(thing.key, name, series, at, self._value(thing, name, at)))
                self._due[series] = at + timedelta(seconds=pace)
            elif minute is not None and self._due[series] > at + timedelta(seconds=pace):
                self._due[series] = at + timedelta(seconds=pace)
        return found

    def _value(self, thing: Played, name: str, at: datetime, *, happens: bool = True) -> float:
        minute, which = self.happenings.minute(thing.key, at) if happens else (None, 0)
        if self._hours and thing.kind == "air-station":
            table = self._hours[sum(thing.key.encode()) % len(self._hours)]
            known = table.get(hour_of(at.astimezone(self._zone)), {}).get(name)
            if known is not None:
                return known
        chance = Random(f"{thing.key} {name} {at.timestamp() // 60}").random()
        return self._kinds[thing.kind].shapes[name].value(minute, which, chance)

    def _send(self, readings: Sequence[Sent], now: datetime) -> None:
        by_thing = {one.key: one for one in self.things}
        by_way: dict[str, list[Sent]] = {}
        for one in readings:
            by_way.setdefault(self._way(by_thing[one.thing], one.property), []).append(one)
        for mn, some in by_way.items():
            if mn in self._stations:
                self._stations[mn].put(some, now)
        self._http.send(by_way.get(Way.HTTP, []))
        if self._mqtt:
            self._mqtt.put(by_way.get(Way.MQTT, []))
            self._mqtt.send()
        if self.ways.hj212:
            for station in self._stations.values():
                station.send(*self.ways.hj212)

    def _way(self, thing: Played, name: str) -> str:
        """The MN of a station, or how else it goes."""
        if thing.station and self.ways.hj212 and name in thing.names:
            return thing.station
        return Way.MQTT if self._mqtt and _WAYS.get(thing.kind) is Way.MQTT else Way.HTTP

    def _flood(self, now: datetime) -> None:
        """By the way of the device that goes mad."""
        by_thing = {one.key: one for one in self.things}
        for fault in self.happenings.faults:
            thing = by_thing.get(fault.thing)
            if fault.what is not What.FLOOD or not fault.is_on(now) or thing is None:
                continue
            if thing.station and self.ways.hj212:
                self._stations[thing.station].flood(*self.ways.hj212, FLOODED, self._rng, now)
            elif self._mqtt:
                self._mqtt.flood(FLOODED, self._rng)
            else:
                self._http.flood(FLOODED // 100, self._rng)

    def _signal(self, now: datetime) -> None:
        """A camera's event and an alarm of the box."""
        kind, number = self._rng.choice(HAZARDS), f"{now:%Y%m%d%H%M%S}"
        at = now.isoformat(timespec="seconds")
        self._http.event(
            {"id": f"demo-{number}", "source": CAMERA, "kind": kind, "at": at, "confidence": 0.93}
        )
        if self.ways.sip:
            box = Box(SIP_CAMERA, PLATFORM, SECRET, *self.ways.sip)
            try:
                box.alarm(self._rng.choice(ALARMS), 2, now.astimezone(self._zone))
            finally:
                box.close()


def _whole(now: datetime, seconds: int) -> datetime:
    """The last whole multiple of so many seconds of the day (UTC); of what speaks rarely, the minute."""
    if seconds > 3600:
        return now.replace(second=0, microsecond=0)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    passed = int((now - midnight).total_seconds())
    return midnight + timedelta(seconds=passed - passed % max(1, seconds))


def play_forever(make: Callable[[], Sensors], turn: float = TURN) -> None:
    """Ends with the process that started it. Trouble with the database or the node is waited out."""
    parent = os.getppid()
    sensors: Sensors | None = None
    while os.getppid() == parent:
        try:
            close_old_connections()
            if sensors is None:
                sensors = make()
                sensors.begin(timezone.now())
            sensors.turn(timezone.now())
            time.sleep(turn)
        except (Error, LookupError) as error:
            log.warning("the sensors wait: %s", error)
            sensors = None
            time.sleep(PAUSE)
