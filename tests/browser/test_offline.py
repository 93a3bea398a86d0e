"""A day without a network: everything is done on the phone, and arrives once."""

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from gezhi.cases.actions import act
from gezhi.cases.models import Case, CaseEvent, Evidence, Report
from gezhi.cases.procedure import Given
from gezhi.field.offline.views import phone as pages_of_the_phone
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from tests import cast
from tests.browser.cutting import Cutting
from tests.browser.phones import GRID, KEPT, Phone, phone_at, picture
from tests.browser.test_every_page import ASK, AXE, RULES
from tests.packs import small
from tests.rounds.pack import FILES
from tests.rounds.test_field_pages import due

CUTS = 50


def tasks(city: cast.Cast, count: int, *, received: bool = True) -> list[str]:
    """Cases in the grid that wait to be handled."""
    made = []
    for at in range(count):
        receipt = cast.reported(f"垃圾成堆 {at}", grid="", category=cast.RUBBISH, place_code=GRID)
        Case.objects.filter(pk=receipt.case_id).update(match_key=-at - 1)  # the next one is another matter
        unit = Given(unit_id=city.units["haishu-works"])
        act(city.actor("dispatcher"), receipt.case_id, "dispatch", unit)
        if received:
            act(city.actor("grid-worker"), receipt.case_id, "receive", Given())
        made.append(receipt.case_number)
    return made


def works_offline(phone: Phone) -> None:
    phone.sign_in("grid-worker", "/field/")
    phone.ready()
    phone.context.set_offline(True)


def reported_here() -> int:
    return Report.objects.filter(source="field").count()


def test_a_day_without_a_network_arrives_once(
    browser: Browser, city: cast.Cast, server: str, tmp_path: Path
) -> None:
    numbers, kept = tasks(city, 5), tmp_path / "phone"
    with phone_at(browser, server, kept) as phone:
        works_offline(phone)
        for at in range(20):
            phone.report(picture(tmp_path, f"r{at}.jpg"))
        for at, number in enumerate(numbers):
            phone.finish(number, picture(tmp_path, f"h{at}.jpg"))
        assert phone.unsent() == 25
    assert reported_here() == 0
    with phone_at(browser, server, kept, offline=True) as phone:
        phone.go("/field/outbox/")
        expect(phone.page.locator(".queue > li")).to_have_count(25)
        phone.context.set_offline(False)
        phone.send_everything()
        phone.page.get_by_text("已送达 25").first.wait_for()
    assert reported_here() == 20
    reports = Report.objects.filter(source="field").values("id")
    assert Evidence.objects.filter(report_id__in=reports).count() == 20
    sent = {hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.glob("*.jpg")}
    assert set(Evidence.objects.values_list("captured_sha256", flat=True)) == sent  # also while offline
    assert Case.objects.filter(number__in=numbers, state="handled").count() == 5
    finished = CaseEvent.objects.filter(case__number__in=numbers, transition="finish")
    assert finished.count() == 5
    assert Evidence.objects.filter(event_seq__in=finished.values("seq"), report_id=None).count() == 5


def test_fifty_cuts_lose_nothing_and_double_nothing(
    browser: Browser, city: cast.Cast, server: str, tmp_path: Path
) -> None:
    (number,) = tasks(city, 1, received=False)
    with Cutting(server, CUTS) as line, phone_at(browser, line.url, tmp_path / "phone") as phone:
        works_offline(phone)
        for at in range(6):
            phone.report(picture(tmp_path, f"r{at}.jpg"))
        phone.receive(number)
        phone.finish(number, picture(tmp_path, "done.jpg"))
        phone.context.set_offline(False)
        line.begin()
        while line.left:
            phone.page.evaluate(AT_ONCE)
            if not phone.unsent():
                phone.context.set_offline(True)
                phone.report(picture(tmp_path, f"more{line.left}.jpg"))
                phone.context.set_offline(False)
        phone.send_everything()
        made = phone.page.locator(".queue > li").count() - 2
    assert reported_here() == made >= 6
    assert Report.objects.filter(source="field").exclude(submitted_by_id=None).count() == made
    photos = Evidence.objects.exclude(report_id=None)
    assert photos.count() == made
    steps = CaseEvent.objects.filter(case__number=number).values_list("transition", flat=True)
    assert sorted(steps) == ["dispatch", "finish", "receive", "report"]


AT_ONCE = """async () => {
  dispatchEvent(new Event("online"));
  await navigator.locks.request("gezhi-outbox", () => undefined);
}"""


