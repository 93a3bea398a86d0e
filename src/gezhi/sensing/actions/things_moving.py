"""A thing stands somewhere else from now on: its history, its place, its datastreams and what their readings are of."""

from collections.abc import Sequence
from datetime import datetime

from gezhi.sensing.models import Datastream, FeatureSpan, HistoricalLocation, Location, Thing


def move_thing(thing: Thing, locations: Sequence[Location], now: datetime, is_told: bool = False) -> None:
    """`is_told`: the history says so already. The first location with a position gives the place."""
    before = set(thing.locations.values_list("pk", flat=True))
    thing.locations.set(locations)
    if not is_told:
        HistoricalLocation.objects.create(thing=thing, time=now).locations.set(locations)
    _stand_at(thing, locations)
    if before != {one.pk for one in locations}:
        _other_features(thing, now)


def moved_location(location: Location) -> None:
    """The things that stand there now stand where it was put right to."""
    for thing in Thing.objects.filter(locations=location):
        _stand_at(thing, [location])


def _stand_at(thing: Thing, locations: Sequence[Location]) -> None:
    there = next((one for one in locations if one.west is not None), None)
    if there is None or there.west is None or there.east is None:
        return
    assert there.south is not None
    assert there.north is not None
    thing.lon, thing.lat = (there.west + there.east) / 2, (there.south + there.north) / 2
    thing.place_code, thing.unit_id = there.place_code, there.unit_id
    thing.save(update_fields=["lon", "lat", "place_code", "unit_id"])
    Datastream.objects.filter(thing=thing).update(place_code=thing.place_code, unit_id=thing.unit_id)


def _other_features(thing: Thing, now: datetime) -> None:
    """Readings until now stay readings of what they were of; the next ones are of the new place."""
    streams = Datastream.objects.filter(thing=thing).exclude(feature=None)
    FeatureSpan.objects.filter(datastream__in=streams, until__gt=now).update(until=now)
    streams.update(feature=None)
