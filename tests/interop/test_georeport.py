"""The client `georeport`, which we did not write, reads what an Open311 sender reported, from a running server."""

import httpx
import pytest
from django.test.testcases import LiveServerThread
from django.utils import timezone
from georeport import GeoReport

from gezhi.people.actions import issue_token
from tests import cast
from tests.cast import LAMP, Cast

pytestmark = pytest.mark.django_db(transaction=True)
LON, LAT = cast.centre_of(f"{cast.WANAN}001")


@pytest.fixture
def base(city: Cast, live_server: LiveServerThread) -> str:
    return f"{live_server.url}/open311/v2"


def test_a_request_sent_by_form_is_read_by_the_client(base: str, city: Cast) -> None:
    key = issue_token(city.account("operator"), "open311", ["report"], timezone.now())
    form = {"api_key": key, "service_code": LAMP, "lat": LAT, "long": LON, "description": "路灯不亮"}
    (created,) = httpx.post(f"{base}/requests.json", data=form).raise_for_status().json()
    client = GeoReport(base)
    services = {service["service_code"]: service["service_name"] for service in client.get_service_list()}
    assert LAMP in services
    assert client.get_service_definition(LAMP)["service_code"] == LAMP
    one = client.get_service_request(created["service_request_id"])
    listed = client.get_service_requests(service_code=LAMP, status="open")
    assert one in listed
    assert (one["description"], one["service_name"], one["lat"]) == ("路灯不亮", services[LAMP], LAT)


def test_the_client_reads_xml_too(base: str) -> None:
    codes = [service["service_code"] for service in GeoReport(base, output_format="xml").get_service_list()]
    assert LAMP in codes
