"""Contractors at the desk: signed by those who may, marked by whoever ordered, published for everybody."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.cases.models import Assignment, Case
from gezhi.people.models import Contract, QualityMark
from tests.cast import NANMEN, Cast, reported
from tests.desk.conftest import SignedIn
from tests.people.contracted import contractor, signed

FORM = {
    "number": "甬采〔2026〕1号",
    "title": "路灯维护",
    "ordered_by": "海曙区综合行政执法局",
    "valid_from": "2026-01-01",
    "last_day": "2026-12-31",
    "places": "南门街道",
    "functions": ["municipal"],
    "price_kind": "per-matter",
    "yuan": "88.50",
    "method": "inquiry",
    "candidates": "亮灯公司 88.50 元\n光明公司 95 元",
    "reason": "报价最低",
}


def finished(contract: Contract) -> Case:
    case = Case.objects.get(id=reported().case_id)
    now = timezone.now()
    Assignment.objects.create(
        case=case, unit_id=contract.unit_id, state="finished", assigned_at=now, contract_id=contract.pk
    )
    return case


def test_a_contract_is_signed_with_its_scope_and_price(signed_in: SignedIn, city: Cast) -> None:
    form = FORM | {"unit": contractor().pk}
    answer = signed_in("leader").post("/desk/contracts/new/", form)
    made = Contract.objects.get()
    assert answer.headers["Location"] == f"/desk/contracts/{made.pk}/"
    assert (made.valid_to, made.places, made.cents) == (date(2027, 1, 1), [NANMEN], 8850)
    page = signed_in("dispatcher").get(f"/desk/contracts/{made.pk}/").content.decode()
    assert "市政设施" in page
    assert "光明公司 95 元" in page


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": ""}, "number"),
        ({"unit": ""}, "unit"),
        ({"ordered_by": "不存在的局"}, "ordered_by"),
        ({"last_day": "2025-01-01"}, "valid_to"),
        ({"places": "不存在的镇"}, "places"),
        ({"functions": []}, "categories"),
        ({"yuan": "-1"}, "cents"),
        ({"candidates": "只有一家"}, "candidates"),
        ({"reason": ""}, "reason"),
    ],
)
def test_what_lacks_is_told_and_nothing_is_signed(
    signed_in: SignedIn, city: Cast, wrong: dict[str, str], field: str
) -> None:
    answer = signed_in("leader").post("/desk/contracts/new/", FORM | {"unit": contractor().pk} | wrong)
    assert answer.status_code == 422
    assert field in answer.context["faults"]
    assert not Contract.objects.exists()


def test_a_number_is_signed_once(signed_in: SignedIn, city: Cast) -> None:
    signed(city, number=FORM["number"])
    answer = signed_in("leader").post("/desk/contracts/new/", FORM | {"unit": contractor().pk})
    assert answer.status_code == 422


def test_a_dispatcher_sees_contracts_and_signs_none(signed_in: SignedIn, city: Cast) -> None:
    signed(city)
    assert "亮灯公司" in signed_in("dispatcher").get("/desk/contracts/").content.decode()
    assert signed_in("dispatcher").get("/desk/contracts/new/").status_code == 403


def test_a_contract_about_to_end_warns(signed_in: SignedIn, city: Cast) -> None:
    signed(city, valid_to=timezone.localdate() + timedelta(days=30))
    signed(city, number="HT-2")
    soon = signed_in("leader").get("/desk/contracts/", {"standing": "soon"})
    assert [line.number for line in soon.context["lines"]] == ["HT-1"]
    assert "30 天后到期" in soon.content.decode()


def test_the_purchase_is_public_once_published_without_names_of_people(
    signed_in: SignedIn, city: Cast
) -> None:
    contract, anybody = signed(city), Client()
    assert "报价最低" not in anybody.get("/purchases/").content.decode()
    signed_in("leader").post(f"/desk/contracts/{contract.pk}/change/", {"do": "publish"})
    page = anybody.get("/purchases/").content.decode()
    assert "报价最低，三年无投诉" in page
    assert "光明公司 95 元" in page
    assert "吴局长" not in page


def test_an_ended_contract_covers_nothing_any_more(signed_in: SignedIn, city: Cast) -> None:
    contract, client = signed(city), signed_in("leader")
    today = timezone.localdate()
    client.post(f"/desk/contracts/{contract.pk}/change/", {"do": "end", "on": today, "reason": ""})
    assert Contract.objects.get().ended_on is None
    client.post(f"/desk/contracts/{contract.pk}/change/", {"do": "end", "on": today, "reason": "多次返工"})
    assert Contract.objects.get().ended_on == today
    assert "已提前终止" in client.get("/desk/contracts/").content.decode()


def test_a_verifier_of_the_place_marks_a_case_and_a_handler_does_not(signed_in: SignedIn, city: Cast) -> None:
    contract = signed(city)
    case = finished(contract)
    mark = {"case": case.number, "mark": "4", "reason": "按时修好"}
    signed_in("handler").post(f"/desk/contracts/{contract.pk}/mark/", mark)
    assert not QualityMark.objects.exists()
    signed_in("verifier").post(f"/desk/contracts/{contract.pk}/mark/", mark)
    assert QualityMark.objects.get().mark == 4
    assert "按时修好" in signed_in("leader").get(f"/desk/contracts/{contract.pk}/").content.decode()


def test_what_a_case_under_a_contract_is_about_is_told_to_those_who_see_it(
    signed_in: SignedIn, city: Cast
) -> None:
    contract = signed(city)
    case = finished(contract)
    Case.objects.filter(pk=case.pk).update(title="西门桥洞积水")
    mark = {"case": case.number, "mark": "4", "reason": "按时抽干"}
    signed_in("verifier").post(f"/desk/contracts/{contract.pk}/mark/", mark)
    for who, told in (("dispatcher", True), ("jiangbei-dispatcher", False)):
        page = signed_in(who).get(f"/desk/contracts/{contract.pk}/").content.decode()
        assert case.number in page
        assert ("西门桥洞积水" in page, "按时抽干" in page) == (told, told)


def test_costs_are_exported_by_contract_and_by_unit(signed_in: SignedIn, city: Cast) -> None:
    finished(signed(city, price_kind="lump-sum"))
    client = signed_in("leader")
    given = client.get("/desk/contracts/export/", {"as": "csv"}).content.decode("utf-8-sig")
    assert given.splitlines()[1] == "HT-1,路灯维护,亮灯公司,88.0,1,88.0,0,"
    units = client.get("/desk/contracts/export/", {"as": "csv", "by": "unit"}).content.decode("utf-8-sig")
    assert units.splitlines()[1] == "亮灯公司,88.0,1,88.0,0,"
