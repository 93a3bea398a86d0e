"""Posts handed over, granted and ended, emergency looks and who looked, by the API."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.people.actions import appoint, issue_token, open_account
from gezhi.people.models import Lookup, Unit
from tests.cast import BAISHA, CITY, HAISHU, SINCE, Cast, reported
from tests.exchange.conftest import with_key

Person = Callable[[str], Client]
EMERGENCY = "居民来电称煤气泄漏，江北值班无人接听"


@pytest.fixture
def staffed(city: Cast) -> Cast:
    for username, role in (("auditor", "auditor"), ("second", "administrator")):
        account = open_account(username, username, None)
        appoint(account, Unit.objects.get(id=city.units["centre"]), role, CITY, SINCE)
    return city


def posted(client: Client, address: str, body: dict[str, object]) -> tuple[int, dict[str, object]]:
    answer = client.post(f"/api/v1/{address}", body, content_type="application/json")
    return answer.status_code, answer.json() if answer.content else {}


def test_a_post_is_handed_over_and_taken_back(staffed: Cast, person: Person) -> None:
    dispatcher, operator, today = person("dispatcher"), person("operator"), timezone.localdate()
    post = dispatcher.get("/api/v1/posts").json()[0]["id"]
    body = {"post_id": post, "to": "operator", "begins": str(today), "reason": "外出培训"}
    status, problem = posted(dispatcher, "delegations", body | {"until": str(today + timedelta(days=31))})
    assert (status, problem["code"]) == (422, "too-long")
    status, made = posted(dispatcher, "delegations", body | {"until": str(today + timedelta(days=7))})
    assert (status, made["receiver"]) == (201, "话务员小王")
    held = person("operator").get("/api/v1/posts").json()
    assert [one["acting_for"] for one in held] == ["", "派遣员小李"]
    assert posted(person("handler"), f"delegations/{made['id']}/end", {})[0] == 404
    assert posted(operator, f"delegations/{made['id']}/end", {})[0] == 204
    assert dispatcher.get("/api/v1/delegations").json()[0]["ended_at"]


def test_a_leader_is_granted_by_a_second_administrator(staffed: Cast, person: Person) -> None:
    body = {"username": "nobody", "unit_code": "centre", "role": "leader", "place_code": HAISHU}
    body |= {"begins": str(timezone.localdate()), "reason": "任命文件"}
    assert posted(person("leader"), "nominations", body)[0] == 403
    status, made = posted(person("administrator"), "nominations", body)
    assert (status, made["granted"]) == (201, None)
    decision = f"nominations/{made['id']}/decision"
    assert posted(person("administrator"), decision, {"grant": True})[1]["code"] == "own-request"
    status, granted = posted(person("second"), decision, {"grant": True})
    assert (status, granted["granted"]) == (200, True)
    assert posted(person("second"), decision, {"grant": True})[0] == 404
    assert posted(person("administrator"), f"posts/{granted['post_id']}/end", {})[0] == 204
    assert person("second").get("/api/v1/nominations").json()[0]["username"] == "nobody"


def test_an_emergency_opens_a_case_and_is_reviewed(staffed: Cast, person: Person) -> None:
    far = reported(grid=f"{BAISHA}001", reporter_phone="13800001234")
    dispatcher = person("dispatcher")
    assert dispatcher.get(f"/api/v1/cases/{far.case_number}").status_code == 404
    status, made = posted(dispatcher, "emergencies", {"what": far.case_number, "reason": EMERGENCY})
    assert status == 201
    again = person("dispatcher")
    assert again.get(f"/api/v1/cases/{far.case_number}").status_code == 200
    status, _ = posted(again, f"cases/{far.case_number}/steps/accept", {"version": 1})
    assert status == 403
    assert (
        posted(person("leader"), f"emergencies/{made['id']}/review", {"accept": True, "words": "好"})[0]
        == 403
    )
    waiting = person("auditor").get("/api/v1/emergencies?all_of_the_place=true").json()
    assert [one["id"] for one in waiting] == [made["id"]]
    review = f"emergencies/{made['id']}/review"
    status, reviewed = posted(person("auditor"), review, {"accept": False, "words": "应先联系江北"})
    assert (status, reviewed["accepted"]) == (200, False)
    assert posted(again, f"emergencies/{made['id']}/end", {})[0] == 204


def test_auditors_read_who_looked_and_everybody_their_own(staffed: Cast, person: Person) -> None:
    receipt = reported(reporter_name="王小明")
    address, asks = f"cases/{receipt.case_number}/contact", {"purpose": "handling"}
    caller = with_key(issue_token(staffed.account("dispatcher"), "x", ["contact"], timezone.now()))
    assert posted(caller, address, asks)[0] == 200
    assert person("leader").get("/api/v1/lookups").status_code == 403
    found = person("auditor").get(f"/api/v1/lookups?number={receipt.case_number}").json()
    assert (found["count"], found["lookups"][0]["way"]) == (1, "api")
    assert person("auditor").get("/api/v1/lookups?number=1&since=0001-01-01").json()["count"] == 0
    assert person("dispatcher").get("/api/v1/lookups/mine").json()["count"] == 1
    assert Lookup.objects.filter(account_id=staffed.account("auditor").pk).count() == 2
