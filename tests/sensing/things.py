"""Things and series of the tests."""

import itertools

from django.db import connection

from gezhi.sensing.models import Datastream, ObservedProperty, Sensor, Thing
from tests.cast import WANAN

_numbers = itertools.count(1)


def a_thing(kind: str = "manhole", place: str = f"{WANAN}001") -> Thing:
    number = next(_numbers)
    return Thing.objects.create(key=f"thing-{number}", name=f"井{number}", kind=kind, place_code=place)


def a_series(thing: Thing | None = None, code: str = "level", **more: float | int | str) -> int:
    """The number of a new datastream."""
    owner = thing or a_thing()
    sensor, _ = Sensor.objects.get_or_create(
        name="test", defaults={"encoding_type": "text/plain", "metadata": ""}
    )
    measured, _ = ObservedProperty.objects.get_or_create(
        code=code, defaults={"name": code, "definition": code}
    )
    made = Datastream.objects.create(
        thing=owner, sensor=sensor, observed_property=measured, name=code, place_code=owner.place_code,
        **{"unit": {}, "observation_type": "measurement", **more},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('sensing_stamp')")
    return int(made.pk)
