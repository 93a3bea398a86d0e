"""What is registered, as the process that senses needs it."""

import json
import ssl
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError

from gezhi.cases.world import world
from gezhi.exchange.feeds.binding import Bound, bound_station, device_of, names_of
from gezhi.exchange.feeds.shapes import BrokerOptions, Station, said_of
from gezhi.exchange.hj212.devices import Device, Devices
from gezhi.exchange.mqtt.broker import Broker
from gezhi.exchange.mqtt.packets import V3, V5
from gezhi.packs.shapes import ThingKind
from gezhi.people.signing_in.sealing import CannotOpen, opened
from gezhi.sensing.models import Feed, FeedWay
from gezhi.sensing.queries.feeds import active_feeds, feeds_stamp, streams_of_things, streams_with_key
from gezhi.sensing.queries.sensed import sensed
from gezhi.sensing.streams import Stream

Stamp = tuple[tuple[int, int], tuple[int, datetime | None]]


@dataclass(frozen=True)
class WantedBroker:
    """`series`: by name; `devices`, `times`: of stations whose frames come by it."""

    key: str
    options: BrokerOptions
    password: str = field(repr=False)
    series: Mapping[str, int]
    devices: Devices
    times: Mapping[int, float]

    def same_line(self, other: "WantedBroker | None") -> bool:
        """Whether one line serves both."""
        return other is not None and (self.options, self.password) == (other.options, other.password)

    def broker(self) -> Broker:
        one = self.options
        return Broker(
            host=one.host, port=one.port, client=one.client, version=V3 if one.version == "3.1.1" else V5,
            login=(one.user, self.password) if one.user else None, tls=tls_of(one),
        )  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """`times`: by series, of stations. `problems`: by feed, in sentences."""

    devices: Devices = field(default_factory=dict)
    times: Mapping[int, float] = field(default_factory=dict)
    brokers: Sequence[WantedBroker] = ()
    problems: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Heard:
    """A station, bound."""

    device: Device
    bound: Bound
    thing_key: str


def stamp() -> Stamp:
    """Another whenever `wanted` may say something else."""
    return sensed().stamp, feeds_stamp()


def wanted() -> Wanted:
    feeds = list(active_feeds().select_related("thing"))
    problems: dict[str, Sequence[str]] = {}
    stations = _stations([one for one in feeds if one.way == FeedWay.HJ212], problems)
    brokers = [one for one in feeds if one.way == FeedWay.MQTT]
    streams = streams_with_key() if brokers else []
    return Wanted(
        devices={one.device.mn.encode(): one.device for one in stations},
        times={series: times for one in stations for series, times in one.bound.times.items()},
        brokers=[found for one in brokers if (found := _broker(one, streams, stations, problems))],
        problems=problems,
    )


def kinds() -> dict[str, ThingKind]:
    """Of things, as the published packs have them."""
    return {key: owned.thing for key, owned in world().catalogue.things.items()}


def secrets_of(feed: Feed) -> dict[str, str]:
    """By name. Raises CannotOpen."""
    found = json.loads(opened(feed.secret)) if feed.secret else {}
    return {str(name): str(value) for name, value in found.items()}


def tls_of(options: BrokerOptions) -> ssl.SSLContext | None:
    """Raises ssl.SSLError for certificates that are none."""
    if not options.is_sealed:
        return None
    context = ssl.create_default_context()
    if options.ca:
        context.load_verify_locations(cadata=options.ca)
    return context


def _stations(feeds: Sequence[Feed], problems: dict[str, Sequence[str]]) -> list[_Heard]:
    streams: dict[int, list[Stream]] = defaultdict(list)
    for stream in streams_of_things({one.thing_id for one in feeds if one.thing_id}):
        streams[stream.thing].append(stream)
    known = kinds() if feeds else {}
    found = []
    for feed in feeds:
        try:
            found.append(_station(feed, streams[feed.thing_id or 0], known, problems))
        except (ValidationError, CannotOpen, ValueError) as error:
            problems[feed.key] = [said_of(error) if isinstance(error, ValidationError) else str(error)]
    return found


def _station(
    feed: Feed, streams: Sequence[Stream], known: Mapping[str, ThingKind], problems: dict[str, Sequence[str]]
) -> _Heard:
    station, secrets = Station.model_validate(feed.options), secrets_of(feed)
    bound = bound_station(station, streams, known)
    if bound.problems:
        problems[feed.key] = bound.problems
    key = bytes.fromhex(secrets["key"]) if "key" in secrets else None
    device = device_of(feed.key, station, bound, secrets.get("password", ""), key)
    return _Heard(device, bound, feed.thing.key if feed.thing else "")


def _broker(
    feed: Feed, streams: Sequence[Stream], stations: Sequence[_Heard], problems: dict[str, Sequence[str]]
) -> WantedBroker | None:
    try:
        options, secrets = BrokerOptions.model_validate(feed.options), secrets_of(feed)
        tls_of(options)
    except (ValidationError, CannotOpen, ssl.SSLError) as error:
        problems[feed.key] = [said_of(error) if isinstance(error, ValidationError) else str(error)]
        return None
    by_frames = any(one.form == "hj212" for one in options.subscriptions)
    heard = [one for one in stations if by_frames and one.thing_key.startswith(options.things)]
    return WantedBroker(
        key=feed.key,
        options=options,
        password=secrets.get("password", ""),
        series=names_of(streams, options.things),
        devices={one.device.mn.encode(): one.device for one in heard},
        times={series: times for one in heard for series, times in one.bound.times.items()},
    )
