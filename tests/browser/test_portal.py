"""Residents at home, in the hall and with an agent: everything without scripts, more with them."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import expect

from gezhi.cases.models import Case, Report
from gezhi.cases.queries.contact import contact_of
from gezhi.portal.views import map
from tests import cast
from tests.browser.conftest import DESKTOP, PHONE, Arrive, Visitor
from tests.house.tree import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
ASK = "tags => axe.run({runOnly: tags}).then(found => found.violations.map(one => one.id + ' ' + one.nodes[0].html))"
OUTER = ".map(one => one.outerHTML)"
SMALL = "[...document.querySelectorAll('main *, footer *')].filter(one => one.offsetParent && one.textContent.trim()"
LETTERS = f"{SMALL} && !one.closest('svg') && parseFloat(getComputedStyle(one).fontSize) < 24)" + OUTER
TARGETS = (
    "[...document.querySelectorAll('button, input:not([type=hidden]), select, textarea, summary, .door')]"
    ".filter(one => one.offsetParent && !one.closest('.filebox') && one.getBoundingClientRect().height < 60)"
    ".map(one => one.outerHTML)"
)
PAGES = ("/", "/report/", "/follow/", "/map/", "/kept/", "/verify/", "/purchases/")
HOUSE_LAMP = f"{cast.WANAN}001"


def elder(visitor: Visitor) -> Visitor:
    visitor.page.context.add_cookies([{"name": "large", "value": "1", "url": visitor.home}])
    return visitor


def complaints_of(visitor: Visitor) -> Sequence[str]:
    visitor.page.evaluate(AXE.read_text())
    found: list[str] = visitor.page.evaluate(ASK, RULES)
    return found


@pytest.mark.parametrize("language", ["zh-CN", "en-GB"])
def test_the_elders_version_is_large_strong_and_whole(arrive: Arrive, language: str) -> None:
    visitor = elder(arrive(PHONE, language))
    for path in PAGES:
        visitor.go(path)
        assert visitor.page.evaluate(LETTERS) == [], path
        assert visitor.page.evaluate(TARGETS) == [], path
        assert not visitor.overflows(), path
        assert not complaints_of(visitor), path
        visitor.snap(f"portal-elder{path.strip('/') or 'home'}-{language}")
    visitor.page.context.close()


def test_an_elder_reports_one_question_at_a_time_without_scripts(arrive: Arrive, tmp_path: Path) -> None:
    photo = tmp_path / "lamp.png"
    photo.write_bytes(cast.picture(kind="PNG"))
    visitor = elder(arrive(PHONE, java_script_enabled=False))
    page = visitor.page
    visitor.go("/")
    assert page.locator(".door").count() == 3
    page.get_by_role("link", name="我要反映").click()
    page.get_by_role("button", name="下一步").click()
    assert "请写一写是什么事" in page.inner_text("main")
    page.fill("#text", "我家门口那个路灯啊三天没亮了晚上出门看不见你们来看看吧")
    visitor.snap("portal-elder-what")
    page.get_by_role("button", name="下一步").click()
    page.set_input_files("#photos", photo)
    page.get_by_role("button", name="下一步").click()
    page.get_by_role("button", name="下一步").click()
    assert "请告诉我们在哪里" in page.inner_text("main")
    page.fill("#address", "万安社区 3 幢门口")
    visitor.snap("portal-elder-where")
    page.get_by_role("button", name="下一步").click()
    page.fill("#phone", "call me")
    page.get_by_role("button", name="下一步").click()
    assert "手机号只能有数字" in page.inner_text("main")
    page.fill("#phone", "13800001234")
    page.get_by_role("button", name="下一步").click()
    assert "1 张" in page.inner_text("main")
    visitor.snap("portal-elder-check")
    page.get_by_role("button", name="提交").click()
    visitor.snap("portal-elder-thanks")
    report = Report.objects.get()
    assert report.tracking_code in page.inner_text(".code").replace("-", "")
    assert (report.address, contact_of(report.pk).phone) == ("万安社区 3 幢门口", "13800001234")
    page.get_by_role("link", name="看进度").click()
    assert "已经收到" in page.inner_text("main")
    visitor.snap("portal-elder-followed")


def test_a_neighbour_says_the_same_here_without_scripts(arrive: Arrive) -> None:
    cast.reported("路灯不亮了", category=cast.LAMP)
    visitor = arrive(PHONE, java_script_enabled=False)
    page = visitor.page
    visitor.go("/report/")
    page.fill("#text", "路灯坏了")
    page.get_by_text("选择区域", exact=True).click()
    for at, code in enumerate((cast.HAISHU, cast.NANMEN, cast.WANAN), start=1):
        page.select_option(f"#place-{at}", code)
        page.get_by_role("button", name="选好了").click()
    page.get_by_role("button", name="提交", exact=True).click()
    visitor.snap("portal-near")
    page.get_by_role("button", name="我也遇到").click()
    assert "已收到，谢谢您" in page.inner_text("main")
    assert Case.objects.get().report_count == 2


def test_a_place_is_pointed_at_and_a_draft_waits_until_it_is_sent(arrive: Arrive) -> None:
    visitor = arrive(PHONE)
    page = visitor.page
    visitor.go("/report/")
    page.fill("#text", "井盖松了")
    visitor.go("/report/")
    assert page.input_value("#text") == "井盖松了"
    assert page.is_visible("[data-draft]")
    page.click("summary:has-text('在图上点')")
    for name in ("海曙区", "南门街道", "万安社区居委会"):
        page.get_by_role("group", name="区域图").get_by_role("button", name=name).click()
    page.get_by_role("button", name="第1网格").click()
    expect(page.locator("#found")).to_contain_text("万安社区")
    assert not complaints_of(visitor)
    visitor.snap("portal-tap")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/thanks/**")
    assert Case.objects.get().place_code == HOUSE_LAMP
    visitor.go("/report/")
    assert page.input_value("#text") == ""


def test_photos_on_a_slow_line_say_how_far_they_are(arrive: Arrive, tmp_path: Path) -> None:
    photo = tmp_path / "large.png"
    photo.write_bytes(_noise())
    visitor = arrive(PHONE)
    page = visitor.page
    visitor.go("/report/")
    page.fill("#text", "垃圾成堆")
    page.set_input_files("#photos", photo)
    page.wait_for_selector(".chosen img")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_selector("#faults")  # the place is missing: the same page again
    assert page.input_value("#text") == "垃圾成堆"
    page.fill("#address", "解放南路 12 号")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/thanks/**")
    assert Report.objects.count() == 1


def _noise() -> bytes:
    import io

    import numpy as np
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(np.random.default_rng(7).integers(0, 256, (900, 1200, 3), dtype=np.uint8)).save(
        out, "PNG"
    )
    return out.getvalue()


def test_a_village_agent_reports_for_somebody_and_prints_the_receipt(arrive: Arrive) -> None:
    visitor = arrive(DESKTOP)
    page = visitor.page
    visitor.sign_in("grid-worker", "/agent/")
    page.fill("#text", "水管爆了")
    page.fill("#address", "万安社区 5 幢")
    page.get_by_role("button", name="提交", exact=True).click()
    assert page.locator("#faults li").count() == 2
    assert not complaints_of(visitor)
    visitor.snap("portal-agent")
    page.fill("#name", "王秀英")
    page.fill("#phone", "13800001234")
    page.check("#consent")
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/agent/*/")
    assert "由 万安社区居委会 网格员小孙 代办" in page.inner_text("main")
    assert not complaints_of(visitor)
    visitor.snap("portal-agent-receipt")
    page.emulate_media(media="print")
    visitor.snap("portal-agent-receipt-print")


@pytest.mark.parametrize(("language", "size"), [("zh-CN", DESKTOP), ("en-GB", PHONE)])
def test_everybody_sees_what_is_done_and_nobody_is_found(
    arrive: Arrive, language: str, size: dict[str, int]
) -> None:
    map.NUMBERS.clear()
    cast.reported("我家楼下路灯不亮", category=cast.LAMP, reporter_name="王秀英", address="解放南路 12 号")
    cast.reported("垃圾没人收", category=cast.RUBBISH, grid=f"{cast.LIUJIN}001")
    visitor = arrive(size, language)
    for path in ("/map/", f"/map/?place={cast.HAISHU}", f"/map/?place={cast.WANAN}", "/kept/"):
        visitor.go(path)
        assert not [words for words in ("王秀英", "楼下", "解放南路") if words in visitor.page.content()]
        assert not visitor.overflows()
        assert not complaints_of(visitor)
        visitor.snap(f"portal-{path.strip('/').replace('/?place=', '-')}-{language}")


def test_what_one_follows_reads_well_in_the_dark_and_on_paper(arrive: Arrive) -> None:
    receipt = cast.reported("路灯不亮了", category=cast.LAMP, reporter_phone="13800001234")
    visitor = arrive(PHONE, color_scheme="dark")
    page = visitor.page
    visitor.go("/follow/")
    page.fill("#code", receipt.tracking_code)
    page.fill("#last4", "1234")
    page.click("form.card button")
    page.wait_for_url("**/follow/**")
    assert not complaints_of(visitor)
    visitor.snap("portal-followed-dark")
    page.emulate_media(media="print")
    visitor.snap("portal-followed-print")
