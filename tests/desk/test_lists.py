"""The lists at the desk: shown for a place and a day, exported, compared, changed by a case."""

from datetime import date

import pytest
from django.conf import settings

from gezhi.cases.models import Case, Report
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.actions import import_admissions, import_duties
from gezhi.people.staffing import AdmissionRow, DutyRow
from tests.cast import LAMP, NANMEN, Cast
from tests.desk.conftest import SignedIn

JAN = date(2026, 1, 1)
CHANGE = {
    "list": "admission",
    "action": "set",
    "category": "路灯异常",
    "place_code": "南门街道",
    "admitted": "false",
    "law": "某市网格事项准入办法",
    "article": "第五条",
    "valid_from": "2027-01-01",
    "text": "路灯由专业单位维护，网格员不应承担",
}


@pytest.fixture
def listed(city: Cast) -> None:
    import_duties([DutyRow(LAMP, 2, "power", JAN, None, "list", "照明条例", "第八条")], "duties.csv")
    import_admissions([AdmissionRow(LAMP, NANMEN, False, JAN, None, "list", "准入办法")], "admissions.csv")


def test_a_category_shows_who_answers_by_which_law(signed_in: SignedIn, listed: None) -> None:
    page = signed_in("dispatcher").get("/desk/lists/", {"text": LAMP, "place": "南门街道"}).content.decode()
    assert "路灯异常" in page
    assert "照明条例 第八条" in page
    assert "不准入" in page
    assert "宁波市市政管理局" in page


def test_filters_leave_what_is_asked_for(signed_in: SignedIn, listed: None) -> None:
    client = signed_in("dispatcher")
    assert client.get("/desk/lists/", {"level": "2"}).context["count"] == 1
    closed = client.get("/desk/lists/", {"admitted": "no", "place": NANMEN})
    assert [line.category for line in closed.context["lines"]] == [LAMP]
    assert client.get("/desk/lists/", {"text": "没有这种类别"}).context["count"] == 0
    assert client.get("/desk/lists/", {"place": "不存在的镇"}).context["unknown_place"]


def test_an_earlier_edition_and_day_are_shown(signed_in: SignedIn, listed: None) -> None:
    client = signed_in("dispatcher")
    asked = {"admitted": "no", "place": NANMEN}
    assert client.get("/desk/lists/", asked | {"edition": "1"}).context["count"] == 0
    assert client.get("/desk/lists/", asked | {"day": "2025-12-31"}).context["count"] == 0
    page = client.get("/desk/lists/editions/", {"after": "2"}).content.decode()
    assert "准入办法" in page
    assert "admissions.csv" in page


def test_the_exported_list_is_imported_again(signed_in: SignedIn, listed: None) -> None:
    client = signed_in("dispatcher")
    given = client.get("/desk/lists/export/", {"list": "duties", "as": "csv"}).content.decode("utf-8-sig")
    assert given.splitlines() == [
        "category,level,function,valid_from,valid_to,source,law,article",
        f"{LAMP},county,power,2026-01-01,,list,照明条例,第八条",
    ]
    assert client.get("/desk/lists/export/").headers["Content-Type"].endswith("sheet")


def test_gaps_are_on_the_map_and_in_the_list(signed_in: SignedIn, city: Cast) -> None:
    answer = signed_in("dispatcher").get("/desk/lists/coverage/")
    page = answer.content.decode()
    assert answer.context["gap_number"] > 0
    assert 'class="shaded"' in page
    assert "江北区" in page
    export = signed_in("dispatcher").get("/desk/lists/coverage/export/", {"as": "csv"})
    assert "宁波市江北区" in export.content.decode("utf-8-sig")


def test_a_proposed_change_is_a_case(signed_in: SignedIn, city: Cast) -> None:
    publish(read_pack(settings.PACKS_DIR / "lists"))
    answer = signed_in("dispatcher").post("/desk/lists/propose/", CHANGE)
    case = Case.objects.get(category="list-change")
    assert answer.headers["Location"] == f"/desk/cases/{case.number}/"
    assert case.state == "proposed"
    report = Report.objects.get(case=case)
    assert report.attributes["category"] == LAMP
    assert report.attributes["place_code"] == NANMEN


def test_what_lacks_is_told_at_the_field(signed_in: SignedIn, city: Cast) -> None:
    publish(read_pack(settings.PACKS_DIR / "lists"))
    wrong = CHANGE | {"law": "", "place_code": "不存在的镇", "valid_from": "soon"}
    answer = signed_in("dispatcher").post("/desk/lists/propose/", wrong)
    assert answer.status_code == 422
    assert {"law", "place_code", "valid_from"} <= answer.context["faults"].keys()
    assert not Case.objects.filter(category="list-change").exists()


def test_without_the_pack_nothing_is_proposed(signed_in: SignedIn, city: Cast) -> None:
    assert "gezhi packs apply lists" in signed_in("dispatcher").get("/desk/lists/propose/").content.decode()
