"""Forms of packs on real screens: fields come and go with scripts, and everything can be reached without."""

from pathlib import Path

import pytest

from gezhi.cases.models import Report
from tests import cast
from tests.browser.conftest import DESKTOP, PHONE, Arrive
from tests.pages.asked_pack import FIRE, publish_asking

ASKED = "#asked fieldset.asked"


@pytest.fixture
def asking(city: cast.Cast, tmp_path_factory: pytest.TempPathFactory) -> None:
    publish_asking(Path(tmp_path_factory.mktemp("pack")))


@pytest.mark.parametrize(("language", "size"), [("zh-CN", PHONE), ("en-GB", DESKTOP)])
def test_a_resident_is_asked_what_the_category_needs(
    arrive: Arrive, asking: None, language: str, size: dict[str, int]
) -> None:
    visitor = arrive(size=size, language=language)
    page = visitor.page
    visitor.go("/report/")
    page.fill("#text", "三楼在冒烟")
    page.fill("#address", "解放南路 12 号")
    page.select_option("#category", FIRE)
    page.wait_for_selector(ASKED)
    assert page.input_value("[name='form.place_note']") == "解放南路 12 号"
    assert not page.is_visible("[name='form.trapped_count']")
    page.check("[name='form.trapped'][value=true]")
    page.fill("[name='form.trapped_count']", "2")
    page.select_option("[name='form.use']", "factory")
    assert page.is_visible("[name='form.gate_code']")
    visitor.snap(f"form-portal-{language}")
    page.select_option("[name='form.use']", "home")
    assert not page.is_visible("[name='form.gate_code']")
    page.fill("[name='form.storeys']", "0")
    page.click("form#report .send button")
    page.wait_for_selector("#faults")
    visitor.snap(f"form-portal-fault-{language}")
    page.click("#faults a")
    assert page.evaluate("document.activeElement.name") == "form.storeys"
    page.fill("[name='form.storeys']", "6")
    page.click("form#report .send button")
    page.wait_for_url("**/thanks/**")
    assert not visitor.overflows()
    assert Report.objects.get().attributes["trapped_count"] == 2


def test_without_scripts_conditions_are_written_and_nothing_is_lost(arrive: Arrive, asking: None) -> None:
    visitor = arrive(size=PHONE, java_script_enabled=False)
    page = visitor.page
    visitor.go("/report/")
    page.fill("#text", "三楼在冒烟")
    page.fill("#address", "解放南路 12 号")
    page.select_option("#category", FIRE)
    page.click("button[name=ask]")
    assert page.is_visible("[name='form.trapped_count']")
    assert page.is_visible("text=仅当“有人被困吗”为“是”时填写")
    visitor.snap("form-portal-without-scripts")
    page.check("[name='form.trapped'][value=false]")
    page.fill("[name='form.storeys']", "6")
    page.click("form#report .send button")
    page.wait_for_url("**/thanks/**")
    assert "trapped_count" not in Report.objects.get().attributes


@pytest.mark.parametrize(
    ("username", "path", "size"),
    [("operator", "/desk/hotline/", DESKTOP), ("grid-worker", "/field/report/", PHONE)],
)
def test_staff_are_asked_on_their_own_pages(
    arrive: Arrive, asking: None, username: str, path: str, size: dict[str, int]
) -> None:
    visitor = arrive(size=size)
    page = visitor.page
    visitor.sign_in(username, path)
    if username == "operator":
        page.fill("#category", "冒烟的房屋 90001")
        page.press("#category", "Tab")
    else:
        page.click("text=更多类别")
        page.check(f"[name=category][value={FIRE}]")
    page.wait_for_selector(ASKED)
    page.check("[name='form.trapped'][value=true]")
    assert page.is_visible("[name='form.trapped_count']")
    assert not visitor.overflows()
    visitor.snap(f"form-{username}")


def test_large_type_fits_a_phone(arrive: Arrive, asking: None) -> None:
    visitor = arrive(size=PHONE)
    visitor.page.context.add_cookies([{"name": "large", "value": "1", "url": visitor.home}])
    visitor.go(f"/report/?category={FIRE}")
    assert visitor.page.is_visible(ASKED)
    assert not visitor.overflows()
    visitor.snap("form-portal-large")


def test_a_step_asks_its_form_and_shows_the_answers(arrive: Arrive, asking: None, city: cast.Cast) -> None:
    answers = {"trapped": True, "trapped_count": 2, "storeys": 6, "inside": ["gas"], "seen_on": "2026-07-01"}
    receipt = cast.reported("三楼在冒烟", category=FIRE, attributes=answers)
    visitor = arrive(size=DESKTOP)
    page = visitor.page
    visitor.sign_in("dispatcher", f"/desk/cases/{receipt.case_number}/")
    if not page.is_visible("[id='note-form.storeys']"):
        page.click("summary:has-text('更正与其他')") if page.is_visible(
            "summary:has-text('更正与其他')"
        ) else None
        page.click("summary:has-text('记录现场')")
    page.check("[name='form.trapped'][value=true]")
    page.fill("[id='note-form.storeys']", "7")
    visitor.snap("form-step")
    page.click("button:has-text('记录现场')")
    page.wait_for_selector("dl.answers >> text=7")
    visitor.snap("form-answers")
