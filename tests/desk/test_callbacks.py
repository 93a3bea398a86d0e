"""The desk's callbacks and circling cases: who sees them, what is shown, what a press of a button does."""

import io

import pytest
from openpyxl import load_workbook

from gezhi.cases.actions import act, act_as_reporter
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import Callback, Case
from gezhi.cases.procedure import Given
from gezhi.people.models import Lookup
from tests import cast
from tests.cast import Cast, reported
from tests.desk.conftest import SignedIn

PHONE = "13800001234"


@pytest.fixture
def rated_badly(city: Cast) -> Receipt:
    receipt = reported("路灯又不亮了", reporter_phone=PHONE, reporter_name="王芳")
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("handler"), receipt.case_id, "receive", Given())
    act(city.actor("handler"), receipt.case_id, "finish", Given(text="灯泡已换", evidence=(cast.photo(),)))
    act(city.actor("verifier"), receipt.case_id, "verify", Given())
    act_as_reporter(receipt.case_id, receipt.report_id, "rate", Given(rating=1, text="没修好"))
    return receipt


def call_of(receipt: Receipt) -> Callback:
    return Callback.objects.get(case_id=receipt.case_id, done_at=None)


def test_the_queue_shows_what_waits(signed_in: SignedIn, rated_badly: Receipt) -> None:
    page = signed_in("operator").get("/desk/callbacks/").content.decode()
    assert rated_badly.case_number in page
    assert "差评" in page
    assert PHONE not in page


def test_an_empty_queue_says_so(signed_in: SignedIn) -> None:
    assert "没有待办的回访" in signed_in("operator").get("/desk/callbacks/").content.decode()


def test_a_filter_that_means_nothing_is_named_and_left_out(signed_in: SignedIn, rated_badly: Receipt) -> None:
    page = signed_in("operator").get("/desk/callbacks/?standing=whenever&place=亚特兰蒂斯").content.decode()
    assert "有一个条件看不懂" in page
    assert "没有找到这个区域" in page
    assert rated_badly.case_number in page


@pytest.mark.parametrize(
    ("who", "status"), [("operator", 200), ("verifier", 200), ("handler", 403), ("leader", 403)]
)
def test_callbacks_are_for_those_who_call(signed_in: SignedIn, who: str, status: int) -> None:
    assert signed_in(who).get("/desk/callbacks/").status_code == status


def test_the_call_has_the_number_the_story_and_the_questions(
    signed_in: SignedIn, rated_badly: Receipt
) -> None:
    address, desk = f"/desk/callbacks/{call_of(rated_badly).pk}/", signed_in("operator")
    page = desk.get(address).content.decode()
    for words in ("138****1234", "王**", "路灯又不亮了", "灯泡已换", "没修好", "办理的人联系过您吗"):
        assert words in page
    assert PHONE not in page
    page = desk.post(f"{address}contact/", {"back": address}, follow=True).content.decode()
    for words in (f"tel:{PHONE}", "王芳"):
        assert words in page


def test_whoever_calls_back_says_no_purpose_and_the_look_has_it(
    signed_in: SignedIn, rated_badly: Receipt
) -> None:
    signed_in("operator").post(f"/desk/callbacks/{call_of(rated_badly).pk}/contact/")
    kept = Lookup.objects.get()
    assert (kept.purpose, kept.reason, kept.subject_id) == ("callback", "", rated_badly.report_id)
    assert signed_in("handler").post(f"/desk/callbacks/{call_of(rated_badly).pk}/contact/").status_code == 403


def test_not_resolved_sends_the_case_back(signed_in: SignedIn, rated_badly: Receipt) -> None:
    desk, address = signed_in("operator"), f"/desk/callbacks/{call_of(rated_badly).pk}/"
    form = {"outcome": "not-resolved", "responded": "no", "rating": "1", "text": "根本没人来"}
    answer = desk.post(address, form, follow=True)
    assert "退回重办" in answer.content.decode()
    case = Case.objects.get(id=rated_badly.case_id)
    assert (case.is_open, case.reopen_count) == (True, 1)
    assert "根本没人来" in desk.get(address).content.decode()
    assert desk.post(address, {"outcome": "resolved"}).status_code == 422


def test_what_was_typed_stays_when_it_cannot_be_taken(signed_in: SignedIn, rated_badly: Receipt) -> None:
    address = f"/desk/callbacks/{call_of(rated_badly).pk}/"
    answer = signed_in("operator").post(
        address, {"outcome": "not-resolved", "responded": "yes", "rating": "2"}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请写明反映人说的情况" in page
    assert 'name="responded" value="yes" checked' in page
    assert 'name="rating" value="2" checked' in page


def test_a_call_elsewhere_is_not_there(signed_in: SignedIn, rated_badly: Receipt) -> None:
    desk = signed_in("operator")
    assert desk.get("/desk/callbacks/999999/").status_code == 404
    assert desk.post("/desk/callbacks/999999/", {"outcome": "resolved"}).status_code == 404


def test_the_list_is_exported_without_who_reported(signed_in: SignedIn, rated_badly: Receipt) -> None:
    answer = signed_in("supervisor").get("/desk/callbacks/export/")
    sheet = load_workbook(io.BytesIO(b"".join(answer.streaming_content))).active
    assert sheet is not None
    rows = list(sheet.values)
    assert rows[1][0] == rated_badly.case_number
    assert not any(PHONE in str(cell) or "王芳" in str(cell) for row in rows for cell in row)


# Circling cases


@pytest.fixture
def sent_round(city: Cast) -> Receipt:
    receipt = reported("井盖缺失")
    for _ in range(2):
        act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
        act(city.actor("handler"), receipt.case_id, "return", Given(reason="不归我管"))
    return receipt


def test_a_supervisor_sees_which_units_had_the_case_and_why(signed_in: SignedIn, sent_round: Receipt) -> None:
    page = signed_in("supervisor").get("/desk/circles/").content.decode()
    assert sent_round.case_number in page
    assert page.count("海曙区综合行政执法局</li>") == 2
    assert "多次退回、流转" in page
    assert "重复派给同一单位" in page


def test_circles_are_filtered_by_unit_and_exported(signed_in: SignedIn, sent_round: Receipt) -> None:
    desk = signed_in("supervisor")
    assert sent_round.case_number in desk.get("/desk/circles/?unit=海曙区综合行政执法局").content.decode()
    assert "没有符合条件" in desk.get("/desk/circles/?unit=没有的单位").content.decode()
    lines = desk.get("/desk/circles/export/?as=csv").content.decode("utf-8-sig").splitlines()
    assert sent_round.case_number in lines[1]


def test_no_circle_says_so(signed_in: SignedIn) -> None:
    assert "没有空转的案件" in signed_in("leader").get("/desk/circles/").content.decode()


@pytest.mark.parametrize("who", ["operator", "handler", "verifier"])
def test_circles_are_for_those_who_can_end_them(signed_in: SignedIn, who: str) -> None:
    assert signed_in(who).get("/desk/circles/").status_code == 403
