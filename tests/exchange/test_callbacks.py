"""Callbacks and circling cases for other systems."""

from collections.abc import Callable

import pytest
from django.test import Client

from gezhi.cases.actions import act, act_as_reporter
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import Callback, Case
from gezhi.cases.procedure import Given
from tests import cast
from tests.cast import Cast, reported

Person = Callable[[str], Client]


@pytest.fixture
def rated_badly(city: Cast) -> Receipt:
    receipt = reported("路灯又不亮了", reporter_phone="13800001234")
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("both"), receipt.case_id, "receive", Given())
    act(city.actor("both"), receipt.case_id, "finish", Given(text="灯泡已换", evidence=(cast.photo(),)))
    act(city.actor("verifier"), receipt.case_id, "verify", Given())
    act_as_reporter(receipt.case_id, receipt.report_id, "rate", Given(rating=1))
    return receipt


def address(receipt: Receipt) -> str:
    return f"/api/v1/callbacks/{Callback.objects.get(case_id=receipt.case_id, done_at=None).pk}"


def test_what_waits_is_listed_and_a_call_recorded(person: Person, rated_badly: Receipt) -> None:
    client = person("operator")
    found = client.get("/api/v1/callbacks?reason=bad-rating").json()
    assert (found["count"], found["callbacks"][0]["case_number"]) == (1, rated_badly.case_number)
    body = {"outcome": "not-resolved", "responded": False, "text": "没人来过"}
    answer = client.post(address(rated_badly), body, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["outcome"] == "not-resolved"
    assert Case.objects.get(id=rated_badly.case_id).is_open
    assert client.get("/api/v1/callbacks").json()["count"] == 0
    assert client.get("/api/v1/callbacks?standing=done").json()["count"] == 1
    assert client.get("/api/v1/callbacks?standing=done&page=2").json()["callbacks"] == []


@pytest.mark.parametrize(
    ("who", "body", "status", "code"),
    [
        ("handler", {"outcome": "resolved"}, 403, "not-your-role"),
        ("both", {"outcome": "resolved"}, 403, "own-work"),
        ("operator", {"outcome": "not-resolved"}, 422, "lacking"),
        ("operator", {"outcome": "perhaps"}, 422, "invalid"),
        ("operator", {"outcome": "resolved", "rating": 9}, 422, "invalid"),
    ],
)
def test_what_cannot_be_recorded_says_why(
    person: Person, rated_badly: Receipt, who: str, body: dict[str, object], status: int, code: str
) -> None:
    answer = person(who).post(address(rated_badly), body, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (status, code)


@pytest.mark.parametrize("pk", [999_999, 2**70])
def test_a_callback_that_is_not_there(person: Person, pk: int) -> None:
    answer = person("operator").post(f"/api/v1/callbacks/{pk}", {"outcome": "resolved"}, "application/json")
    assert answer.status_code == 404


@pytest.mark.parametrize("query", ["standing=whenever", "place=nowhere", "page=0", "colour=red"])
def test_a_filter_that_means_nothing_is_refused(person: Person, query: str) -> None:
    assert person("operator").get(f"/api/v1/callbacks?{query}").status_code == 422


def test_circles_say_why_and_who(person: Person, city: Cast) -> None:
    receipt, unit = reported("井盖缺失"), city.units["haishu-works"]
    for _ in range(2):
        act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=unit))
        act(city.actor("handler"), receipt.case_id, "return", Given(reason="不归我管"))
    client = person("supervisor")
    [found] = client.get("/api/v1/circles").json()
    assert (found["case_number"], found["path"], found["sent_on"]) == (receipt.case_number, [unit, unit], 2)
    assert found["whys"] == ["sent-on", "same-unit"]
    assert client.get(f"/api/v1/circles?unit_id={unit + 1}").json() == []
    assert client.get("/api/v1/circles?place=nowhere").status_code == 422
    assert person("operator").get("/api/v1/circles").status_code == 403
