"""The command centre's page: the map and the lists beside it tell the same and move together."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from gezhi.cases.models import Case, CaseEvent
from gezhi.insight.queries.board import memo
from gezhi.places.tiles.queries import recut_tiles
from tests.browser.conftest import DESKTOP, Arrive, Visitor
from tests.browser.test_live import until_joined
from tests.cast import BAISHA, HAISHU, NANMEN, WANAN, Cast, reported
from tests.command import busy
from tests.live.conftest import Streams

WALL = {"width": 1920, "height": 1080}


@pytest.fixture
def centre(city: Cast, settings: Any) -> Iterator[Streams]:
    """A city with cases and tiles, and the stream's process."""
    memo.clear()
    busy.fill(city)
    recut_tiles()
    served = Streams()
    served.start()
    settings.LIVE_URL = f":{served.port}"
    yield served
    served.stop()


def look(arrive: Arrive, path: str = "/command/", **screen: Any) -> Visitor:
    """The leader before the page, its map complete."""
    visitor = arrive(**screen)
    visitor.sign_in("leader", "/command/phone/")
    visitor.go(path)
    settle(visitor.page)
    return visitor


def settle(page: Page) -> None:
    page.wait_for_selector("#map[data-settled]", state="attached")


def crumbs(page: Page) -> list[str]:
    return page.locator("#crumbs li").all_inner_texts()


def test_a_click_on_the_map_drills_down_and_escape_goes_up(centre: Streams, arrive: Arrive) -> None:
    visitor = look(arrive)
    page = visitor.page
    box = page.locator("#map").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.3, box["y"] + box["height"] * 0.43)
    expect(page.locator("#crumbs [aria-current]")).to_have_text("海曙区")
    assert f"place={HAISHU}" in page.url
    expect(page.locator("#panel-places tbody th").first).to_contain_text("南门街道")
    settle(page)
    visitor.snap("command-county")
    page.keyboard.press("Escape")
    expect(page.locator("#crumbs [aria-current]")).to_have_text("宁波市")
    page.go_back()
    expect(page.locator("#crumbs [aria-current]")).to_have_text("海曙区")


def test_the_list_drills_by_keyboard_down_to_the_cases(centre: Streams, arrive: Arrive) -> None:
    visitor = look(arrive)
    page = visitor.page
    for name in ("海曙区", "南门街道", "万安社区"):
        row = page.locator("#panel-places tbody th a", has_text=name)
        row.focus()
        page.keyboard.press("Enter")
        expect(page.locator("#crumbs [aria-current]")).to_contain_text(name)
    assert crumbs(page)[:2] == ["宁波市", "海曙区"]
    settle(page)
    visitor.snap("command-village")
    page.locator("#panel-red .lines a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#drawer h2").first).to_be_visible()
    page.wait_for_timeout(300)
    visitor.snap("command-case")
    page.keyboard.press("Escape")
    expect(page.locator("#drawer")).to_be_hidden()


def test_one_click_urges_and_the_history_says_so(centre: Streams, arrive: Arrive) -> None:
    page = look(arrive).page
    first = page.locator("#panel-red .lines li").first
    number = str(first.locator("a").get_attribute("href")).rstrip("/").rpartition("/")[2]
    first.get_by_role("button").click()
    expect(page.locator("#said")).to_contain_text("已催办 1 件")
    assert CaseEvent.objects.filter(case__number=number, kind="urge").exists()
    first_link = page.locator(f"a[href$='cases/{number}/']").first
    first_link.click()
    expect(page.locator("#drawer .timeline")).to_contain_text("催办")


