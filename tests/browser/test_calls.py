"""A caller hears that nothing was mended and sends the case back; a supervisor sees what goes round."""

import pytest

from gezhi.cases.actions import act, act_as_reporter
from gezhi.cases.models import Callback, Case
from gezhi.cases.procedure import Given
from tests import cast
from tests.browser.conftest import DESKTOP, PHONE, Arrive, Visitor
from tests.cast import Cast, reported


@pytest.fixture
def story(city: Cast) -> int:
    """A case that was rated badly, whose id this is, and one that went round."""
    unit = Given(unit_id=city.units["haishu-works"])
    badly = reported(
        "路灯又不亮了，晚上回家很黑",
        reporter_phone="13800001234",
        reporter_name="王芳",
        address="解放南路 18 号",
    )
    act(city.actor("dispatcher"), badly.case_id, "dispatch", unit)
    act(city.actor("handler"), badly.case_id, "receive", Given())
    act(city.actor("handler"), badly.case_id, "finish", Given(text="灯泡已换", evidence=(cast.photo(),)))
    act(city.actor("verifier"), badly.case_id, "verify", Given())
    act_as_reporter(badly.case_id, badly.report_id, "rate", Given(rating=1, text="没修好"))
    round_it = reported("井盖松动，车一压就响", grid=f"{cast.LINGXIA}001", category=cast.RUBBISH)
    for _ in range(2):
        act(city.actor("dispatcher"), round_it.case_id, "dispatch", unit)
        act(city.actor("handler"), round_it.case_id, "return", Given(reason="不归我管"))
    return badly.case_id


def look(visitor: Visitor, name: str, path: str) -> None:
    visitor.go(path)
    visitor.page.wait_for_load_state("load")
    visitor.snap(name)
    assert not visitor.overflows(), f"{name} is wider than its screen"


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_callbacks_and_circles_fit(arrive: Arrive, story: int, size: dict[str, int], language: str) -> None:
    supervisor, end = arrive(size, language), f"{size['width']}-{language[:2]}"
    supervisor.sign_in("supervisor")
    look(supervisor, f"callbacks-{end}", "/desk/callbacks/")
    look(supervisor, f"circles-{end}", "/desk/circles/")
    look(supervisor, f"callback-{end}", f"/desk/callbacks/{Callback.objects.get().pk}/")


def test_the_reporters_word_sends_the_case_back(arrive: Arrive, story: int) -> None:
    operator = arrive()
    operator.sign_in("operator", "/desk/callbacks/")
    operator.page.click("table.calls a")
    operator.page.get_by_text("没联系").click()
    operator.page.fill("#said", "灯还是不亮，也没有人来过")
    operator.page.get_by_role("button", name="未解决，退回重办").click()
    operator.page.get_by_text("案件按流程退回重办").wait_for()
    case = Case.objects.get(id=story)
    assert (case.state, case.reopen_count) == ("filed", 1)
