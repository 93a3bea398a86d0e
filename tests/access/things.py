"""A thing of the matrix in each place: its name, its location and its datastream are signs."""

from tests.access.ground import PLACES, Town


def thing(town: Town, at: str, case_id: int) -> None:
    from gezhi.sensing.models import Datastream, Location, ObservedProperty, Sensor, Thing

    here = {"place_code": PLACES[at]}
    row = Thing.objects.create(name=town.word("thing", 2, at), description=town.word("thing", 2, at), **here)
    place = Location.objects.create(
        name=town.word("thing", 2, at), encoding_type="text/plain", location=town.word("thing", 2, at), **here
    )
    row.locations.set([place])
    Datastream.objects.create(
        thing=row,
        sensor=Sensor.objects.create(name="s", encoding_type="text/plain", metadata="s"),
        observed_property=ObservedProperty.objects.create(name="p", definition="p"),
        name=town.word("thing", 2, at),
        unit={},
        observation_type="x",
        **here,
    )
    town.ids[at]["thing"] = f"Things({row.pk})"
