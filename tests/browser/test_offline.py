"""A day without a network: everything is done on the phone, and arrives once."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from gezhi.cases.actions import act
from gezhi.cases.models import Case, CaseEvent, Evidence, Report
from gezhi.cases.procedure import Given
from tests import cast
from tests.browser.conftest import FLAGS, PHONE, SCREENS, Visitor
from tools.browser import chromium

GRID = f"{cast.WANAN}001"
LON, LAT = cast.centre_of(GRID)


class Phone(Visitor):
    """A grid worker's phone. What it keeps outlives its pages and the browser itself."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        super().__init__(context, home)
        self.context = context

    def _hear(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if "ERR_" not in text and "status of 5" not in text:
            super()._hear(message)

    def ready(self) -> None:
        """The day and the shell lie on the phone."""
        self.page.wait_for_function(KEPT)

    def report(self, photo: Path) -> None:
        self.go("/field/report/")
        self.page.set_input_files("#photos", photo)
        self.page.locator(".chosen img").wait_for()
        self.page.locator(".chips label").nth(1).click()
        self.page.get_by_role("button", name="提交", exact=True).click()
        self.page.wait_for_url("**/field/outbox/")

    def handle(self, number: str, photo: Path) -> None:
        """Receives the case and finishes it."""
        self.go(f"/field/cases/{number}/")
        self.page.get_by_role("button", name="接收", exact=True).click()
        self.page.wait_for_url("**/field/outbox/")
        self.go(f"/field/cases/{number}/")
        self.page.locator("summary", has_text="处置完成").click()
        self.page.fill("#finish-text", "换了灯泡")
        self.page.set_input_files("#finish-evidence", photo)
        self.page.locator(".chosen img").wait_for()
        self.page.get_by_role("button", name="处置完成", exact=True).click()
        self.page.wait_for_url("**/field/outbox/")

    def unsent(self) -> int:
        return int(self.page.evaluate(UNSENT))

    def send_everything(self) -> None:
        self.go("/field/outbox/")
        self.page.wait_for_function(f"async () => !(await ({UNSENT})())", timeout=60_000)


UNSENT = """() => new Promise((done) => {
  const opened = indexedDB.open("gezhi-field");
  opened.onsuccess = () => {
    const all = opened.result.transaction("items").objectStore("items").getAll();
    all.onsuccess = () => { opened.result.close(); done(all.result.filter((one) => one.state === "waiting").length); };
  };
})"""
KEPT = """async () => {
  if (!navigator.serviceWorker.controller) return false;
  return await new Promise((done) => {
    const opened = indexedDB.open("gezhi-field");
    opened.onerror = () => done(false);
    opened.onsuccess = () => {
      if (!opened.result.objectStoreNames.contains("day")) return opened.result.close(), done(false);
      const found = opened.result.transaction("day").objectStore("day").get("day");
      found.onsuccess = () => { opened.result.close(); done(Boolean(found.result)); };
    };
  });
}"""


@contextmanager
def phone_at(browser: object, server: str, folder: Path, language: str = "zh-CN", **more: object) -> Iterator[Phone]:
    """Its storage lies in the folder: another phone at the same folder is the same one, switched on again."""
    kind = browser.browser_type  # type: ignore[attr-defined]
    options: dict[str, object] = {"viewport": PHONE, "locale": language, "has_touch": True, "is_mobile": True, **more}
    where = {"longitude": LON, "latitude": LAT, "accuracy": 12}
    context = kind.launch_persistent_context(
        folder, executable_path=chromium(), args=FLAGS, geolocation=where, permissions=["geolocation"], **options
    )
    phone = Phone(context, server)
    try:
        yield phone
        assert not phone.complaints, "\n".join(phone.complaints)
    finally:
        context.close()


def picture(folder: Path, name: str) -> Path:
    path = folder / name
    path.write_bytes(cast.picture(640, 480))
    return path


def tasks(city: cast.Cast, count: int) -> list[str]:
    """Cases in the grid that wait to be received."""
    made = []
    for at in range(count):
        receipt = cast.reported(f"垃圾成堆 {at}", grid=GRID, category=cast.RUBBISH, lon=None, lat=None, place_code=GRID)
        unit = city.units["haishu-works"]
        Case.objects.filter(pk=receipt.case_id).update(match_key=-at - 1)
        act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=unit))
        made.append(receipt.case_number)
    return made


def test_a_day_without_a_network_arrives_once(
    browser: object, city: cast.Cast, server: str, tmp_path: Path
) -> None:
    numbers = tasks(city, 5)
    kept = tmp_path / "phone"
    with phone_at(browser, server, kept) as phone:
        phone.sign_in("grid-worker", "/field/")
        phone.ready()
        phone.snap("field-home")
        phone.context.set_offline(True)
        for at in range(20):
            phone.report(picture(tmp_path, f"r{at}.jpg"))
        for at, number in enumerate(numbers):
            phone.handle(number, picture(tmp_path, f"h{at}.jpg"))
        phone.snap("field-offline")
        assert phone.unsent() == 30
    before = Report.objects.filter(source="field").count()
    assert before == 0
    with phone_at(browser, server, kept, offline=True) as phone:
        phone.go("/field/outbox/")
        expect(phone.page.locator(".queue > li")).to_have_count(30)
        phone.context.set_offline(False)
        phone.send_everything()
        phone.page.get_by_text("已送达 30").first.wait_for()
        phone.snap("field-arrived")
    assert Report.objects.filter(source="field").count() == 20
    reports = Report.objects.filter(source="field").values("id")
    assert Evidence.objects.filter(report_id__in=reports).count() == 20
    assert Case.objects.filter(number__in=numbers, state="handled").count() == 5
    steps = CaseEvent.objects.filter(case__number__in=numbers, transition__in=("receive", "finish"))
    assert steps.count() == 10
    assert Evidence.objects.filter(case__number__in=numbers, event_seq=4).count() == 5
