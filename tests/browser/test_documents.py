"""A document from the desk to the resident's hands."""

from pathlib import Path

from gezhi.cases.actions import act, make_document
from gezhi.cases.models import Case, IssuedDocument
from gezhi.cases.papers import paper_path
from gezhi.cases.procedure import Given
from tests.browser.conftest import DESKTOP, PHONE, Arrive
from tests.cases.letters import CATEGORY, publish_letters
from tests.cast import Cast, reported


def made() -> IssuedDocument:
    document = IssuedDocument.objects.latest("id")
    make_document(document.pk)
    return document


def test_a_sheet_is_issued_at_the_desk_and_a_letter_verified_on_a_phone(
    city: Cast, arrive: Arrive, tmp_path: Path
) -> None:
    publish_letters(tmp_path)
    receipt = reported("三楼楼道灯不亮，晚上看不见", category=CATEGORY, reporter_name="王秀英")
    desk = arrive(DESKTOP)
    desk.sign_in("dispatcher", f"/desk/cases/{receipt.case_number}/")
    desk.page.click("summary:text-is('出具文书')")
    desk.page.fill("#paper-reason", "今天修好")
    desk.snap("documents-issuing")
    desk.page.click("button:text-is('出具')")
    desk.page.wait_for_selector("text=正在生成")
    sheet = made()
    desk.go(f"/desk/cases/{receipt.case_number}/")
    desk.page.wait_for_selector(f"text={sheet.number}")
    desk.snap("documents-issued")
    act(city.actor("dispatcher"), Case.objects.get().pk, "reject", Given(reason="不属于本辖区"))
    letter = made()
    resident = arrive(PHONE)
    resident.go("/follow/")
    resident.page.fill("#code", receipt.tracking_code)
    resident.page.click("button.first")
    resident.page.wait_for_selector("text=不予受理告知书")
    resident.snap("documents-for-you")
    resident.go("/verify/")
    resident.snap("documents-verify")
    resident.page.fill("#code", letter.code.lower())
    resident.page.click("button.first")
    resident.page.wait_for_selector("text=确有这份文书")
    resident.page.set_input_files("#file", paper_path(letter.code))
    resident.page.click("text=比对")
    resident.page.wait_for_selector("text=完全一致")
    resident.snap("documents-verified")
    assert not resident.overflows()
    english = arrive(PHONE, language="en")
    english.go(f"/verify/{sheet.code}/")
    english.page.wait_for_selector("text=Handling Sheet")
    english.snap("documents-verified-en")
    assert not english.overflows()
