"""Things, datastreams and observations over HTTP, on a real database."""

import pytest
from django.test import Client

from gezhi.ledger.models import Entry
from gezhi.sensing.models import Datastream, Thing
from tests.cast import BAISHA, WANAN, Cast
from tests.exchange.sensorthings import (
    HOST,
    ROOT,
    Asker,
    asker,
    at,
    datastream,
    manhole,
    observed_property,
    point,
    sensor,
    stream_of,
)

pytestmark = pytest.mark.django_db
GRID = f"{WANAN}001"


@pytest.fixture
def service(city: Cast) -> Asker:
    return asker(city, "leader")


@pytest.fixture
def thing(service: Asker) -> int:
    return service.made("Things", manhole(GRID))


@pytest.fixture
def stream(service: Asker, thing: int) -> int:
    return stream_of(service, thing)


def observed(service: Asker, stream: int, minute: int, result: object, **more: object) -> int:
    body = {"phenomenonTime": at(minute), "result": result, "Datastream": {"@iot.id": stream}, **more}
    return service.made("Observations", body)


def test_the_root_names_every_list_and_what_is_conformed_to(service: Asker) -> None:
    root = service.get("")
    assert {one["name"] for one in root["value"]} >= {"Things", "Observations", "FeaturesOfInterest"}
    assert all(one["url"] == f"{HOST}/{one['name']}" for one in root["value"])
    assert any("data-array" in one for one in root["serverSettings"]["conformance"])


def test_a_thing_with_all_its_parts_is_written_in_one_request(service: Asker, thing: int) -> None:
    found = service.get(
        f"Things({thing})?$expand=Locations,Datastreams($expand=Sensor,ObservedProperty),HistoricalLocations"
    )
    assert found["name"] == "井1"
    assert found["Locations"][0]["location"]["type"] == "Point"
    assert found["Datastreams"][0]["Sensor"]["metadata"] == "LT-1"
    assert found["Datastreams"][0]["ObservedProperty"]["definition"] == "urn:level"
    assert len(found["HistoricalLocations"]) == 1
    row = Thing.objects.get(pk=thing)
    assert (row.place_code, row.kind) == (GRID, "manhole")
    assert Datastream.objects.get(thing=row).place_code == GRID


def test_a_deep_insert_leaves_one_entry_or_nothing_at_all(service: Asker) -> None:
    newest = Entry.objects.count()
    service.made("Things", manhole(GRID))
    assert Entry.objects.count() == newest + 1
    broken = manhole(GRID, "井2", datastream(), {**datastream(), "Sensor": {"@iot.id": 999_999}})
    assert service.send("POST", "Things", broken).status_code == 400
    assert not Thing.objects.filter(name="井2").exists()
    assert Entry.objects.count() == newest + 1


def test_every_fault_of_a_body_is_named_with_its_place(service: Asker) -> None:
    bad = manhole(GRID)
    bad["Datastreams"][0]["unitOfMeasurement"] = "metre"
    bad["Locations"][0]["location"] = {"type": "Point", "coordinates": [999, 29]}
    bad["colour"] = "red"
    del bad["description"]
    answer = service.send("POST", "Things", bad)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    fields = {one["field"] for one in answer.json()["errors"]}
    assert fields == {"Datastreams[0].unitOfMeasurement", "Locations[0].location", "colour", "description"}


def test_an_observation_keeps_what_it_said(service: Asker, stream: int) -> None:
    number = observed(
        service, stream, 5, 2.5, resultTime=at(6), parameters={"battery": 3.1}, resultQuality="good",
    )  # fmt: skip
    found = service.get(f"Observations({number})")
    assert found["result"] == 2.5
    assert found["phenomenonTime"] == "2026-03-01T00:05:00.000Z"
    assert found["resultTime"] == "2026-03-01T00:06:00.000Z"
    assert found["parameters"] == {"battery": 3.1}
    assert found["resultQuality"] == "good"
    assert number >> 41 == stream


@pytest.mark.parametrize("result", [7, -0.25, True, "开", {"a": [1, 2]}, [1, 2]])
def test_a_result_of_any_kind_comes_back_as_it_was(service: Asker, stream: int, result: object) -> None:
    number = observed(service, stream, 1, result)
    found = service.get(f"Observations({number})")["result"]
    assert (found, type(found)) == (result, type(result))


