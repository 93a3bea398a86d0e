"""Lists and contracts for other systems."""

from collections.abc import Callable
from datetime import date

from django.test import Client

from gezhi.people.actions import import_duties
from gezhi.people.staffing import DutyRow
from tests.cast import LAMP, NANMEN, Cast
from tests.people.contracted import contractor, signed

Person = Callable[[str], Client]
CONTRACT = {
    "number": "HT-9",
    "title": "路灯维护",
    "unit": "lampco",
    "ordered_by": "haishu-works",
    "valid_from": "2026-01-01",
    "valid_to": "2027-01-01",
    "places": [NANMEN],
    "functions": ["municipal"],
    "price_kind": "per-matter",
    "cents": 8800,
    "method": "inquiry",
    "candidates": ["甲", "乙"],
    "reason": "报价最低",
}


def test_lists_of_a_day_and_an_edition_are_read(city: Cast, person: Person) -> None:
    import_duties([DutyRow(LAMP, 2, "power", date(2026, 1, 1), None, "list", "条例", "第八条")], "a.csv")
    client = person("dispatcher")
    assert client.get("/api/v1/lists/duties", {"day": "2026-05-01"}).json()[0]["law"] == "条例"
    assert client.get("/api/v1/lists/duties", {"day": "2025-05-01"}).json() == []
    assert client.get("/api/v1/lists/duties", {"edition": "0"}).json() == []
    assert client.get("/api/v1/lists/admissions").json() == []
    assert [one["number"] for one in client.get("/api/v1/lists/editions").json()] == [1]


def test_gaps_of_a_place_are_read(city: Cast, person: Person) -> None:
    found = person("dispatcher").get("/api/v1/lists/coverage", {"place": NANMEN}).json()
    assert {gap["place_code"] for gap in found["gaps"]} == {NANMEN}
    assert "fire" in {gap["function"] for gap in found["gaps"]}
    wrong = person("dispatcher").get("/api/v1/lists/coverage", {"place": "999"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown-place")


def test_a_contract_is_signed_published_and_ended(city: Cast, person: Person) -> None:
    contractor()
    leader = person("leader")
    made = leader.post("/api/v1/contracts", CONTRACT, content_type="application/json").json()
    assert (made["unit_name"], made["cost"], made["per_case"]) == ("亮灯公司", 0, None)
    assert Client().get("/api/v1/purchases").json() == []
    assert leader.post(f"/api/v1/contracts/{made['id']}/publish").json()["published_at"]
    assert Client().get("/api/v1/purchases").json()[0]["reason"] == "报价最低"
    assert leader.post(f"/api/v1/contracts/{made['id']}/publish").status_code == 409
    end = {"on": "2026-06-01", "reason": "多次返工"}
    ended = leader.post(f"/api/v1/contracts/{made['id']}/end", end, content_type="application/json")
    assert ended.json()["ended_on"] == "2026-06-01"


def test_a_bad_contract_names_each_wrong_field(city: Cast, person: Person) -> None:
    contractor()
    wrong = CONTRACT | {"unit": "nobody", "places": ["110000000000"], "cents": 0, "candidates": ["甲"]}
    answer = person("leader").post("/api/v1/contracts", wrong, content_type="application/json")
    assert answer.status_code == 422
    assert {one["field"] for one in answer.json()["errors"]} == {"unit", "places", "cents", "candidates"}


def test_a_number_is_signed_once(city: Cast, person: Person) -> None:
    signed(city, number="HT-9")
    answer = person("leader").post("/api/v1/contracts", CONTRACT, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (409, "signed-already")


def test_only_those_who_keep_contracts_sign(city: Cast, person: Person) -> None:
    contractor()
    answer = person("dispatcher").post("/api/v1/contracts", CONTRACT, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-role")


def test_only_a_finished_case_is_marked(city: Cast, person: Person) -> None:
    contract = signed(city)
    mark = {"case_number": "1", "mark": 5, "reason": "好"}
    url = f"/api/v1/contracts/{contract.pk}/marks"
    assert person("handler").post(url, mark, content_type="application/json").status_code == 403
    assert person("verifier").post(url, mark, content_type="application/json").status_code == 404


def test_a_key_whose_holder_has_no_post_any_more_reads_no_contracts(city: Cast, person: Person) -> None:
    contract = signed(city)
    for path in ("/api/v1/contracts", f"/api/v1/contracts/{contract.pk}"):
        assert person("dispatcher").get(path).status_code == 200
        assert person("nobody").get(path).json()["code"] == "not-your-role"
