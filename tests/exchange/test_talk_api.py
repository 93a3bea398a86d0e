"""Notes, the inbox and ready answers for staff's own tools."""

from collections.abc import Callable

import pytest
from django.test import Client

from gezhi.cases.actions import act
from gezhi.cases.actions.talk import write_note
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.procedure import Given
from tests import cast
from tests.cast import Cast

Person = Callable[[str], Client]
JSON = "application/json"


@pytest.fixture
def notes(city: Cast) -> tuple[Receipt, str]:
    receipt = cast.reported()
    return receipt, f"/api/v1/cases/{receipt.case_number}/notes"


def test_a_note_is_written_changed_and_deleted(person: Person, notes: tuple[Receipt, str]) -> None:
    _receipt, address = notes
    leader = person("leader")
    told = leader.post(address, {"text": "@派遣员小李 先看"}, content_type=JSON).json()
    assert (told[0]["text"], told[0]["who"], told[0]["mine"]) == ("@派遣员小李 先看", "吴局长", True)
    seen = person("dispatcher").get(address).json()[0]
    assert (seen["new"], seen["mine"]) == (True, False)
    own = f"{address}/{told[0]['id']}"
    assert leader.put(own, {"text": "再看"}, content_type=JSON).json()[0]["edited_at"]
    assert person("dispatcher").put(own, {"text": "我改"}, content_type=JSON).json()["code"] == "not-yours"
    assert leader.delete(own).json()[0]["text"] == ""
    assert leader.delete(own).json()["code"] == "unknown-note"
    assert leader.delete(f"{address}/{2**70}").status_code == 404


def test_only_those_who_see_the_case_read_or_write(
    person: Person, partner: Client, notes: tuple[Receipt, str]
) -> None:
    _receipt, address = notes
    for who in ("jiangbei-dispatcher", "handler"):
        assert person(who).get(address).status_code == 404
        assert person(who).post(address, {"text": "x"}, content_type=JSON).status_code == 404
    assert partner.get(address).status_code == 403
    assert Client().get(address).status_code == 401


def test_colleagues_are_those_who_see_the_case(
    person: Person, city: Cast, notes: tuple[Receipt, str]
) -> None:
    receipt, address = notes
    found = person("leader").get(f"/api/v1/cases/{receipt.case_number}/colleagues").json()
    names = {one["username"] for one in found}
    assert "dispatcher" in names and "jiangbei-dispatcher" not in names
    stranger = city.account("jiangbei-dispatcher").pk
    answer = person("leader").post(address, {"text": "看", "mentions": [stranger]}, content_type=JSON)
    assert answer.json()["code"] == "not-a-colleague"


def test_the_inbox_tells_and_is_marked_as_seen(person: Person, city: Cast) -> None:
    receipt = cast.reported()
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    write_note(city.actor("dispatcher"), receipt.case_id, "@处置员老张 今天")
    handler = person("handler")
    found = handler.get("/api/v1/inbox").json()
    assert [line["kind"] for line in found["lines"]] == ["mention", "lead"]
    assert (found["unseen"], found["next"]) == (2, None)
    assert {line["case_number"] for line in found["lines"]} == {receipt.case_number}
    assert handler.post("/api/v1/inbox/seen").json()["unseen"] == 0
    older = found["lines"][0]["at"]
    assert len(handler.get("/api/v1/inbox", {"before": older}).json()["lines"]) == 1


def test_ready_answers_are_kept_by_those_who_may(person: Person, city: Cast) -> None:
    body = {
        "unit_id": city.units["centre"],
        "kind": "reject",
        "title": "不受理",
        "text": "{number} 不属本中心",
    }
    kept = person("dispatcher").post("/api/v1/phrases", body, content_type=JSON).json()
    assert kept["version"] == 1
    assert person("leader").get("/api/v1/phrases").json()[0]["title"] == "不受理"
    assert person("handler").get("/api/v1/phrases").json() == []
    wrong = person("dispatcher").post("/api/v1/phrases", body | {"text": "{who}"}, content_type=JSON)
    assert wrong.json()["code"] == "unknown-placeholder"
    assert person("handler").post("/api/v1/phrases", body, content_type=JSON).status_code == 403
    assert person("dispatcher").delete(f"/api/v1/phrases/{kept['id']}").json()["id"] == kept["id"]
    assert person("dispatcher").delete(f"/api/v1/phrases/{2**70}").json()["code"] == "unknown-phrase"
