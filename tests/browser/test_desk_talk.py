"""Colleagues talk on a case by keyboard, a ready answer fills a form, and what they are told of fits every screen."""

import pytest

from gezhi.cases.actions import act
from gezhi.cases.actions.phrases import set_phrase
from gezhi.cases.actions.talk import write_note
from gezhi.cases.models import Mention
from gezhi.cases.procedure import Given
from gezhi.insight.actions.tallying import tally_all
from tests import cast
from tests.browser.conftest import DESKTOP, PHONE, Arrive
from tests.cast import Cast, reported


@pytest.fixture
def number(city: Cast) -> str:
    """A case that was talked about, and others around it."""
    for grid in list(cast.WEST)[1:5]:
        receipt = reported("店铺占道经营，晚上也不收", grid=grid, category=cast.RUBBISH)
        act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    act(city.actor("supervisor"), receipt.case_id, "yellow-card", Given(reason="拖了三天没有人去看"))
    set_phrase(
        city.actor("leader"), None, "reject", "不属本中心", "{number}（{category}）不属本中心受理范围。"
    )
    receipt = reported("路灯又不亮了，晚上回家很黑", reporter_phone="13800001234")
    write_note(city.actor("leader"), receipt.case_id, "上周也报过，@派遣员小李 看是不是同一根线")
    tally_all()
    return receipt.case_number


def test_a_colleague_is_named_and_a_ready_answer_taken_by_keyboard(
    arrive: Arrive, city: Cast, number: str
) -> None:
    dispatcher = arrive()
    dispatcher.sign_in("dispatcher", f"/desk/cases/{number}/")
    page = dispatcher.page
    page.locator(".inboxed .unseen-count").wait_for(state="detached")
    page.focus("#note-text")
    page.keyboard.type("请 @吴")
    page.locator(".naming").get_by_role("option", name="吴局长").wait_for()
    page.keyboard.press("Enter")
    page.keyboard.type("定一下")
    assert page.input_value("#note-text") == "请 @吴局长 定一下"
    page.get_by_role("button", name="留言").click()
    page.get_by_role("paragraph").filter(has_text="请 @吴局长 定一下").wait_for()
    assert Mention.objects.filter(account_id=city.account("leader").pk).count() == 1
    page.get_by_text("更正与其他").click()
    page.locator("summary", has_text="不予立案").click()
    page.locator("form:has(#reject-reason) .phrase-pick").select_option(label="不属本中心")
    assert page.input_value("#reject-reason").startswith(number)


@pytest.mark.parametrize(
    ("size", "language"), [(PHONE, "zh-CN"), (DESKTOP, "en-GB")], ids=["phone", "desktop"]
)
def test_what_colleagues_are_told_fits(
    arrive: Arrive, number: str, size: dict[str, int], language: str
) -> None:
    end = f"{size['width']}-{language[:2]}"
    dispatcher = arrive(size, language, color_scheme="dark" if size is PHONE else "light")
    dispatcher.sign_in("dispatcher")
    for name, path in (
        ("talk", f"/desk/cases/{number}/"),
        ("inbox", "/desk/inbox/"),
        ("board", "/desk/board/"),
        ("phrases", "/desk/phrases/"),
        ("statistics", "/desk/statistics/"),
    ):
        dispatcher.go(path)
        dispatcher.page.wait_for_load_state("load")
        dispatcher.snap(f"{name}-{end}")
        assert not dispatcher.overflows(), f"{name} is wider than its screen"
