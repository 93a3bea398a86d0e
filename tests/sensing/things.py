"""Things and series of the tests."""

import itertools

from django.conf import settings
from django.db import transaction

from gezhi.ledger.actions import record
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.models import Unit
from gezhi.sensing.models import Datastream, ObservedProperty, Sensor, Thing
from tests.cast import WANAN, WEST, centre_of

_numbers = itertools.count(1)


def a_thing(kind: str = "manhole", place: str = f"{WANAN}001") -> Thing:
    """In the middle of its grid."""
    number = next(_numbers)
    lon, lat = centre_of(place) if place in WEST else (None, None)
    return Thing.objects.create(
        key=f"thing-{number}", name=f"{kind} {number}", kind=kind, place_code=place, lon=lon, lat=lat
    )


def a_series(
    thing: Thing | None = None, code: str = "level", unit: str = "", **more: float | int | str
) -> int:
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
        **{"unit": {"symbol": unit}, "observation_type": "measurement", **more},
    )  # fmt: skip
    return int(made.pk)


def with_packs(*names: str) -> None:
    """Published beside the cast's own, in the order in which they need each other; their duties are the works'."""
    for name in names:
        pack = read_pack(settings.PACKS_DIR / name, [settings.PACKS_DIR])
        publish(pack)
        for unit in Unit.objects.filter(code__in=["haishu-works", "jiangbei-works"]):
            unit.functions = sorted({*unit.functions, *(one.key for one in pack.functions)})
            unit.save()
    with transaction.atomic():
        record("people.unit", "the cast", {}, configures=True)
