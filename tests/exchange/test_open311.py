"""GeoReport v2 as its specification says, in both forms."""

import json
from collections.abc import Callable
from urllib.parse import urlencode

import pytest
from defusedxml import ElementTree
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gezhi.cases.models import Report
from gezhi.cases.queries.contact import contact_of
from tests import cast
from tests.cast import LAMP, Cast

pytestmark = pytest.mark.django_db
LON, LAT = cast.centre_of(f"{cast.WANAN}001")
HERE = {"lat": LAT, "long": LON}
FORMS = pytest.mark.parametrize("form", ["xml", "json"])
REQUEST_FIELDS = {
    *("service_request_id", "status", "status_notes", "service_name", "service_code", "description"),
    *("agency_responsible", "service_notice", "requested_datetime", "updated_datetime", "expected_datetime"),
    *("address", "address_id", "zipcode", "lat", "long", "media_url"),
}


def send(client: Client, call: str, **fields: object) -> HttpResponse:
    form = urlencode(fields, doseq=True)
    return client.post(f"/open311/v2/{call}", form, content_type="application/x-www-form-urlencoded")


def created(client: Client, key: str, **fields: object) -> str:
    given = {"api_key": key, "service_code": LAMP, "description": "路灯不亮", **HERE, **fields}
    answer = send(client, "requests.json", **given)
    assert answer.status_code == 200, answer.content
    (request,) = answer.json()
    return str(request["service_request_id"])


def errors_of(answer: HttpResponse, form: str) -> list[tuple[str, str]]:
    if form == "json":
        return [(str(error["code"]), error["description"]) for error in json.loads(answer.content)]
    root = ElementTree.fromstring(answer.content)
    assert root.tag == "errors"
    return [(error.findtext("code"), error.findtext("description")) for error in root.iter("error")]


@FORMS
def test_discovery_names_endpoints_and_forms(client: Client, form: str) -> None:
    answer = client.get(f"/open311/v2/discovery.{form}")
    assert answer.status_code == 200
    if form == "json":
        endpoints = answer.json()["endpoints"]
        assert {endpoint["type"] for endpoint in endpoints} == {"production", "test"}
        assert endpoints[0]["url"].endswith("/open311/v2")
    else:
        root = ElementTree.fromstring(answer.content)
        assert [one.text for one in root.find("endpoints/endpoint/formats")] == [
            "text/xml",
            "application/json",
        ]


@FORMS
def test_services_and_their_definitions_are_listed(city: Cast, client: Client, form: str) -> None:
    listed = client.get(f"/open311/v2/services.{form}")
    defined = client.get(f"/open311/v2/services/{LAMP}.{form}")
    assert listed.status_code == defined.status_code == 200
    if form == "json":
        assert listed["Content-Type"] == "application/json; charset=utf-8"
        assert LAMP in {service["service_code"] for service in listed.json()}
        assert defined.json()["service_code"] == LAMP
    else:
        assert listed["Content-Type"] == "text/xml; charset=utf-8"
        codes = [
            one.findtext("service_code") for one in ElementTree.fromstring(listed.content).iter("service")
        ]
        assert LAMP in codes
        assert ElementTree.fromstring(defined.content).tag == "service_definition"


@FORMS
def test_a_request_is_created_read_and_found_by_its_token(client: Client, key: str, form: str) -> None:
    answer = send(client, f"requests.{form}", api_key=key, service_code=LAMP, description="灯\x0b坏", **HERE)
    assert answer.status_code == 200
    if form == "json":
        pk = answer.json()[0]["service_request_id"]
        (shown,) = client.get(f"/open311/v2/requests/{pk}.json").json()
        assert set(shown) == REQUEST_FIELDS
        assert (shown["service_code"], shown["status"], shown["lat"]) == (LAMP, "open", LAT)
        assert client.get(f"/open311/v2/tokens/{pk}.json").json()[0]["service_request_id"] == pk
    else:
        pk = ElementTree.fromstring(answer.content).findtext("request/service_request_id")
        root = ElementTree.fromstring(client.get(f"/open311/v2/requests/{pk}.xml").content)
        assert {one.tag for one in root.find("request")} == REQUEST_FIELDS
        token = ElementTree.fromstring(client.get(f"/open311/v2/tokens/{pk}.xml").content)
        assert token.findtext("request/token") == pk


def test_who_reported_is_kept_and_never_shown(client: Client, key: str) -> None:
    pk = created(client, key, first_name="Li", last_name="Lei", phone="13800001234", email="li@example.org")
    report = Report.objects.get(pk=pk)
    assert (contact_of(report.pk).name, contact_of(report.pk).phone) == ("Li Lei", "13800001234")
    shown = client.get(f"/open311/v2/requests/{pk}.json").content.decode()
    assert "1380000" not in shown
    assert "Lei" not in shown
    assert report.tracking_code not in shown


def test_reports_of_other_channels_need_a_key(
    client: Client, person: Callable[[str], Client], key: str, city: Cast
) -> None:
    from django.utils import timezone

    from gezhi.people.actions import issue_token

    own = created(client, key)
    other = str(cast.reported("垃圾没人清").report_id)
    ids = lambda answer: {one["service_request_id"] for one in answer.json()}  # noqa: E731
    assert ids(client.get("/open311/v2/requests.json")) == {own}
    assert client.get(f"/open311/v2/requests/{other}.json").status_code == 404
    staff = issue_token(city.account("dispatcher"), "d", ["read"], timezone.now())
    assert ids(client.get("/open311/v2/requests.json", {"api_key": staff})) == {own, other}


