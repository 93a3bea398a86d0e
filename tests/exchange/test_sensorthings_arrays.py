"""Many at once: batches and data arrays."""

import json
from typing import Any

import pytest
from django.utils import timezone

from gezhi.sensing.models import Thing
from gezhi.sensing.queries.feeds import refused_since
from tests.cast import WANAN, Cast
from tests.exchange.sensorthings import Asker, asker, at, datastream, manhole, stream_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def service(city: Cast) -> Asker:
    return asker(city, "leader")


@pytest.fixture
def stream(service: Asker) -> int:
    return stream_of(service, service.made("Things", manhole(f"{WANAN}001")))


def test_a_batch_does_what_it_says_and_refers_to_what_it_made(service: Asker) -> None:
    requests = [
        {"id": "t", "method": "post", "url": "Things", "body": {"name": "批", "description": "b"}},
        {"id": "d", "method": "post", "url": "$t/Datastreams", "body": datastream("批流")},
        {"id": "g", "method": "get", "url": "$t?$expand=Datastreams"},
        {"id": "x", "method": "get", "url": "Nothings"},
    ]
    told = service.post("$batch", {"requests": requests}, status=200)["responses"]
    assert [one["status"] for one in told] == [201, 201, 200, 404]
    assert told[2]["body"]["Datastreams"][0]["name"] == "批流"


def test_a_group_of_a_batch_is_done_as_a_whole_or_not(service: Asker) -> None:
    requests = [
        {
            "id": "a",
            "atomicityGroup": "g",
            "method": "post",
            "url": "Things",
            "body": {"name": "甲", "description": ""},
        },
        {"id": "b", "atomicityGroup": "g", "method": "post", "url": "Things", "body": {"name": "乙"}},
        {"id": "c", "method": "post", "url": "Things", "body": {"name": "丙", "description": ""}},
    ]
    told = service.post("$batch", {"requests": requests}, status=200)["responses"]
    assert [one["status"] for one in told] == [424, 400, 201]
    assert set(Thing.objects.values_list("name", flat=True)) == {"丙"}


def array(stream: int, rows: list[list[Any]], *components: str) -> dict[str, Any]:
    names = list(components or ("phenomenonTime", "result"))
    return {"Datastream": {"@iot.id": stream}, "components": names, "dataArray": rows}


def test_a_data_array_is_taken_and_each_row_answered(service: Asker, stream: int) -> None:
    rows = [[at(minute), minute / 2] for minute in range(1, 100)]
    answer = service.send("POST", "CreateObservations", [array(stream, rows)])
    assert answer.status_code == 201
    assert answer["Gezhi-Taken"] == "new=99, again=0, contradicting=0, refused=0"
    links = json.loads(answer.content)
    first = service.client.get(links[0].removeprefix("http://testserver")).json()
    assert (first["result"], first["phenomenonTime"]) == (0.5, "2026-03-01T00:01:00.000Z")
    assert service.get(f"Datastreams({stream})/Observations?$count=true&$top=0")["@iot.count"] == 99
    again = service.send("POST", "CreateObservations", [array(stream, rows)])
    assert again["Gezhi-Taken"] == "new=0, again=99, contradicting=0, refused=0"
    assert json.loads(again.content) == links


def test_rows_that_cannot_be_kept_say_so_and_the_others_are_kept(service: Asker, stream: int) -> None:
    rows = [
        [at(1), 1],
        ["yesterday", 2],
        [at(2), "文"],
        ["1970-01-01T00:00:00Z", 3],
        [at(1), 9],
        [at(3), None],
    ]
    answer = service.send("POST", "CreateObservations", [array(stream, rows), array(4_000_000, [[at(1), 1]])])
    told = json.loads(answer.content)
    assert [one == "error" for one in told] == [False, True, False, True, True, True, True]
    assert [one["result"] for one in service.values("Observations")] == [1, "文"]


