"""Trust before a real browser: a copy of one's data, a number that is shown for a while, who looked at a case, a
warning from its first sight to its closing."""

import json
import zipfile
from datetime import timedelta

import pytest
from django.conf import settings as node
from django.utils import timezone
from playwright.sync_api import expect

from gezhi.cases.actions import act
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.actions import appoint, open_account, record_signal
from gezhi.people.models import Lookup, Unit
from gezhi.security.actions import watch
from gezhi.security.models import RaisedWarning
from tests.browser.conftest import PHONE, Arrive, Visitor
from tests.cast import CITY, PASSWORD, SINCE, Cast, reported
from tests.security.test_incident import LESSON

NUMBER = "13800001234"


@pytest.fixture
def matter(city: Cast) -> Receipt:
    receipt = reported("路灯不亮", reporter_name="王小明", reporter_phone=NUMBER)
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    return receipt


def newcomer(city: Cast, username: str, role: str) -> None:
    account = open_account(username, username, PASSWORD)
    appoint(account, Unit.objects.get(id=city.units["centre"]), role, CITY, SINCE)


def unmask(handler: Visitor, matter: Receipt) -> None:
    handler.go(f"/desk/cases/{matter.case_number}/")
    shown = handler.page.locator(f"#contact-{matter.report_id}")
    expect(shown).to_contain_text("138****1234")
    shown.locator("summary").click()
    shown.locator("input[name=reason]").fill("约时间入户")
    shown.get_by_role("button").click()
    expect(shown.get_by_role("link", name=NUMBER)).to_be_visible()


def test_a_resident_takes_a_copy_of_their_data(arrive: Arrive, matter: Receipt) -> None:
    resident = arrive(PHONE)
    resident.go("/rights/")
    resident.page.fill("#tracking", matter.tracking_code)
    resident.page.fill("#last4", NUMBER[-4:])
    resident.page.get_by_role("button", name="查看").click()
    expect(resident.page.locator("main")).to_contain_text("还没有人查看过")
    with resident.page.expect_download() as taken:
        resident.page.get_by_role("button", name="下载一份副本").click()
    with zipfile.ZipFile(taken.value.path()) as copy:
        told = [json.loads(copy.read(name)) for name in copy.namelist() if name.endswith(".json")]
    assert NUMBER in json.dumps(told, ensure_ascii=False)
    assert "路灯不亮" in json.dumps(told, ensure_ascii=False)


def test_a_number_is_shown_for_fifteen_minutes(arrive: Arrive, matter: Receipt) -> None:
    handler = arrive()
    handler.sign_in("handler")
    handler.page.clock.install()
    unmask(handler, matter)
    handler.page.clock.run_for(timedelta(minutes=16) // timedelta(milliseconds=1))
    shown = handler.page.locator(f"#contact-{matter.report_id}")
    expect(shown).to_have_text("显示时间已到，联系方式已隐藏。")
    assert NUMBER not in handler.page.content()
    assert Lookup.objects.get(subject_kind="report", subject_id=matter.report_id).reason == "约时间入户"


def test_an_auditor_finds_who_looked_at_a_case(arrive: Arrive, matter: Receipt, city: Cast) -> None:
    newcomer(city, "auditor", "auditor")
    handler = arrive()
    handler.sign_in("handler")
    unmask(handler, matter)
    auditor = arrive()
    auditor.sign_in("auditor", "/desk/audit/")
    auditor.page.fill("#l-number", matter.case_number)
    auditor.page.get_by_role("button", name="筛选").click()
    row = auditor.page.locator("table.looks tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("约时间入户")
    expect(row).to_contain_text("处置员")


def test_a_warning_is_seen_becomes_an_incident_and_is_closed_by_a_second_person(
    arrive: Arrive, city: Cast
) -> None:
    publish(read_pack(node.PACKS_DIR / "security"))
    record_signal("export", city.account("handler").pk, "10.0.0.5", {"rows": 60_000})
    watch(timezone.now())
    warning = RaisedWarning.objects.get(rule="sec-large-exports")  # at night there is another of it
    newcomer(city, "second", "administrator")
    first = arrive()
    first.sign_in("administrator", "/desk/security/")
    first.page.locator(f"#s-now ~ ul a[href$='/{warning.pk}/']").click()
    first.page.get_by_role("button", name="已看到，正在核实").click()
    first.page.get_by_role("button", name="立案处置").click()
    first.page.get_by_text("一般事件，不需上报", exact=True).first.click()
    first.page.locator("form:has(input[value=below]) textarea").fill("只在内网，没有外泄")
    first.page.locator("form:has(input[value=below]) button.wide").click()
    expect(first.page.locator("main")).to_contain_text("处置中")
    warning.refresh_from_db()
    case = Case.objects.get(pk=warning.case_id)
    act(city.actor("administrator"), case.pk, "finish", Given(form=LESSON))
    second = arrive()
    second.sign_in("second", f"/desk/cases/{case.number}/")
    verify = second.page.locator("form:has(input[value=verify])")
    if not verify.locator("textarea").is_visible():
        second.page.get_by_text("复核归档", exact=True).first.click()
    verify.locator("textarea").fill("已逐一核对")
    verify.locator("button.wide").click()
    expect(second.page.locator("main")).to_contain_text("已归档")
