"""Whoever has nothing to do with what homes tell finds no sign of their things over SensorThings."""

import pytest

from gezhi.sensing.models import Thing
from tests.cast import WANAN, Cast
from tests.exchange.sensorthings import MEASURED, UNIT, asker, point
from tests.sensing.things import with_packs

LISTS = ("Things", "Locations", "HistoricalLocations", "Datastreams", "Observations", "FeaturesOfInterest")


@pytest.fixture
def alarm(city: Cast) -> int:
    """A smoke alarm in a home, with its place and a reading."""
    with_packs("home-smoke")
    made = asker(city, "leader").made(
        "Things",
        {
            "name": "烟感",
            "description": "一户人家",
            "Locations": [point(f"{WANAN}001", "某户")],
            "Datastreams": [
                {
                    "name": "烟雾", "description": "烟雾", "unitOfMeasurement": UNIT, "observationType": MEASURED,
                    "Sensor": {"name": "a", "description": "a", "encodingType": "text/plain", "metadata": "a"},
                    "ObservedProperty": {"name": "smoke", "definition": "http://example.org/smoke", "description": "a"},
                    "Observations": [{"result": 1, "phenomenonTime": "2026-11-01T00:00:00Z"}],
                }
            ],
        },
    )  # fmt: skip
    Thing.objects.filter(pk=made).update(kind="home-smoke-alarm")
    return made


@pytest.mark.parametrize("where", LISTS)
def test_a_leader_of_the_city_finds_no_sign_of_a_home(city: Cast, alarm: int, where: str) -> None:
    assert asker(city, "leader").values(where) == []


def test_nor_by_the_number_of_its_thing(city: Cast, alarm: int) -> None:
    asker(city, "leader").get(f"Things({alarm})", 404)


@pytest.mark.parametrize("where", LISTS)
def test_the_dispatcher_of_its_place_finds_it(city: Cast, alarm: int, where: str) -> None:
    assert len(asker(city, "dispatcher").values(where)) == 1
