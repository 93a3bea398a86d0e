"""Things, readings, warnings and silences for other systems and scripts."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.sensing.models import SilenceRow
from tests.cast import NANMEN, Cast
from tests.sensing.flooded import Flood, flooded, send
from tests.sensing.things import a_thing, with_packs

Person = Callable[[str], Client]
API = "/api/v1/sensing"


@pytest.fixture
def flood(city: Cast) -> Flood:
    return flooded(city.units["haishu-works"])


def test_things_of_ones_places_are_listed(person: Person, flood: Flood) -> None:
    rows = person("dispatcher").get(f"{API}/things").json()["things"]
    assert {(row["id"], row["state"], row["level"]) for row in rows} == {
        (flood.underpass.pk, "alarming", "orange"),
        (flood.manhole.pk, "good", None),
        (flood.silent.pk, "silent", None),
    }
    asked = person("dispatcher").get(f"{API}/things", {"state": "silent", "place": NANMEN}).json()
    assert [row["id"] for row in asked["things"]] == [flood.silent.pk]
    assert asked["next"] is None


def test_a_wrong_filter_is_named(person: Person, flood: Flood) -> None:
    answer = person("dispatcher").get(f"{API}/things", {"place": "南门"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-filter")
    assert person("dispatcher").get(f"{API}/things", {"state": "angry"}).status_code == 422


def test_a_thing_tells_its_newest_readings(person: Person, flood: Flood) -> None:
    send([flood.freeboard], timezone.now() + timedelta(seconds=1), 99.0)
    body = person("dispatcher").get(f"{API}/things/{flood.manhole.pk}").json()
    (stream,) = body["datastreams"]
    assert (stream["value"], stream["unit"], stream["silent"]) == (99.0, "m", False)
    assert {"out-of-range", "jump"} <= set(stream["marks"])
    assert person("dispatcher").get(f"{API}/things/{flood.elsewhere.pk}").status_code == 404


def test_a_history_comes_in_buckets_with_alarms(person: Person, flood: Flood) -> None:
    body = person("handler").get(f"{API}/datastreams/{flood.depth}/history", {"span": "24h"}).json()
    assert body["bucket_s"] == 900
    assert sum(one["count"] for one in body["buckets"]) == 9
    assert {one["mean"] for one in body["buckets"]} == {30.0}
    assert ("dr-underpass-depth", "orange", None) in {
        (one["monitor"], one["level"], one["until"]) for one in body["alarms"]
    }
    assert person("handler").get(f"{API}/datastreams/{flood.freeboard}/history").status_code == 404


def test_warnings_are_listed_read_and_acknowledged(person: Person, flood: Flood) -> None:
    client = person("dispatcher")
    rows = client.get(f"{API}/warnings").json()["warnings"]
    assert [row["monitor"] for row in rows] == ["dr-underpass-depth", "dr-underpass-wet"]
    assert rows[0]["case"]
    one = client.get(f"{API}/warnings/{rows[0]['id']}").json()
    assert [(member["datastream"], member["value"]) for member in one["members"]] == [(flood.depth, 30.0)]
    assert [move["why"] for move in one["moves"]] == ["reached"]
    assert one["todo_en"]
    assert client.post(f"{API}/warnings/{rows[0]['id']}/acknowledge").json()["acknowledged_at"]
    again = client.post(f"{API}/warnings/{rows[0]['id']}/acknowledge")
    assert (again.status_code, again.json()["code"]) == (422, "acknowledged")


def test_warnings_elsewhere_are_not_there(person: Person, flood: Flood) -> None:
    client = person("jiangbei-dispatcher")
    assert client.get(f"{API}/warnings").json()["warnings"] == []
    assert client.get(f"{API}/warnings/{flood.warning.pk}").status_code == 404
    assert client.post(f"{API}/warnings/{flood.warning.pk}/acknowledge").status_code == 404
    assert person("operator").post(f"{API}/warnings/{flood.warning.pk}/acknowledge").status_code == 403


def test_monitors_say_how_much_they_watch(person: Person, flood: Flood) -> None:
    rows = {row["key"]: row for row in person("dispatcher").get(f"{API}/monitors").json()}
    assert (rows["dr-underpass-depth"]["watched"], rows["dr-underpass-depth"]["foreign"]) == (1, 0)
    assert rows["dr-underpass-depth"]["levels"]["orange"] == "value >= 25"


def test_a_silence_is_set_listed_and_ended(person: Person, flood: Flood) -> None:
    client, until = person("dispatcher"), (timezone.now() + timedelta(hours=2)).isoformat()
    body = {"why": "泵站检修", "until": until, "monitors": ["dr-underpass-depth"], "place_code": NANMEN}
    made = client.post(f"{API}/silences", body, content_type="application/json")
    assert made.status_code == 201
    assert [row["why"] for row in client.get(f"{API}/silences").json()] == ["泵站检修"]
    assert person("jiangbei-dispatcher").get(f"{API}/silences").json() == []
    assert client.post(f"{API}/silences/{made.json()['id']}/end").status_code == 200
    assert SilenceRow.objects.get().until <= timezone.now()
    assert client.get(f"{API}/silences").json() == []


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"monitors": ["no-such"]}, 422, "unknown-monitor"),
        ({"until": "2026-11-22T18:00:00"}, 422, "bad-time"),
        ({"until": "2020-01-01T00:00:00Z"}, 422, "past"),
        ({"place_code": "330205000000"}, 403, "not-your-place"),
        ({"place_code": ""}, 403, "not-your-place"),
        ({"why": "x"}, 422, "invalid"),
        ({"thing": 999999}, 422, "unknown-thing"),
    ],
)
def test_a_silence_that_cannot_be_is_refused(
    person: Person, flood: Flood, change: dict[str, object], status: int, code: str
) -> None:
    until = (timezone.now() + timedelta(hours=2)).isoformat()
    body = {"why": "泵站检修", "until": until, "place_code": NANMEN, **change}
    answer = person("dispatcher").post(f"{API}/silences", body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_things_in_homes_are_kept_from_who_does_not_handle(person: Person, city: Cast) -> None:
    with_packs("home-smoke")
    home = a_thing("home-smoke-alarm")
    assert person("grid-worker").get(f"{API}/things/{home.pk}").status_code == 200
    assert person("leader").get(f"{API}/things/{home.pk}").status_code == 404