def test_a_period_comes_back_as_a_period(service: Asker, stream: int) -> None:
    body = {"phenomenonTime": f"{at(0)}/{at(60)}", "result": 4, "Datastream": {"@iot.id": stream}}
    number = service.made("Observations", body)
    assert service.get(f"Observations({number})")["phenomenonTime"] == (
        "2026-03-01T00:00:00.000Z/2026-03-01T01:00:00.000Z"
    )


def test_the_same_observation_twice_is_one_and_another_value_is_refused(service: Asker, stream: int) -> None:
    first = observed(service, stream, 5, 2.5)
    assert observed(service, stream, 5, 2.5) == first
    body = {"phenomenonTime": at(5), "result": 9, "Datastream": {"@iot.id": stream}}
    answer = service.send("POST", "Observations", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "contradicts")
    assert service.get(f"Observations({first})")["result"] == 2.5


def test_an_observation_without_a_feature_is_of_the_place_of_its_thing(
    service: Asker, thing: int, stream: int
) -> None:
    first, second = observed(service, stream, 1, 1), observed(service, stream, 2, 1)
    features = [service.get(f"Observations({one})/FeatureOfInterest") for one in (first, second)]
    assert features[0]["@iot.id"] == features[1]["@iot.id"]
    assert features[0]["feature"] == service.values(f"Things({thing})/Locations")[0]["location"]
    own = service.values(f"FeaturesOfInterest({features[0]['@iot.id']})/Observations")
    assert [one["@iot.id"] for one in own] == [first, second]


def test_observations_before_a_move_stay_of_the_old_place(service: Asker, thing: int, stream: int) -> None:
    before = observed(service, stream, 1, 1)
    other = service.made("Locations", point(f"{WANAN}002"))
    assert service.send("PATCH", f"Things({thing})", {"Locations": [{"@iot.id": other}]}).status_code == 200
    assert len(service.values(f"Things({thing})/HistoricalLocations")) == 2
    after = service.made("Observations", {"result": 2, "Datastream": {"@iot.id": stream}})
    a, b = (service.get(f"Observations({one})/FeatureOfInterest")["@iot.id"] for one in (before, after))
    assert a != b
    assert Thing.objects.get(pk=thing).place_code == f"{WANAN}002"
    assert Datastream.objects.get(pk=stream).place_code == f"{WANAN}002"


def test_an_observation_of_nothing_is_refused(service: Asker) -> None:
    thing = service.made("Things", {"name": "a", "description": "a"})
    stream = service.made("Datastreams", datastream(Thing={"@iot.id": thing}))
    answer = service.send("POST", "Observations", {"result": 1, "Datastream": {"@iot.id": stream}})
    assert (answer.status_code, answer.json()["code"]) == (400, "no-feature")


@pytest.mark.parametrize("time", ["1970-01-01T00:00:00Z", "1999-12-31T23:59:59Z", "2099-01-01T00:00:00Z"])
def test_a_clock_that_is_wrong_is_refused(service: Asker, stream: int, time: str) -> None:
    body = {"phenomenonTime": time, "result": 1, "Datastream": {"@iot.id": stream}}
    answer = service.send("POST", "Observations", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "refused-reading")


@pytest.mark.parametrize(
    "result", [None, "x" * 2001, "data:image/png;base64,AA", {"face": "y" * 3000}, ["z" * 2001]]
)
def test_pictures_and_nothing_are_no_results(service: Asker, stream: int, result: object) -> None:
    answer = service.send("POST", "Observations", {"result": result, "Datastream": {"@iot.id": stream}})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "result"


@pytest.mark.parametrize(
    "text", [b'{"result": NaN}', b'{"result": 1e999}', b"{", b"\xff", b"[" * 5000, b"[]", b"3"]
)
def test_a_body_that_is_none_is_refused(service: Asker, text: bytes) -> None:
    assert service.send("POST", "Observations", text).status_code == 400


