"""An operator takes a call."""

from gezhi.cases.models import Report
from tests import cast
from tests.desk.conftest import SignedIn

CALL = {
    "source_id": "call-1",
    "text": "万安社区门口路灯不亮",
    "reporter_phone": "0574-87654321",
    "reporter_name": "林女士",
}


def test_a_call_becomes_a_report_with_a_code_to_read_out(signed_in: SignedIn) -> None:
    client = signed_in("operator")
    page = client.post("/desk/hotline/", CALL).content.decode()
    report = Report.objects.get()
    assert report.tracking_code in page
    assert (report.source, report.submitted_by_id) == ("hotline", int(client.session["_auth_user_id"]))
    assert report.case.place_code == cast.WANAN


def test_hints_name_the_place_the_category_and_what_is_known(signed_in: SignedIn) -> None:
    known = cast.reported()
    hints = signed_in("operator").get("/desk/hotline/hints/", {"text": CALL["text"]}).content.decode()
    for words in ("万安社区", "路灯异常", known.case_number):
        assert words in hints


def test_the_place_that_the_operator_chose_counts(signed_in: SignedIn) -> None:
    signed_in("operator").post(
        "/desk/hotline/", CALL | {"place_code": cast.LIUJIN, "category": "路灯异常 01037"}
    )
    report = Report.objects.get()
    assert (report.case.place_code, report.case.category) == (cast.LIUJIN, cast.LAMP)


def test_what_is_wrong_is_named_and_the_words_stay(signed_in: SignedIn) -> None:
    answer = signed_in("operator").post(
        "/desk/hotline/", CALL | {"reporter_phone": "unknown", "category": "天气"}
    )
    assert answer.status_code == 422
    assert set(answer.context["faults"]) == {"phone", "category"}
    assert CALL["text"] in answer.content.decode()


def test_a_handler_takes_no_calls(signed_in: SignedIn) -> None:
    assert signed_in("handler").get("/desk/hotline/").status_code == 403
