"""The client `frost_sta_client`, which we did not write, writes and reads things on a running server."""

import frost_sta_client as fsc
import pytest
from django.test.testcases import LiveServerThread
from django.utils import timezone
from frost_sta_client.service.auth_handler import AuthHandler

from gezhi.people.actions import issue_token
from tests import cast
from tests.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
MEASURED = "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement"


@pytest.fixture
def service(city: Cast, live_server: LiveServerThread) -> fsc.SensorThingsService:
    key = issue_token(city.account("leader"), "frost", ["read", "sense"], timezone.now())
    return fsc.SensorThingsService(
        f"{live_server.url}/api/sensorthings/v1.1", auth_handler=AuthHandler(username="key", password=key)
    )


@pytest.fixture
def stream(service: fsc.SensorThingsService) -> fsc.Datastream:
    lon, lat = cast.centre_of(f"{cast.WANAN}001")
    geometry = {"type": "Point", "coordinates": [lon, lat]}
    place = fsc.Location("井口", "井口", "application/geo+json", location=geometry)
    thing = fsc.Thing("井1", "污水井", {"kind": "manhole"})
    thing.locations = fsc.model.ext.entity_list.EntityList(
        entity_class="frost_sta_client.model.location.Location", entities=[place]
    )
    service.create(thing)
    metre = fsc.model.ext.unitofmeasurement.UnitOfMeasurement("metre", "m", "http://qudt.org/vocab/unit/M")
    made = fsc.Datastream("液位", "液位", MEASURED, metre)
    made.thing = thing
    made.sensor = fsc.Sensor("液位计", "液位计", "text/plain", metadata="LT-1")
    made.observed_property = fsc.ObservedProperty("level", "urn:level", "level")
    service.create(made)
    return made


def test_what_the_client_writes_it_reads_changes_and_deletes(
    service: fsc.SensorThingsService, stream: fsc.Datastream
) -> None:
    found = service.datastreams().find(stream.id)
    assert (found.name, found.unit_of_measurement.symbol) == ("液位", "m")
    found.description = "井下液位"
    service.update(found)
    assert service.datastreams().find(stream.id).description == "井下液位"
    thing = (
        service.things().query().filter("Datastreams/name eq '液位'").expand("Datastreams,Locations").list()
    )
    assert [one.name for one in thing] == ["井1"]
    service.delete(found)
    assert [one.id for one in service.datastreams().query().list()] == []


def test_observations_of_a_data_array_are_read_over_all_pages(
    service: fsc.SensorThingsService, stream: fsc.Datastream
) -> None:
    many = fsc.model.ext.data_array_value.DataArrayValue()
    parts = fsc.model.ext.data_array_value.DataArrayValue.Property
    many.components = {parts.PHENOMENON_TIME, parts.RESULT}
    many.datastream = stream
    for minute in range(25):
        many.add_observation(
            fsc.Observation(phenomenon_time=f"2026-03-01T00:{minute:02}:00Z", result=minute / 2)
        )
    document = fsc.model.ext.data_array_document.DataArrayDocument()
    document.add_data_array_value(many)
    service.observations().create(document)
    found = (
        service.observations().query().filter("result ge 5").orderby("phenomenonTime", "desc").top(4).list()
    )
    assert [one.result for one in found] == [minute / 2 for minute in range(24, 9, -1)]
