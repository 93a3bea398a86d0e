"""The invented things as they stand in the database."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from gezhi.cases.world import world
from gezhi.demo.sensors.plan import PREFIX
from gezhi.demo.sensors.shapes import Kind, kind_of
from gezhi.exchange.feeds.binding import bound_station
from gezhi.exchange.feeds.shapes import Station
from gezhi.packs.shapes import seconds_of
from gezhi.sensing.models import Feed, FeedWay, Thing
from gezhi.sensing.queries.feeds import streams_of_things

HJ212_ST = {"air-station": "22", "stack-monitor": "31"}
Names = Mapping[str, tuple[str, str, str, float]]


@dataclass(frozen=True)
class Played:
    """`streams`: property -> (series, seconds between two readings). `station`: its MN, "" of what is none; `names`:
    how it says its values, and what these are multiplied by to be in the unit that it sends."""

    key: str
    kind: str
    place: str
    streams: Mapping[str, tuple[int, int]]
    station: str = ""
    names: Names = field(default_factory=dict)


def things_to_play(prefix: str = PREFIX) -> list[Played]:
    things = list(Thing.objects.filter(key__startswith=prefix).order_by("key"))
    kinds = {key: owned.thing for key, owned in world().catalogue.things.items()}
    stations = {
        one.thing_id: one for one in Feed.objects.filter(is_active=True, way=FeedWay.HJ212, thing__in=things)
    }
    streams = streams_of_things([one.pk for one in things])
    found = []
    for thing in things:
        kind = kinds.get(thing.kind)
        if kind is None:
            continue
        own = [one for one in streams if one.thing == thing.pk and kind.datastream(one.of)]
        every = {one.property: seconds_of(one.every) for one in kind.datastreams}
        feed = stations.get(thing.pk)
        bound = bound_station(Station.model_validate(feed.options), own, kinds) if feed else None
        by_series = {one.series: one for one in bound.factors} if bound else {}
        names = {
            one.of: _name(by_series[one.id].names[0], by_series[one.id].times)
            for one in own
            if one.id in by_series
        }
        measured = {one.of: (one.id, every[one.of]) for one in own}
        found.append(
            Played(thing.key, thing.kind, thing.place_code, measured, feed.key if feed else "", names)
        )
    return found


def shapes_of_kinds() -> dict[str, Kind]:
    """By kind, from the recordings of the published packs."""
    catalogue = world().catalogue
    recordings = [one for published in catalogue.packs.values() for one in published.pack.recordings]
    monitors = {key: owned.thing for key, owned in catalogue.monitors.items()}
    return {key: kind_of(owned.thing, recordings, monitors) for key, owned in catalogue.things.items()}


def _name(name: str, times: float) -> tuple[str, str, str, float]:
    """CN:CODE-FIELD in parts."""
    cn, _, rest = name.partition(":")
    code, _, what = rest.rpartition("-")
    return cn, code, what, 1 / times