def test_a_corrected_value_is_the_value_and_a_corrected_time_keeps_the_address(
    service: Asker, stream: int
) -> None:
    number = observed(service, stream, 5, 2.5, parameters={"a": 1})
    assert service.send("PATCH", f"Observations({number})", {"result": 3}).status_code == 200
    assert service.send("PATCH", f"Observations({number})", {"phenomenonTime": at(50)}).status_code == 200
    found = service.get(f"Observations({number})")
    assert (found["result"], found["phenomenonTime"]) == (3, "2026-03-01T00:50:00.000Z")
    assert found["parameters"] == {"a": 1}
    assert found["@iot.id"] == number
    assert service.send("DELETE", f"Observations({number})").status_code == 200
    service.get(f"Observations({number})", status=404)
    assert service.values(f"Datastreams({stream})/Observations") == []


def test_a_new_observation_where_a_moved_one_was_has_the_address_to_itself(
    service: Asker, stream: int
) -> None:
    moved = observed(service, stream, 5, 1)
    service.send("PATCH", f"Observations({moved})", {"phenomenonTime": at(50)})
    fresh = observed(service, stream, 5, 2)
    assert fresh == moved
    assert service.get(f"Observations({fresh})")["result"] == 2
    ids = [one["@iot.id"] for one in service.values(f"Datastreams({stream})/Observations")]
    assert len(set(ids)) == 2
    assert [service.get(f"Observations({one})")["result"] for one in ids] == [2, 1]


def test_a_patch_changes_what_it_names_and_a_put_the_rest_as_well(service: Asker, thing: int) -> None:
    assert service.send("PATCH", f"Things({thing})", {"description": "新"}).status_code == 200
    assert service.get(f"Things({thing})")["properties"] == {"kind": "manhole"}
    assert service.send("PUT", f"Things({thing})", {"name": "b", "description": "c"}).status_code == 200
    assert "properties" not in service.get(f"Things({thing})")
    assert service.send("PUT", f"Things({thing})", {"name": "b"}).status_code == 400


def test_a_json_patch_reaches_inside_of_properties(service: Asker, thing: int) -> None:
    patch = [
        {"op": "test", "path": "/properties/kind", "value": "manhole"},
        {"op": "add", "path": "/properties/owner", "value": {"name": "市政"}},
        {"op": "replace", "path": "/name", "value": "井9"},
    ]
    kind = "application/json-patch+json"
    assert service.send("PATCH", f"Things({thing})", patch, kind).status_code == 200
    found = service.get(f"Things({thing})")
    assert (found["name"], found["properties"]["owner"]) == ("井9", {"name": "市政"})
    patch[0]["value"] = "lamp"
    assert service.send("PATCH", f"Things({thing})", patch, kind).status_code == 400


def test_a_patch_writes_nothing_out(service: Asker, thing: int) -> None:
    assert service.send("PATCH", f"Things({thing})", {"Locations": [point(GRID)]}).status_code == 400


def test_what_cannot_be_without_it_goes_with_it(service: Asker, thing: int, stream: int) -> None:
    number = observed(service, stream, 1, 1)
    feature = service.get(f"Observations({number})/FeatureOfInterest")["@iot.id"]
    assert service.send("DELETE", f"FeaturesOfInterest({feature})").status_code == 200
    service.get(f"Observations({number})", status=404)
    observed(service, stream, 2, 1)
    assert service.send("DELETE", f"Things({thing})").status_code == 200
    for path in (f"Things({thing})", f"Datastreams({stream})"):
        service.get(path, status=404)
    assert service.values("Observations") == []
    assert service.values("Sensors")


def test_paths_lead_over_links_to_values(service: Asker, thing: int, stream: int) -> None:
    number = observed(service, stream, 1, 1)
    path = f"Observations({number})/Datastream/Thing"
    assert service.get(path)["@iot.id"] == thing
    assert service.get(f"{path}/name") == {"name": "井1"}
    assert service.get(f"{path}/properties/kind") == {"kind": "manhole"}
    assert service.client.get(f"{ROOT}/{path}/name/$value").content.decode() == "井1"
    assert service.get(f"{path}/$ref") == {"@iot.selfLink": f"{HOST}/Things({thing})"}
    refs = service.values(f"Things({thing})/Datastreams/$ref")
    assert refs == [{"@iot.selfLink": f"{HOST}/Datastreams({stream})"}]
    assert service.client.get(f"{ROOT}/Observations({number})/resultTime").status_code == 204


