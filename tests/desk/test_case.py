"""A case's page: what it shows, and what acting on it answers."""

import re

from django.test import Client
from pytest_django import DjangoAssertNumQueries

from gezhi.cases.actions import act
from gezhi.cases.intake.door import accept
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given
from tests import cast
from tests.desk.conftest import SignedIn


def page_of(client: Client, number: str) -> str:
    return client.get(f"/desk/cases/{number}/").content.decode()


def test_a_case_shows_what_it_is_where_and_what_to_do(signed_in: SignedIn) -> None:
    receipt = cast.reported(reporter_phone="13800001234", reporter_name="小林")
    page = page_of(signed_in("dispatcher"), receipt.case_number)
    for words in (
        "路灯不亮了",
        "路灯异常",
        "万安社区第1网格",
        "138****1234",
        "海曙区综合行政执法局",
        "派遣",
        "不予立案",
    ):
        assert words in page
    assert "13800001234" not in page
    assert page.count("<path") == 2  # the grid and its one neighbour
    assert '<circle class="spot" cx="160.0" cy="110.0"' in page
    assert "style=" not in page


def test_what_is_not_allowed_says_why(signed_in: SignedIn) -> None:
    receipt = cast.reported()
    page = page_of(signed_in("verifier"), receipt.case_number)
    assert "这一步由别的岗位办理" in page
    assert re.search(r"<b>派遣</b> .*由其他岗位办理", page)


def test_a_step_needs_what_the_procedure_asks(signed_in: SignedIn) -> None:
    receipt = cast.reported()
    answer = signed_in("dispatcher").post(
        f"/desk/cases/{receipt.case_number}/", {"step": "reject", "version": "1"}
    )
    assert answer.status_code == 422
    assert "理由" in answer.context["refused"]


def test_the_second_of_two_dispatchers_sees_the_newer_state_and_keeps_the_words(
    signed_in: SignedIn, city: cast.Cast
) -> None:
    receipt = cast.reported()
    act(city.actor("second-dispatcher"), receipt.case_id, "accept", Given(), 1)
    answer = signed_in("dispatcher").post(
        f"/desk/cases/{receipt.case_number}/", {"step": "reject", "version": "1", "reason": "不归我们管"}
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "刚才有人先办了一步" in page
    assert "待派遣" in page
    assert "不归我们管" in page
    assert 'name="version" value="2"' in page


def test_another_unit_is_named_in_words(signed_in: SignedIn, city: cast.Cast) -> None:
    receipt = cast.reported()
    address = f"/desk/cases/{receipt.case_number}/"
    wrong = {"step": "dispatch", "version": "1", "unit_name": "没有这个局"}
    assert "没有找到名称正好是" in signed_in("dispatcher").post(address, wrong).content.decode()
    signed_in("dispatcher").post(address, wrong | {"unit_name": "南门街道办事处"})
    assert Case.objects.get().unit_id == city.units["nanmen"]


def test_nobody_is_offered_for_a_call_who_takes_part_already(signed_in: SignedIn, city: cast.Cast) -> None:
    receipt, client = cast.reported(), signed_in("dispatcher")
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    offered = _called(client, receipt.case_number)
    assert city.units["haishu-works"] not in offered
    called = offered[0]
    act(city.actor("dispatcher"), receipt.case_id, "whistle", Given(unit_ids=(called,), text="请来看看"))
    assert _called(client, receipt.case_number) == offered[1:]


def _called(client: Client, number: str) -> list[int]:
    whistle = page_of(client, number).partition('value="whistle"')[2].partition("</form>")[0]
    return [int(pk) for pk in re.findall(r'name="units" value="(\d+)"', whistle)]


def test_category_and_place_are_corrected_in_words(signed_in: SignedIn) -> None:
    receipt = cast.reported()
    given = {
        "step": "correct",
        "version": "1",
        "category": "暴露垃圾",
        "place": "白沙社区",
        "text": "实为垃圾",
    }
    answer = signed_in("dispatcher").post(f"/desk/cases/{receipt.case_number}/", given)
    case = Case.objects.get()
    assert (case.category, case.place_code) == (cast.RUBBISH, cast.BAISHA)
    assert answer["Location"] == "/desk/"  # the case left this dispatcher's county


def test_a_place_that_fits_several_asks_which(signed_in: SignedIn) -> None:
    receipt = cast.reported()
    given = {"step": "correct", "version": "1", "place": "社区"}
    page = signed_in("dispatcher").post(f"/desk/cases/{receipt.case_number}/", given).content.decode()
    assert "对应多个区域" in page


def test_a_photo_is_shown_to_those_who_see_its_case(signed_in: SignedIn, city: cast.Cast) -> None:
    receipt, key = cast.reported(), cast.photo()
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("handler"), receipt.case_id, "receive", Given())
    act(city.actor("handler"), receipt.case_id, "finish", Given(text="修好了", evidence=(key,)))
    assert f"/desk/evidence/{key}/" in page_of(signed_in("verifier"), receipt.case_number)
    assert signed_in("verifier").get(f"/desk/evidence/{key}/")["Content-Type"] == "image/jpeg"
    assert signed_in("jiangbei-handler").get(f"/desk/evidence/{key}/").status_code == 404


def test_a_case_reads_in_english(signed_in: SignedIn) -> None:
    receipt = cast.reported()
    client = signed_in("dispatcher")
    client.post("/display/", {"language": "en"})
    page = page_of(client, receipt.case_number)
    assert "Street light fault" in page
    assert "What you may do" in page


def test_nul_bytes_in_a_step_do_no_harm(signed_in: SignedIn) -> None:
    receipt = cast.reported()
    fields = ("category", "place", "text", "reason", "unit", "unit_name", "case", "report", "version")
    given = {"step": "correct"} | dict.fromkeys(fields, "\0")
    assert signed_in("dispatcher").post(f"/desk/cases/{receipt.case_number}/", given).status_code == 302


def test_a_case_of_a_storm_shows_its_newest_steps_and_says_how_many_came_before(signed_in: SignedIn) -> None:
    receipts = accept([cast.report("路灯不亮了", category=cast.LAMP) for _ in range(203)])
    assert len({one.case_id for one in receipts}) == 1
    page = page_of(signed_in("dispatcher"), receipts[0].case_number)
    assert "更早的 3 步没有列出" in page


def test_a_page_costs_the_same_however_much_a_case_holds(
    signed_in: SignedIn, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    receipts = accept([cast.report("路灯不亮了", category=cast.LAMP) for _ in range(40)])
    worker = signed_in("grid-worker")
    for address in ("/desk/cases/{}/", "/field/cases/{}/", "/field/", "/desk/"):
        worker.get(address.format(receipts[0].case_number))
        with django_assert_max_num_queries(
            25
        ):  # four for talk and the inbox, two for contacts, one for readings
            worker.get(address.format(receipts[0].case_number))
