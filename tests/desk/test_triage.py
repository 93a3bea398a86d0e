"""Triage: one case after the other, due soonest first; the second of two hears what happened and goes on."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gezhi.cases.actions import act, undo
from gezhi.cases.models import Assignment, Case, CaseEvent
from gezhi.cases.procedure import Given
from tests import cast
from tests.cast import LAMP, RUBBISH, Cast, reported
from tests.desk.conftest import SignedIn

JSON = {"Accept": "application/json"}


@pytest.fixture
def dispatcher(signed_in: SignedIn) -> Client:
    return signed_in("dispatcher")


def shown(client: Client, query: str = "") -> str:
    answer = client.get(f"/desk/triage/{query}")
    assert answer.status_code == 200
    return answer.context["case"].number if "case" in answer.context else ""


def send(client: Client, number: str, step: str, headers: dict[str, str] | None = None, **given: object):  # type: ignore[no-untyped-def]
    version = Case.objects.get(number=number).version
    body = {"step": step, "version": version, **given}
    return client.post(f"/desk/triage/{number}/", body, headers=headers or {})


def test_what_is_due_soonest_comes_first_and_skipped_cases_come_again(dispatcher: Client) -> None:
    now = timezone.now()
    numbers = [
        reported(now=now - hours * cast.HOUR, category=LAMP, grid=grid).case_number
        for hours, grid in zip((60, 30, 1), cast.WEST, strict=False)
    ]
    assert shown(dispatcher) == numbers[0]
    seen, query = [], ""
    for _ in numbers:
        answer = dispatcher.get(f"/desk/triage/{query}")
        seen.append(answer.context["case"].number)
        query = f"?after={answer.context['cursor']}"
    assert seen == numbers
    end = dispatcher.get(f"/desk/triage/{query}")
    assert "还有 3 件跳过的" in end.content.decode()
    assert shown(dispatcher, f"?before={answer.context['cursor']}") == numbers[1]


def test_nothing_waits_for_whoever_does_not_dispatch(signed_in: SignedIn) -> None:
    reported()
    assert signed_in("verifier").get("/desk/triage/").status_code == 403
    assert "没有等您受理派遣的案件" in signed_in("jiangbei-dispatcher").get("/desk/triage/").content.decode()


def test_what_was_escalated_above_waits_for_the_centre_above(dispatcher: Client) -> None:
    receipt = reported()
    Case.objects.filter(id=receipt.case_id).update(held_code=cast.CITY)
    assert shown(dispatcher) == ""


def test_the_suggestion_is_one_form_and_its_unit_is_explained(dispatcher: Client, city: Cast) -> None:
    receipt = reported(category=LAMP)
    page = dispatcher.get("/desk/triage/")
    best = page.context["best"]
    assert (best.step, best.unit_id) == ("dispatch", city.units["haishu-works"])
    assert "海曙区综合行政执法局负责" in page.content.decode()
    answer = send(dispatcher, receipt.case_number, "dispatch", unit=best.unit_id)
    assert answer.status_code == 302
    after = dispatcher.get(answer["Location"])
    assert f"{receipt.case_number} 已派遣至 海曙区综合行政执法局" in after.content.decode()
    assert Assignment.objects.get().unit_id == best.unit_id


def test_an_unsure_category_is_only_filed(dispatcher: Client) -> None:
    receipt = reported()
    Case.objects.filter(id=receipt.case_id).update(confidence=0.2)
    assert dispatcher.get("/desk/triage/").context["best"].step == "accept"


def test_a_correction_that_was_undone_makes_no_category_sure(dispatcher: Client, city: Cast) -> None:
    receipt = reported(category=LAMP)
    Case.objects.filter(id=receipt.case_id).update(confidence=0.2)
    taken = act(city.actor("dispatcher"), receipt.case_id, "correct", Given(category=RUBBISH))
    assert dispatcher.get("/desk/triage/").context["best"].step == "dispatch"
    undo(city.actor("dispatcher"), receipt.case_id, taken.version)
    assert dispatcher.get("/desk/triage/").context["best"].step == "accept"


def test_a_corrected_case_stays_with_its_new_suggestion(dispatcher: Client, city: Cast) -> None:
    receipt = reported(category=LAMP)
    answer = send(dispatcher, receipt.case_number, "correct", category="暴露垃圾 06010")
    assert f"?case={receipt.case_number}" in answer["Location"] or Case.objects.get().category == LAMP
    send(dispatcher, receipt.case_number, "correct", category=RUBBISH)
    page = dispatcher.get(f"/desk/triage/?case={receipt.case_number}")
    assert page.context["best"].unit_id == city.units["nanmen"]


def test_the_second_of_two_dispatchers_hears_the_newer_state_and_goes_on(
    signed_in: SignedIn, city: Cast
) -> None:
    late, next_one = reported(category=LAMP), reported("垃圾没人收", category=RUBBISH)
    first, second = signed_in("dispatcher"), signed_in("second-dispatcher")
    stale = {"step": "dispatch", "version": 1, "unit": city.units["nanmen"]}
    cursor = second.get("/desk/triage/").context["cursor"]
    send(first, late.case_number, "dispatch", unit=city.units["haishu-works"])
    answer = second.post(f"/desk/triage/{late.case_number}/?after={cursor}", stale, follow=True)
    assert answer.context["case"].number == next_one.case_number
    assert f"{late.case_number} 刚被别人办过，现为“待接收”" in answer.content.decode()
    told = second.post(f"/desk/triage/{late.case_number}/", stale, headers=JSON).json()
    assert told["done"]
    assert "现为“待接收”" in told["said"]
    assert Assignment.objects.get().unit_id == city.units["haishu-works"]


def test_an_island_is_told_what_was_done_how_to_undo_it_and_what_is_left(
    dispatcher: Client, city: Cast
) -> None:
    receipt = reported(category=LAMP)
    reported("垃圾没人收", category=RUBBISH)
    told = send(dispatcher, receipt.case_number, "dispatch", JSON, unit=city.units["haishu-works"]).json()
    assert (told["done"], told["show"], told["left"]) == (True, "", 1)
    assert f"/desk/cases/{receipt.case_number}/undo/" in told["said"]
    refused = send(dispatcher, receipt.case_number, "accept", JSON).json()
    assert not refused["done"]
    assert "不能" in refused["said"]


def test_a_refusal_without_scripts_keeps_the_case_and_the_words(dispatcher: Client) -> None:
    receipt = reported()
    answer = send(dispatcher, receipt.case_number, "reject")
    assert answer.status_code == 422
    assert "还需要：理由" in answer.content.decode()


def test_undoing_brings_the_case_back_before_the_person(dispatcher: Client, city: Cast) -> None:
    receipt = reported(category=LAMP)
    send(dispatcher, receipt.case_number, "dispatch", unit=city.units["haishu-works"])
    path = f"/desk/cases/{receipt.case_number}/undo/"
    answer = dispatcher.post(path, {"version": 2, "back": "triage"}, follow=True)
    assert answer.context["case"].number == receipt.case_number
    assert "已撤销" in answer.content.decode()
    again = dispatcher.post(path, {"version": 2}, follow=True)
    assert "不能撤销" in again.content.decode()
    assert CaseEvent.objects.filter(kind="undo").count() == 1


def test_only_whoever_sees_the_case_undoes_it(signed_in: SignedIn, city: Cast) -> None:
    receipt = reported()
    path = f"/desk/cases/{receipt.case_number}/undo/"
    assert signed_in("jiangbei-dispatcher").post(path, {"version": 1}).status_code == 404


def test_the_page_of_a_case_offers_to_undo_to_whoever_took_the_step(signed_in: SignedIn, city: Cast) -> None:
    receipt = reported()
    dispatch = Given(unit_id=city.units["nanmen"])
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", dispatch)
    path = f"/desk/cases/{receipt.case_number}/"
    assert "data-undo" in signed_in("dispatcher").get(path).content.decode()
    assert "data-undo" not in signed_in("second-dispatcher").get(path).content.decode()


def test_a_cursor_that_we_did_not_give_begins_anew(dispatcher: Client) -> None:
    for cursor in ("x", "MjAyNi0wMS0wMQ"):
        assert dispatcher.get(f"/desk/triage/?after={cursor}").status_code == 302


def test_a_turn_costs_the_same_however_many_wait(
    dispatcher: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for at in range(12):
        reported(f"第 {at} 盏路灯不亮", category=LAMP, address=f"{at} 号")
    dispatcher.get("/desk/triage/")
    with django_assert_max_num_queries(25):
        dispatcher.get("/desk/triage/")