@pytest.mark.parametrize(
    "path", ["Nothings", "Things(0)", "Things/name", "Things(1)/colour", "Things(999999)/Datastreams", "Things(x)",
             f"Observations({2**63 - 1})", "Datastreams(9223372036854775807)/Thing", "/".join(["Things(1)"] * 20)],
)  # fmt: skip
def test_what_stands_nowhere_is_not_found(service: Asker, path: str) -> None:
    assert service.get(path, status=404)["code"] == "not-found"


def test_a_child_is_made_behind_its_parent(service: Asker, thing: int, stream: int) -> None:
    more = service.made(f"Things({thing})/Datastreams", datastream("电量"))
    assert service.get(f"Datastreams({more})/Thing")["@iot.id"] == thing
    number = service.made(f"Datastreams({stream})/Observations", {"phenomenonTime": at(3), "result": 1})
    assert number >> 41 == stream
    service.made(f"Things({thing})/Locations", point(f"{WANAN}002"))
    assert Thing.objects.get(pk=thing).place_code == f"{WANAN}002"
    service.made("Sensors", {**sensor(), "Datastreams": []})
    service.made("ObservedProperties", observed_property("rain"))


def test_a_datastream_without_its_three_is_refused(service: Asker, thing: int) -> None:
    for name in ("Sensor", "ObservedProperty"):
        body = {**datastream(), "Thing": {"@iot.id": thing}}
        del body[name]
        assert service.send("POST", "Datastreams", body).status_code == 400
    assert service.send("POST", "Datastreams", datastream()).status_code == 400


def test_limits_of_a_series_are_said_in_its_properties(service: Asker, thing: int) -> None:
    own = {"low": 0, "high": 5, "every_s": 60, "silent_after_s": 7200, "code": "w01018"}
    number = service.made(f"Things({thing})/Datastreams", datastream("a", properties=own))
    row = Datastream.objects.get(pk=number)
    assert (row.low, row.high, row.every_s, row.silent_after_s, row.code) == (0, 5, 60, 7200, "w01018")
    wrong = datastream("b", properties={"low": 6, "high": 5})
    assert service.send("POST", f"Things({thing})/Datastreams", wrong).status_code == 400


def test_who_reaches_another_place_sees_nothing_and_changes_nothing(
    city: Cast, service: Asker, thing: int, stream: int
) -> None:
    number = observed(service, stream, 1, 1)
    other = asker(city, "jiangbei-dispatcher")
    for path in (
        "Things",
        "Datastreams",
        "Observations",
        "Locations",
        "FeaturesOfInterest",
        "HistoricalLocations",
    ):
        assert other.values(path) == [], path
    for path in (f"Things({thing})", f"Observations({number})", f"Datastreams({stream})/Observations"):
        other.get(path, status=404)
    assert other.values("Sensors?$filter=Datastreams/name eq '液位'") == []
    assert other.values("Sensors?$expand=Datastreams")[0]["Datastreams"] == []
    assert other.send("DELETE", f"Things({thing})").status_code == 404
    body = {"phenomenonTime": at(9), "result": 1, "Datastream": {"@iot.id": stream}}
    assert other.send("POST", "Observations", body).status_code == 400
    assert other.send("POST", "Things", manhole(GRID)).status_code == 403
    assert other.made("Things", manhole(f"{BAISHA}001"))


def test_a_key_reads_with_read_and_writes_with_sense(city: Cast, service: Asker) -> None:
    assert asker(city, "leader", "read").send("POST", "Things", manhole(GRID)).status_code == 403
    assert asker(city, "leader", "sense").client.get(f"{ROOT}/Things").status_code == 403
    assert Client().get(f"{ROOT}/Things").status_code == 401
    assert asker(city, "nobody").send("POST", "Things", manhole(GRID)).json()["code"] == "no-post"


def test_a_key_may_come_as_a_password(city: Cast) -> None:
    import base64

    from django.utils import timezone

    from gezhi.people.actions import issue_token

    key = issue_token(city.account("leader"), "basic", ["read"], timezone.now())
    word = base64.b64encode(f"anything:{key}".encode()).decode()
    assert Client(headers={"Authorization": f"Basic {word}"}).get(f"{ROOT}/Things").status_code == 200
    assert Client(headers={"Authorization": "Basic !!"}).get(f"{ROOT}/Things").status_code == 401