@FORMS
@pytest.mark.parametrize(
    ("call", "fields", "status"),
    [
        ("requests", {"service_code": LAMP, **HERE}, 403),
        ("requests", {"api_key": "wrong", "service_code": LAMP, **HERE}, 403),
        ("requests", {"api_key": "KEY", **HERE}, 400),
        ("requests", {"api_key": "KEY", "service_code": "nonsense", **HERE}, 404),
        ("requests", {"api_key": "KEY", "service_code": LAMP}, 400),
        ("requests", {"api_key": "KEY", "service_code": LAMP, "lat": "1"}, 400),
        ("requests", {"api_key": "KEY", "service_code": LAMP, "lat": "999", "long": "moon"}, 400),
        ("requests", {"api_key": "KEY", "service_code": LAMP, "address_id": "here"}, 400),
        ("requests", {"api_key": "KEY", "service_code": LAMP, "description": "a\0b", **HERE}, 400),
        ("requests", {"api_key": "KEY", "service_code": LAMP, "description": "x" * 5000, **HERE}, 400),
        ("requests", {"api_key": "KEY", "service_code": LAMP, "jurisdiction_id": "mars", **HERE}, 404),
        ("servicerequestupdates", {"api_key": "KEY", "service_request_id": "1"}, 400),
        ("servicerequestupdates", {"api_key": "KEY", "service_request_id": "x", "description": "a"}, 404),
        ("services", {}, 405),
    ],
)
def test_refused_posts_say_why(
    client: Client, key: str, form: str, call: str, fields: dict[str, str], status: int
) -> None:
    given = {**fields, **({"api_key": key} if fields.get("api_key") == "KEY" else {})}
    answer = send(client, f"{call}.{form}", **given)
    assert answer.status_code == status
    errors = errors_of(answer, form)
    assert errors
    assert all(code == str(status) and description for code, description in errors)
    assert Report.objects.count() == 0


@FORMS
@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("services/nonsense", 404),
        ("requests/0", 404),
        ("requests/99999999999999999999", 404),
        ("tokens/abc", 404),
        ("nothing", 404),
        ("requests", 400),
    ],
)
def test_refused_gets_say_why(city: Cast, client: Client, form: str, address: str, status: int) -> None:
    answer = client.get(f"/open311/v2/{address}.{form}", {"start_date": "yesterday"})
    assert answer.status_code == status
    assert [code for code, _ in errors_of(answer, form)] == [str(status)]


@pytest.mark.parametrize(
    "query",
    [
        {"start_date": "2026-01-01T00:00:00Z", "end_date": "2026-06-01T00:00:00Z"},
        {"end_date": "0001-01-01T00:00:00Z"},
        {"status": "sleeping"},
        {"bbox": "1,2,3"},
        {"page": "0"},
        {"page_size": "5000"},
    ],
)
def test_wrong_arguments_are_named(city: Cast, client: Client, query: dict[str, str]) -> None:
    assert client.get("/open311/v2/requests.json", query).status_code == 400


def test_filters_narrow_and_pages_follow(client: Client, key: str) -> None:
    first, second = created(client, key), created(client, key, description="又一盏路灯不亮")

    def found(**query: str) -> list[str]:
        return [one["service_request_id"] for one in client.get("/open311/v2/requests.json", query).json()]

    assert found() == [second, first]
    assert found(page_size="1", page="2") == [first]
    assert found(service_request_id=f"{first},x") == [first]
    assert found(service_code=LAMP, status="open") == [second, first]
    assert found(status="closed") == found(service_code="matter-06010") == []
    assert found(status="open,closed") == [second, first]
    assert found(bbox=f"{LON - 1},{LAT - 1},{LON + 1},{LAT + 1}") == [second, first]
    assert found(bbox="0,0,1,1") == found(end_date="2020-01-01T00:00:00+08:00") == []
    assert found(updated_after="2020-01-01T00:00:00Z") == [second, first]
    assert found(updated_before="2020-01-01T00:00:00Z") == []
    assert found(jurisdiction_id=settings.NODE_PLACE, status="", service_code="") == [second, first]


def test_a_comment_becomes_a_step_of_the_case(client: Client, key: str, ended_key: str) -> None:
    pk = created(client, key)
    answer = send(
        client, "servicerequestupdates.json", api_key=key, service_request_id=pk, description="还是不亮"
    )
    assert answer.status_code == 200, answer.content
    updates = client.get("/open311/v2/servicerequestupdates.json", {"service_request_id": pk}).json()
    assert updates
    assert {"update_id", "service_request_id", "status", "updated_datetime", "description"} <= set(updates[0])


def test_lists_cost_the_same_however_long(client: Client, key: str) -> None:
    def statements(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as counted:
            assert client.get(address).status_code == 200
        return len(counted)

    created(client, key)
    addresses = ("/open311/v2/requests.json", "/open311/v2/servicerequestupdates.xml")
    before = [statements(address) for address in addresses]
    for n in range(8):
        created(client, key, description=f"第{n}处垃圾", service_code="matter-06010", long=LON + n / 1000)
    assert [statements(address) for address in addresses] == before
    assert max(before) <= 3


def test_a_media_address_that_is_no_web_address_is_not_passed_on(client: Client, key: str) -> None:
    for given, shown in (
        ("javascript:alert(1)", ""),
        ("https://example.org/a.jpg", "https://example.org/a.jpg"),
    ):
        pk = created(client, key, media_url=given)
        assert client.get(f"/open311/v2/requests/{pk}.json").json()[0]["media_url"] == shown
