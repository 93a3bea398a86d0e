"""The workbench by keyboard: triage, undoing, the list with a case beside it, the day, a case on paper."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gezhi.cases.actions import act
from gezhi.cases.models import Assignment, Case, CaseEvent
from gezhi.cases.photos import load_photo
from gezhi.cases.procedure import Given
from tests import cast
from tests.browser.conftest import DESKTOP, PHONE, Arrive, Visitor
from tests.cast import LAMP, RUBBISH, Cast, reported

ZOOMED = {"width": 640, "height": 400}  # 1280 at 200 %
WORDS = "万安社区南门口人行道上的路灯整晚不亮，行人看不清脚下，前天有位老人在这里绊了一跤，请尽快来修。"


class Keys:
    """Counts what is pressed."""

    def __init__(self, visitor: Visitor) -> None:
        self.page, self.pressed = visitor.page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1


@pytest.fixture
def queue(city: Cast) -> list[str]:
    """Three new reports, the oldest first."""
    now = timezone.now()
    photo = load_photo(cast.photo())
    grids = list(cast.WEST)
    old = reported(
        WORDS, now=now - 3 * cast.HOUR, category=LAMP, grid=grids[0], photos=(photo,), address="南门路 18 号"
    )
    near = reported("垃圾桶满了，散落一地", now=now - 2 * cast.HOUR, category=RUBBISH, grid=grids[0])
    other = reported("路口的路灯被车撞歪了", now=now - cast.HOUR, category=LAMP, grid=grids[2])
    return [one.case_number for one in (old, near, other)]


def shown(visitor: Visitor, number: str) -> None:
    visitor.page.wait_for_selector(f"#triage #matter:has-text('{number}')")


def wait(visitor: Visitor, words: str) -> None:
    visitor.page.wait_for_selector(f"#said:has-text('{words}')")


def test_a_report_is_filed_and_dispatched_in_four_keystrokes_at_most(
    queue: list[str], arrive: Arrive
) -> None:
    visitor = arrive()
    visitor.sign_in("dispatcher", "/desk/triage/")
    keys = Keys(visitor)
    shown(visitor, queue[0])
    visitor.snap("triage")
    keys.press("Enter")
    shown(visitor, queue[1])
    wait(visitor, f"{queue[0]} 已派遣至 海曙区综合行政执法局")
    assert keys.pressed <= 4
    assert Case.objects.get(number=queue[0]).state == "dispatched"
    visitor.snap("triage-done")
    keys = Keys(visitor)
    keys.press("d", "Enter")  # chosen by hand, the suggested unit first
    shown(visitor, queue[2])
    wait(visitor, f"{queue[1]} 已派遣至")
    assert keys.pressed <= 4
    keys.press("a")
    visitor.page.wait_for_selector("text=没有等您受理派遣的案件")
    visitor.snap("triage-empty")


def test_a_wrong_class_is_corrected_and_a_dispatch_undone_by_keys_alone(
    queue: list[str], arrive: Arrive, city: Cast
) -> None:
    visitor = arrive()
    visitor.sign_in("dispatcher", "/desk/triage/")
    keys = Keys(visitor)
    keys.press("c")
    visitor.page.keyboard.type("06010")
    keys.press("Enter")
    visitor.page.wait_for_selector(".decide button:has-text('南门街道办事处')")
    keys.press("Enter")
    wait(visitor, "已派遣至 南门街道办事处")
    keys.press("u")
    wait(visitor, f"{queue[0]} 已撤销")
    shown(visitor, queue[0])
    assert Case.objects.get(number=queue[0]).state == "registered"
    assert list(Assignment.objects.values_list("state", flat=True)) == ["cancelled"]
    keys.press("n")
    shown(visitor, queue[1])
    keys.press("p")
    shown(visitor, queue[0])
    keys.press("r")
    visitor.page.keyboard.type("不在受理范围，n 和 u 是字")
    assert visitor.page.input_value(".step[open] textarea") == "不在受理范围，n 和 u 是字"
    visitor.snap("triage-reject")
    keys.press("Escape", "?")
    visitor.page.wait_for_selector("dialog[open]")
    visitor.snap("triage-keys")
    visitor.page.uncheck("dialog [data-keys-on]")
    keys.press("Escape", "n")
    visitor.page.wait_for_timeout(300)
    shown(visitor, queue[0])


def test_the_second_of_two_dispatchers_is_told_and_goes_on(
    queue: list[str], arrive: Arrive, city: Cast
) -> None:
    visitor = arrive()
    visitor.sign_in("second-dispatcher", "/desk/triage/")
    case = Case.objects.get(number=queue[0])
    act(city.actor("dispatcher"), case.pk, "dispatch", Given(unit_id=city.units["nanmen"]))
    Keys(visitor).press("Enter")
    shown(visitor, queue[1])
    wait(visitor, f"{queue[0]} 刚被别人办过，现为“待接收”")
    assert CaseEvent.objects.filter(case=case, kind="dispatch").count() == 1
    visitor.snap("triage-second")


def test_a_step_that_never_arrived_is_told(queue: list[str], arrive: Arrive) -> None:
    visitor = arrive()
    visitor.sign_in("dispatcher", "/desk/triage/")
    shown(visitor, queue[0])
    visitor.page.route("**/triage/*/**", lambda route: route.fulfill(status=404))
    Keys(visitor).press("Enter")
    wait(visitor, "上一步没有送达")
    visitor.page.click("#said a")
    shown(visitor, queue[0])
    assert Case.objects.get(number=queue[0]).state == "registered"


@pytest.mark.parametrize("name", ["phone", "zoomed", "english", "dark", "large"])
def test_triage_fits_every_screen(queue: list[str], arrive: Arrive, name: str) -> None:
    size = {"phone": PHONE, "zoomed": ZOOMED}.get(name, DESKTOP)
    options = {"color_scheme": "dark"} if name == "dark" else {}
    visitor = arrive(size, "en-GB" if name == "english" else "zh-CN", **options)
    visitor.sign_in("dispatcher", "/desk/triage/")
    if name == "large":
        visitor.page.context.add_cookies([{"name": "large", "value": "1", "url": visitor.home}])
        visitor.go("/desk/triage/")
    shown(visitor, queue[0])
    visitor.snap(f"triage-{name}")
    assert not visitor.overflows()


def test_triage_works_without_scripts(queue: list[str], arrive: Arrive) -> None:
    visitor = arrive(java_script_enabled=False)
    visitor.sign_in("dispatcher", "/desk/triage/")
    visitor.page.click(".decide button.first")
    shown(visitor, queue[1])
    wait(visitor, f"{queue[0]} 已派遣至")
    visitor.page.click("#said button")
    shown(visitor, queue[0])


def test_a_case_stands_beside_the_list_and_the_address_keeps_both(queue: list[str], arrive: Arrive) -> None:
    visitor = arrive({"width": 1600, "height": 900})
    visitor.sign_in("dispatcher", "/desk/cases/?sort=due")
    keys = Keys(visitor)
    keys.press("j", "j")
    page = visitor.page
    page.wait_for_selector(f".beside-list [data-number='{queue[1]}']")
    assert f"case={queue[1]}" in page.url
    assert "sort=due" in page.url
    page.wait_for_selector(".beside-list >> text=300 米内在办")
    visitor.snap("split")
    page.reload()
    page.wait_for_selector(f".beside-list [data-number='{queue[1]}']")
    page.go_back()
    page.wait_for_selector(f".beside-list [data-number='{queue[0]}']")
    page.click(".beside-list summary:has-text('派遣')")
    page.click(".beside-list .step[open] button.first")
    page.wait_for_selector(".beside-list .undo:has-text('已派遣至')")
    assert f"case={queue[0]}" in page.url
    visitor.snap("split-dispatched")
    keys.press("u")
    page.wait_for_selector(f"text={queue[0]} 已撤销")
    visitor.go(f"/desk/cases/?sort=due&case={queue[0]}")
    page.keyboard.press("m")
    page.wait_for_selector("[data-map][data-ready]", timeout=20_000)
    page.set_viewport_size(DESKTOP)
    visitor.snap("split-desktop")
    assert not visitor.overflows()
    keys.press("Escape")
    page.wait_for_selector(".beside-list article", state="detached")
    page.focus(f"tr[data-number='{queue[2]}'] a")
    keys.press("Enter")
    page.wait_for_url(f"**/cases/{queue[2]}/")


def test_on_a_narrow_screen_a_chosen_case_has_a_page_of_its_own(queue: list[str], arrive: Arrive) -> None:
    visitor = arrive(PHONE)
    visitor.sign_in("dispatcher")
    visitor.go(f"/desk/cases/?case={queue[0]}")
    visitor.page.wait_for_url(f"**/cases/{queue[0]}/")


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_day_shows_what_is_due_and_is_walked_by_keys(
    queue: list[str], arrive: Arrive, language: str
) -> None:
    now = timezone.now()
    for number, due in zip(queue, (-cast.HOUR, timedelta(minutes=1), 2 * cast.DAY), strict=True):
        Case.objects.filter(number=number).update(due_at=now + due)
    visitor = arrive(language=language)
    visitor.sign_in("dispatcher")
    visitor.snap(f"day-{language[:2]}")
    Keys(visitor).press("j", "Enter")
    visitor.page.wait_for_url(f"**/cases/{queue[0]}/")


def test_a_case_is_printed_on_paper(queue: list[str], arrive: Arrive, city: Cast) -> None:
    case = Case.objects.get(number=queue[0])
    act(
        city.actor("dispatcher"),
        case.pk,
        "dispatch",
        Given(unit_id=city.units["haishu-works"], text="请当天处理"),
    )
    for language in ("zh-CN", "en-GB"):
        visitor = arrive({"width": 800, "height": 1130}, language)
        visitor.sign_in("dispatcher")
        visitor.go(f"/desk/cases/{queue[0]}/print/")
        visitor.page.emulate_media(media="print")
        visitor.snap(f"print-{language[:2]}")
        assert not visitor.overflows()
