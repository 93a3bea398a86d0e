"""Parameters for other systems: the same checks as on the page."""

from collections.abc import Callable
from datetime import timedelta

from django.test import Client
from django.utils import timezone

Person = Callable[[str], Client]
URL = "/api/v1/parameters/filing/values"


def body(days: int, value: str = "45 working minutes") -> dict[str, str]:
    since = timezone.localdate() + timedelta(days=days)
    return {"since": since.isoformat(), "value": value, "source": "order 7"}


def test_a_leader_sets_reads_and_withdraws(person: Person) -> None:
    client = person("leader")
    set_there = client.post(URL, body(5), content_type="application/json").json()
    assert (set_there["values"][0]["length"], set_there["values"][0]["when"]) == (
        "45 working minutes",
        "coming",
    )
    listed = {one["key"]: one for one in client.get("/api/v1/parameters").json()}
    assert listed["filing"] == set_there
    gone = client.delete(f"{URL}/{set_there['values'][0]['id']}").json()
    assert gone["values"][0]["when"] == "withdrawn"


def test_refusals_have_a_code(person: Person) -> None:
    client = person("leader")
    answer = client.post(URL, body(-1), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-day")
    answer = client.post(URL.replace("filing", "nothing"), body(1), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-parameter")


def test_a_dispatcher_sets_nothing(person: Person) -> None:
    answer = person("dispatcher").post(URL, body(1), content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-role")


def test_active_packs_are_listed_and_read(person: Person) -> None:
    client = person("dispatcher")
    listed = {one["name"]: one for one in client.get("/api/v1/packs").json()}
    whole = client.get("/api/v1/packs/city-management").json()
    assert whole["digest"] == listed["city-management"]["digest"]
    assert {one["key"] for one in whole["content"]["procedures"]} == {"standard"}
    assert client.get("/api/v1/packs/nothing").json()["code"] == "unknown-pack"
