"""A case on paper: what is known of it, with telephone numbers masked."""

import pytest

from gezhi.cases.actions import act
from gezhi.cases.procedure import Given
from tests.cast import Cast, reported
from tests.desk.conftest import SignedIn


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "办理经过"), ("en", "What was done")])
def test_a_sheet_holds_facts_reports_and_steps(
    signed_in: SignedIn, city: Cast, language: str, words: str
) -> None:
    receipt = reported(reporter_name="王大明", reporter_phone="13800001234")
    unit = Given(unit_id=city.units["haishu-works"], text="请当天处理")
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", unit)
    client = signed_in("verifier")
    client.cookies["django_language"] = language
    sheet = client.get(f"/desk/cases/{receipt.case_number}/print/").content.decode()
    for part in (
        receipt.case_number,
        "路灯不亮了",
        "138****1234",
        "王**",
        "请当天处理",
        "海曙区综合行政执法局",
    ):
        assert part in sheet
    assert "13800001234" not in sheet
    assert words in sheet


def test_nobody_prints_what_is_out_of_sight(signed_in: SignedIn) -> None:
    receipt = reported()
    client = signed_in("jiangbei-dispatcher")
    assert client.get(f"/desk/cases/{receipt.case_number}/print/").status_code == 404
