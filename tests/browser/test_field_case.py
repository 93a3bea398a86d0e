"""A case on a phone in the field: partners report in, an extension is asked for and approved, documents stay there."""

from pathlib import Path

from gezhi.cases.actions import issue_document, make_document
from gezhi.cases.models import Assignment
from tests.browser.conftest import PHONE, Arrive, Visitor
from tests.browser.test_deviations import _open, _submit
from tests.cases.letters import CATEGORY, publish_letters
from tests.cases.test_actions import Loop
from tests.cast import Cast, reported


def _on_phone(arrive: Arrive, who: str, path: str) -> Visitor:
    visitor = arrive(PHONE, has_touch=True, is_mobile=True)
    visitor.sign_in(who, path)
    return visitor


def test_a_partner_reports_in_and_does_its_share_on_the_phone(city: Cast, arrive: Arrive) -> None:
    loop = Loop(city, reported()).handling()
    partner = city.units["jiangbei-works"]
    loop.do("dispatcher", "whistle", unit_ids=(partner,), text="明早九点现场会商")
    visitor = _on_phone(arrive, "jiangbei-handler", f"/field/cases/{loop.case.number}/")
    _open(visitor, "报到")
    _submit(visitor, "报到")
    assert "/field/" in visitor.page.url
    assert Assignment.objects.get(case=loop.case, unit_id=partner).state == "received"
    visitor.snap("field-partner")
    assert not visitor.overflows()


def test_an_extension_is_asked_for_and_approved_on_phones(city: Cast, arrive: Arrive) -> None:
    loop = Loop(city, reported()).handling()
    number, due = loop.case.number, loop.case.due_at
    handler = _on_phone(arrive, "handler", f"/field/cases/{number}/")
    _open(handler, "延期")
    opened = handler.page.locator("details.step[open]")
    opened.locator("input[name=length]").fill("2")
    opened.locator("textarea[name=reason]").fill("等配件")
    _submit(handler, "延期")
    assert "/field/" in handler.page.url
    handler.snap("field-asked")
    assert not handler.overflows()
    supervisor = _on_phone(arrive, "supervisor", f"/desk/cases/{number}/")
    _open(supervisor, "同意")
    _submit(supervisor, "同意")
    assert not supervisor.overflows()
    handler.go(f"/field/cases/{number}/")
    assert "经审批同意" in handler.page.content()
    assert loop.case.due_at > due  # type: ignore[operator]


def test_documents_and_related_cases_stay_in_the_field(city: Cast, arrive: Arrive, tmp_path: Path) -> None:
    publish_letters(tmp_path)
    loop = Loop(city, reported("三楼楼道灯不亮", category=CATEGORY)).dispatched()
    paper = issue_document(city.actor("dispatcher"), loop.case.pk, "sheet", "今天修好")
    make_document(paper.pk)
    visitor = _on_phone(arrive, "handler", f"/field/cases/{loop.case.number}/")
    link = visitor.page.locator("section[aria-labelledby=papers] a").first.get_attribute("href")
    assert link == f"/field/documents/{paper.code}/"
    answer = visitor.page.request.get(visitor.home + link)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
    visitor.snap("field-documents")
    assert not visitor.overflows()