def test_what_others_changed_meanwhile_is_shown_and_can_be_resolved(
    browser: Browser, city: cast.Cast, server: str, tmp_path: Path
) -> None:
    taken, urged, dropped = tasks(city, 3)
    with phone_at(browser, server, tmp_path / "phone") as phone:
        works_offline(phone)
        for number in (taken, urged, dropped):
            phone.finish(number, picture(tmp_path, f"{number}.jpg"))
        for number in (taken, dropped):
            proof = Given(text="已清理", evidence=(cast.photo(),))
            act(city.actor("handler"), Case.objects.get(number=number).pk, "finish", proof)
        act(city.actor("supervisor"), Case.objects.get(number=urged).pk, "urge", Given(reason="请抓紧"))
        phone.context.set_offline(False)
        phone.send_everything()
        phone.page.get_by_text("有冲突 3").first.wait_for()
        told = phone.page.locator(".queue > li", has_text=taken)
        assert "处置员老张" in told.inner_text()
        assert told.get_by_role("button", name="仍然提交").count() == 0
        phone.snap("field-conflict")
        told.get_by_role("button", name="把照片和说明改作新上报").click()
        phone.page.locator(".queue > li", has_text=urged).get_by_role("button", name="仍然提交").click()
        phone.page.get_by_text("已送达 2").first.wait_for()
        phone.page.on("dialog", lambda dialog: dialog.accept())
        given_up = phone.page.locator(".queue > li", has_text=dropped)
        given_up.get_by_role("button", name="丢弃").click()
        given_up.wait_for(state="detached")
        phone.snap("field-resolved")
    assert Case.objects.get(number=urged).state == "handled"
    added = Report.objects.get(source="field")
    assert taken in added.text
    assert Evidence.objects.filter(report_id=added.pk).count() == 1


def test_who_signs_out_leaves_no_work_on_the_phone(
    browser: Browser, city: cast.Cast, server: str, tmp_path: Path
) -> None:
    tasks(city, 1)
    with phone_at(browser, server, tmp_path / "phone") as phone:
        works_offline(phone)
        phone.report(picture(tmp_path, "r.jpg"))
        phone.context.set_offline(False)
        phone.context.route("**/field/report/", lambda route: route.abort())
        phone.go("/field/outbox/")
        phone.page.get_by_role("button", name="退出登录").click()
        phone.page.wait_for_url("**/desk/sign-in/**")
        phone.until(f"async () => !(await ({KEPT})())")
        assert phone.unsent() == 1
        phone.sign_in("handler", "/field/")
        phone.go("/field/outbox/")
        phone.page.get_by_text("另有 1 件属于别的账号").wait_for()
        assert phone.page.locator(".queue > li").count() == 0


def test_a_newer_version_is_told_and_loses_nothing(
    browser: Browser, city: cast.Cast, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with phone_at(browser, server, tmp_path / "phone") as phone:
        works_offline(phone)
        phone.report(picture(tmp_path, "r.jpg"))
        phone.context.route("**/field/report/", lambda route: route.abort())
        monkeypatch.setattr(pages_of_the_phone, "_version", lambda: "newer")
        phone.context.set_offline(False)
        phone.go("/field/")
        with phone.page.expect_navigation():
            phone.page.get_by_role("button", name="新版本，点此更新").click()
        assert phone.page.evaluate("caches.keys()") == ["gezhi-field-newer"]
        assert phone.unsent() == 1


def test_a_full_phone_says_so_and_the_form_keeps_what_was_filled_in(
    browser: Browser, city: cast.Cast, server: str, tmp_path: Path
) -> None:
    with phone_at(browser, server, tmp_path / "phone") as phone:
        works_offline(phone)
        phone.context.add_init_script(FULL)
        phone.go("/field/report/")
        phone.page.fill("#text", "井盖松动")
        phone.page.get_by_role("button", name="提交", exact=True).click()
        phone.page.get_by_text("手机存储不够").wait_for()
        assert phone.page.input_value("#text") == "井盖松动"
        assert phone.unsent() == 0


FULL = """IDBObjectStore.prototype.put = () => { throw new DOMException("full", "QuotaExceededError"); };"""


def test_a_patrol_is_walked_without_a_network_on_pages_in_nobodys_way(
    browser: Browser, city: cast.Cast, server: str, tmp_path: Path
) -> None:
    publish(read_pack(small.write(tmp_path / "pack", FILES)))
    patrol = due("daily-walk")
    (number,) = tasks(city, 1)
    with phone_at(browser, server, tmp_path / "phone", "en") as phone:
        works_offline(phone)
        for path in ("", "report/", f"cases/{number}/", "rounds/", "outbox/", f"rounds/{patrol.pk}/"):
            phone.go(f"/field/{path}")
            phone.page.wait_for_timeout(300)
            phone.page.evaluate(AXE.read_text())
            found = phone.page.evaluate(ASK, RULES)
            assert not [(path, one["id"], one["nodes"][0]["html"]) for one in found]
            assert not phone.overflows()
        phone.page.fill("[name='form.hydrants']", "2")
        phone.snap("field-patrol")
        phone.page.get_by_role("button", name="Finish the patrol").click()
        phone.page.wait_for_url("**/field/outbox/")
        phone.context.set_offline(False)
        phone.send_everything()
    patrol.refresh_from_db()
    assert (patrol.state, patrol.answers) == ("done", {"hydrants": 2})
