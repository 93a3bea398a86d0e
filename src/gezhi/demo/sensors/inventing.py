"""Things of an invented city, made by the actions that make real ones: things, stations, a broker, cameras."""

from collections.abc import Mapping
from datetime import datetime
from random import Random
from typing import Final

from django.conf import settings

from gezhi.cases.world import world
from gezhi.demo.reporting import Spot, Spots
from gezhi.demo.sensors.names import BROKER, CAMERA, PASSWORD, SECRET, SIP_CAMERA
from gezhi.demo.sensors.plan import PREFIX, Device, Way, devices, mn_of
from gezhi.exchange.feeds.adding import add_broker, add_station
from gezhi.packs.shapes import DatastreamKind, ThingKind
from gezhi.packs.units import UNITS
from gezhi.people.models import Account
from gezhi.sensing.actions import create
from gezhi.sensing.actions.feeds import end_feed
from gezhi.sensing.actions.sources import NewSource, register_source
from gezhi.sensing.actions.things_writer import Writer
from gezhi.sensing.drafts import DATASTREAM, LOCATION, OBSERVED_PROPERTY, SENSOR, THING, Draft, Linked, Ref
from gezhi.sensing.models import EventSource, EventWay, Feed, Thing
from gezhi.sensing.queries import Reached

SPOTS: Final = 4_000
MEASURED: Final = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"
TRUTH: Final = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_TruthObservation"
SUBSCRIPTIONS: Final = [
    {"filter": "demo/+/readings", "key": "{1}", "time": "t", "clock": "ms", "values": {}},
]


def invent_things(spots: Spots, owner: Account, now: datetime, seed: int) -> int:
    """How many; none where no published pack knows a kind of thing. Those that are there stay."""
    kinds = {key: owned.thing for key, owned in world().catalogue.things.items()}
    rng, drawn = Random(seed), [spots.draw() for _ in range(SPOTS)]
    wanted = list(devices(drawn, rng, frozenset(kinds)))
    there = set(Thing.objects.filter(key__startswith=PREFIX).values_list("key", flat=True))
    maker = _Maker(Writer(owner.pk, Reached(everything=True, home=(settings.NODE_PLACE, None))), now)
    for device in wanted:
        if device.key not in there:
            maker.thing(device, kinds[device.kind])
            if device.way is Way.HJ212:
                _hear(device, now)
    if wanted:
        _watch(drawn[0], drawn[1], owner, now)
    return len(wanted)


def settle_broker(url: str, now: datetime) -> None:
    """The messages of the city's broker are read from there. No statement that changes anything where they are."""
    known = Feed.objects.filter(key=BROKER, is_active=True).first()
    if known is not None and known.options.get("url") == url:
        return
    if known is not None:
        end_feed(BROKER, now)
    names = sorted(
        {one.property for owned in world().catalogue.things.values() for one in owned.thing.datastreams}
    )
    values = {name: name for name in names[:100]}
    subscriptions = [{**one, "values": values} for one in SUBSCRIPTIONS]
    add_broker(
        BROKER, "模拟物联网平台", {"url": url, "things": PREFIX, "subscriptions": subscriptions}, "", now
    )


def _hear(device: Device, now: datetime) -> None:
    mn = mn_of(device.key)
    if not Feed.objects.filter(key=mn, is_active=True).exists():
        add_station(mn, device.name, device.key, {}, {"password": PASSWORD}, now)


def _watch(one: Spot, other: Spot, owner: Account, now: datetime) -> None:
    """A camera whose analysis sends events, and an alarm box of a video platform."""
    known = set(EventSource.objects.filter(is_active=True).values_list("key", flat=True))
    if CAMERA not in known:
        camera = NewSource(CAMERA, "模拟高点摄像机", EventWay.CAMERA, owner, lon=one.lon, lat=one.lat)
        register_source(camera, now)
    if SIP_CAMERA not in known:
        box = NewSource(
            SIP_CAMERA, "模拟视频报警主机", EventWay.GB28181, secret=SECRET, lon=other.lon, lat=other.lat
        )
        register_source(box, now)


class _Maker:
    """Sensors and properties are written once, and named afterwards."""

    def __init__(self, writer: Writer, now: datetime) -> None:
        self._writer, self._now = writer, now
        self._shared: dict[tuple[str, str], Ref] = {}

    def thing(self, device: Device, kind: ThingKind) -> int:
        streams = tuple(self._stream(kind, one) for one in kind.datastreams)
        point = {"type": "Point", "coordinates": [device.spot.lon, device.spot.lat]}
        location = Draft(
            LOCATION,
            _words(device.name, encoding_type="application/geo+json", location=point),
            box=(device.spot.lon, device.spot.lat, device.spot.lon, device.spot.lat),
        )
        values = _words(device.name, key=device.key, kind=kind.key, properties={"simulated": True})
        links: Mapping[str, tuple[Linked, ...]] = {"Locations": (location,), "Datastreams": streams}
        return create(self._writer, Draft(THING, values, links), self._now)

    def _stream(self, kind: ThingKind, one: DatastreamKind) -> Draft:
        unit = UNITS[one.unit]
        sensor = self._one(
            SENSOR, kind.key, _words(kind.title.zh, encoding_type="text/plain", metadata="simulated")
        )
        measured = _words(one.title.zh, definition=f"urn:gezhi:{one.property}", code=one.property)
        values = _words(
            one.title.zh,
            key=one.property,
            code=one.code,
            unit={"name": unit.name.zh, "symbol": unit.symbol, "definition": unit.ucum},
            observation_type=TRUTH if one.gives == "truth" else MEASURED,
        )
        links = {
            "Sensor": (sensor,),
            "ObservedProperty": (self._one(OBSERVED_PROPERTY, one.property, measured),),
        }
        return Draft(DATASTREAM, values, links)

    def _one(self, what: str, key: str, values: Mapping[str, object]) -> Ref:
        if (what, key) not in self._shared:
            self._shared[what, key] = Ref(create(self._writer, Draft(what, values), self._now))
        return self._shared[what, key]


def _words(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "description": name, **more}