def test_a_data_array_carries_features_and_parameters(service: Asker, stream: int) -> None:
    feature = service.made("FeaturesOfInterest", {
        "name": "河", "description": "河", "encodingType": "application/geo+json",
        "feature": {"type": "Point", "coordinates": [121.505, 29.805]},
    })  # fmt: skip
    body = array(stream, [[at(1), 1, feature, {"a": 1}], [at(2), 2, None, None]],
                 "phenomenonTime", "result", "FeatureOfInterest/id", "parameters")  # fmt: skip
    assert service.send("POST", "CreateObservations", [body]).status_code == 201
    rows = service.values("Observations?$expand=FeatureOfInterest")
    assert rows[0]["FeatureOfInterest"]["name"] == "河"
    assert rows[0]["parameters"] == {"a": 1}
    assert rows[1]["FeatureOfInterest"]["@iot.id"] != feature


def test_a_feature_of_elsewhere_is_refused_and_not_shown(city: Cast, service: Asker, stream: int) -> None:
    other = asker(city, "jiangbei-dispatcher")
    feature = other.made("FeaturesOfInterest", {
        "name": "江", "description": "江", "encodingType": "application/geo+json",
        "feature": {"type": "Point", "coordinates": [121.605, 29.805]},
    })  # fmt: skip
    mine = asker(city, "dispatcher")
    for known in (feature, 10**15):
        body = array(stream, [[at(1), 1, known]], "phenomenonTime", "result", "FeatureOfInterest/id")
        assert json.loads(mine.send("POST", "CreateObservations", [body]).content) == ["error"]
    assert service.values("Observations") == []


def test_what_is_refused_before_the_door_is_counted_by_whose_it_is(service: Asker, stream: int) -> None:
    wrong = [[at(1), None], ["yesterday", 1], [at(2), 1]]
    answer = service.send(
        "POST", "CreateObservations", [array(stream, wrong), array(stream + 999, [[at(1), 1]])]
    )
    assert answer["Gezhi-Taken"] == "new=1, again=0, contradicting=0, refused=3"
    assert service.send("POST", "CreateObservations", {"no": "arrays"}).status_code == 400
    assert list(refused_since(timezone.now()).values()) == [
        {"unreadable": 2, "unknown-datastream": 1, "body": 1}
    ]


def test_a_key_of_which_most_is_refused_is_heard_less_often_and_others_are_not(
    service: Asker, stream: int, city: Cast
) -> None:
    other, wrong = asker(city, "dispatcher"), [["1970-01-01T00:00:01Z", 1]] * 1_000
    answers = [service.send("POST", "CreateObservations", [array(stream, wrong)]) for _ in range(12)]
    assert {one.status_code for one in answers[:5]} == {201}
    told = answers[-1]
    assert (told.status_code, told.json()["code"]) == (429, "too-much-refused")
    assert int(told["Retry-After"]) >= 1
    assert other.send("POST", "CreateObservations", [array(stream, [[at(1), 1]])]).status_code == 201
    assert service.send("GET", "Things").status_code == 200


def test_some_wrong_rows_among_many_good_ones_slow_nobody(service: Asker, stream: int) -> None:
    for minute in range(1, 12):
        good = [
            [f"2026-02-{minute:02}T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z", 1] for n in range(1_100)
        ]
        rows = [*good, *([["1970-01-01T00:00:01Z", 1]] * 1_000)]
        assert service.send("POST", "CreateObservations", [array(stream, rows)]).status_code == 201


def test_observations_come_as_data_arrays(service: Asker, stream: int) -> None:
    service.send("POST", "CreateObservations", [array(stream, [[at(one), one] for one in range(3)])])
    path = f"Datastreams({stream})/Observations?$resultFormat=dataArray&$select=phenomenonTime,result"
    (found,) = service.values(path)
    assert found["components"] == ["phenomenonTime", "result"]
    assert found["dataArray@iot.count"] == 3
    assert found["dataArray"][2] == ["2026-03-01T00:02:00.000Z", 2]


@pytest.mark.parametrize(
    "body", [{}, [], [3], [{"Datastream": {}}], [array(1, [[1]])], [array(1, [[at(1), 1]], "phenomenonTime", "colour")],
             [{**array(1, []), "dataArray": 3}], [array(0, [[at(1), 1]])], [array(2**40, [[at(1), 1]])]],
)  # fmt: skip
def test_a_data_array_of_a_wrong_form_is_refused(service: Asker, body: object) -> None:
    answer = service.send("POST", "CreateObservations", body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
