"""Deviations as people meet them on a screen: asked for, approved, whistled, reported in, told."""

from tests.browser.conftest import PHONE, Arrive, Visitor
from tests.cases.test_actions import Loop
from tests.cast import Cast, reported


def _open(visitor: Visitor, title: str) -> None:
    """Opens a step's form, and the shelf on which it stands."""
    summary = visitor.page.locator("details.step > summary", has_text=title).first
    shelf = visitor.page.locator("details.shelf", has=summary)
    if shelf.count() and shelf.first.get_attribute("open") is None:
        shelf.first.locator("> summary").click()
    summary.click()


def _submit(visitor: Visitor, title: str) -> None:
    visitor.page.locator("details.step[open] button", has_text=title).first.click()
    visitor.page.wait_for_selector(".note.good")


def _case(arrive: Arrive, who: str, number: str, **options: object) -> Visitor:
    visitor = arrive(**options)
    visitor.sign_in(who, f"/desk/cases/{number}/")
    return visitor


def test_an_extension_is_asked_for_and_approved(city: Cast, arrive: Arrive) -> None:
    loop = Loop(city, reported(reporter_phone="13800001234")).handling()
    number, due = loop.case.number, loop.case.due_at
    handler = _case(arrive, "handler", number)
    _open(handler, "延期")
    opened = handler.page.locator("details.step[open]")
    opened.locator("input[name=length]").fill("2")
    opened.locator("textarea[name=reason]").fill("等配件")
    _submit(handler, "延期")
    assert "待审批：延期" in handler.page.content()
    handler.snap("deviations-asked")
    supervisor = _case(arrive, "supervisor", number)
    assert "2 个工作日" in supervisor.page.content()
    _open(supervisor, "同意")
    _submit(supervisor, "同意")
    assert loop.case.due_at > due  # type: ignore[operator]
    assert "经审批同意" in supervisor.page.content()
    supervisor.snap("deviations-approved")


def test_a_unit_is_whistled_and_reports_in(city: Cast, arrive: Arrive) -> None:
    loop = Loop(city, reported()).handling()
    number = loop.case.number
    dispatcher = _case(arrive, "dispatcher", number)
    _open(dispatcher, "吹哨")
    opened = dispatcher.page.locator("details.step[open]")
    opened.locator("input[name=unit_names]").fill("江北区综合行政执法局")
    opened.locator("textarea[name=text]").fill("明早九点现场会商")
    _submit(dispatcher, "吹哨")
    dispatcher.snap("deviations-whistled")
    partner = arrive(size=PHONE)
    partner.sign_in("jiangbei-handler")
    partner.page.get_by_role("link", name="吹哨与联办").first.click()
    partner.page.get_by_role("link", name=number).first.click()
    _open(partner, "报到")
    _submit(partner, "报到")
    assert "办理中" in partner.page.content()
    assert not partner.overflows()
    partner.snap("deviations-reported-in")


def test_a_supervised_case_says_so_in_english(city: Cast, arrive: Arrive) -> None:
    loop = Loop(city, reported()).handling()
    loop.do("supervisor", "order", reason="今日办结", length="4 working hours")
    loop.do("supervisor", "red-card", reason="拖延")
    handler = _case(arrive, "handler", loop.case.number, language="en")
    page = handler.page.content()
    assert "Cards and orders" in page
    assert "To be answered by" in page
    handler.snap("deviations-supervised-en")