def test_what_happens_is_on_the_screen_at_once_and_a_lost_line_is_told(
    centre: Streams, arrive: Arrive
) -> None:
    visitor = look(arrive)
    page = visitor.page
    until_joined(centre, 1)
    expect(page.locator("#line")).to_contain_text("实时")
    before = int(str(page.locator("[data-count=received] [data-number]").get_attribute("data-number")))
    receipt = reported("河边的树倒了", grid=f"{BAISHA}001", lon=121.6095)
    fresh = page.locator(f"[data-latest] a[href$='{receipt.case_number}/']").first
    expect(fresh).to_be_visible(timeout=2000)
    after = page.locator("[data-count=received] [data-number]")
    expect(after).to_have_attribute("data-number", str(before + 1))

    centre.stop()
    expect(page.locator("#line")).to_contain_text("连线中断")
    visitor.snap("command-line-lost")
    visitor.complaints[:] = [words for words in visitor.complaints if "ERR_" not in words]


def test_a_day_is_replayed_on_the_map_and_says_that_it_is_one(centre: Streams, arrive: Arrive) -> None:
    visitor = look(arrive)
    page = visitor.page
    day = timezone.localdate() - timedelta(days=3)
    page.fill("#replay-day", day.isoformat())
    page.get_by_role("button", name="开始回放").click()
    expect(page.locator("#replay-banner b")).to_contain_text(f"回放 {day.isoformat()} 00:")
    page.get_by_role("button", name="暂停").click()
    page.locator("#replay-at").fill("168")
    expect(page.locator("#replay-banner b")).to_have_text(f"回放 {day.isoformat()} 14:00")
    settle(page)
    visitor.snap("command-replay")
    page.get_by_role("button", name="回到实时").click()
    expect(page.locator("#replay-banner")).to_be_hidden()


def test_the_address_brings_a_screen_back_as_it_was_left(centre: Streams, arrive: Arrive) -> None:
    visitor = look(arrive)
    page = visitor.page
    page.click("[data-layer=clusters]")
    page.select_option("#filter-due", "overdue")
    expect(page.locator("#filter-due")).to_have_value("overdue")
    page.wait_for_url("**due=overdue*")
    assert "layer=clusters" in page.url
    page.reload()
    settle(page)
    expect(page.locator("[data-layer=clusters]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#filter-due")).to_have_value("overdue")
    visitor.snap("command-clusters")


@pytest.mark.parametrize(("language", "scheme"), [("zh-CN", "light"), ("en-GB", "dark")])
def test_the_page_fits_its_screens(centre: Streams, arrive: Arrive, language: str, scheme: str) -> None:
    visitor = look(arrive, "/command/", size=DESKTOP, language=language, color_scheme=scheme)
    visitor.snap(f"command-{language[:2]}-{scheme}")
    assert not visitor.overflows()
    visitor.page.set_viewport_size({"width": 640, "height": 800})
    visitor.snap(f"command-narrow-{language[:2]}-{scheme}")
    assert not visitor.overflows()
    visitor.page.set_viewport_size(WALL)
    visitor.go("/command/?wall=1")
    settle(visitor.page)
    visitor.page.wait_for_timeout(500)
    visitor.snap(f"command-wall-{language[:2]}")
    assert not visitor.overflows()
    assert smallest_text(visitor.page) >= 20
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    assert visitor.page.locator(".counters dd").first.evaluate(size) >= 40


def smallest_text(page: Page) -> float:
    """Pixels, of what is seen."""
    return float(
        page.evaluate(
            """() => Math.min(...[...document.querySelectorAll("body *")]
                .filter((one) => one.checkVisibility() && !one.closest(".unseen, .skip, svg")
                    && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
                .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""
        )
    )


def test_a_red_town_pulses_without_the_map_being_drawn_again(centre: Streams, arrive: Arrive) -> None:
    page = look(arrive, f"/command/?place={NANMEN}").page
    style = "one => getComputedStyle(one).animationName"
    assert page.locator(".pulse").evaluate(style) == "pulse"
    page.get_by_role("button", name="停止闪烁").click()
    assert page.locator(".pulse").evaluate(style) == "none"
    assert Case.objects.filter(place_code__startswith=WANAN, is_open=True).exists()
