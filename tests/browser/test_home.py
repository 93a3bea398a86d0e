"""The desk's first page and its list: tiles stand in line, nothing is cut, marks say what they mean in words."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone

from gezhi.cases.actions import act
from gezhi.cases.procedure import Given
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from tests.browser.conftest import DESKTOP, PHONE, Arrive, Visitor
from tests.cases.test_actions import Loop
from tests.cast import Cast, reported

SMALL_DESK = {"width": 1024, "height": 768}
SIZES = (PHONE, SMALL_DESK, DESKTOP)
LANGUAGES = pytest.mark.parametrize("language", ["zh-CN", "en-GB"])


@pytest.fixture
def full(city: Cast) -> None:
    """A desk with something in most queues: late, carded, held above, asked for, special."""
    publish(read_pack(settings.PACKS_DIR / "fire-hazards"))
    now = timezone.now()
    for hours in range(0, 60, 12):
        reported(
            "人行道上的路灯整晚不亮，行人看不清脚下", now=now - timedelta(hours=hours), address=f"{hours} 号"
        )
    works = Given(unit_id=city.units["haishu-works"])
    fire = reported("楼道里私拉电线给电动车充电", category="fh-wiring")
    act(city.actor("dispatcher"), fire.case_id, "dispatch", works)
    act(city.actor("handler"), fire.case_id, "receive", Given())
    carded = Loop(city, reported("垃圾堆在楼下三天没人收")).handling()
    carded.do("supervisor", "red-card", reason="拖延")
    carded.do("handler", "extend", reason="等配件", length="2 working days")
    warned = Loop(city, reported("井盖松动，车一压就响")).handling()
    warned.do("supervisor", "yellow-card", reason="到期未办")
    held = reported("河边护栏倒了一段")
    act(city.actor("dispatcher"), held.case_id, "escalate", Given(reason="跨区"))


def tops(visitor: Visitor, selector: str) -> list[float]:
    script = "all => all.map(one => Math.round(one.getBoundingClientRect().top))"
    return visitor.page.eval_on_selector_all(selector, script)  # type: ignore[no-any-return]


def cut(visitor: Visitor, selector: str) -> list[str]:
    """The words of what does not fit into its box."""
    script = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText)"
    return visitor.page.eval_on_selector_all(selector, script)  # type: ignore[no-any-return]


@LANGUAGES
@pytest.mark.parametrize("who", ["dispatcher", "supervisor", "handler"])
def test_tiles_stand_in_line_and_none_alone(full: None, arrive: Arrive, who: str, language: str) -> None:
    visitor = arrive(language=language)
    visitor.sign_in(who)
    for size in SIZES:
        visitor.page.set_viewport_size(size)
        visitor.snap(f"home-{who}-{size['width']}-{language[:2]}")
        assert not visitor.overflows()
        assert not cut(visitor, ".queue")
        rows = tops(visitor, ".queues > li")
        assert len(set(tops(visitor, ".queue b"))) == len(set(rows)), "a number stands higher than the others"
        widths = visitor.page.eval_on_selector_all(".queues > li", "all => all.map(one => one.offsetWidth)")
        assert rows.count(rows[-1]) > 1 or widths[-1] > 1.5 * widths[0], "the last tile stands alone"


@LANGUAGES
def test_no_number_state_or_mark_is_cut(full: None, arrive: Arrive, language: str) -> None:
    visitor = arrive(language=language)
    visitor.sign_in("dispatcher", "/desk/cases/")
    for size in SIZES:
        visitor.page.set_viewport_size(size)
        visitor.snap(f"list-{size['width']}-{language[:2]}")
        assert not visitor.overflows()
        assert not cut(visitor, ".rows .figures, .rows .state, .rows .state *, .rows .title .below")
    words = visitor.page.inner_text(".rows")
    told = ("黄牌", "红牌", "上级指挥") if language == "zh-CN" else ("Yellow card", "Red card", "Held above")
    assert all(word in words for word in told)
