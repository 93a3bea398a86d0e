"""A grid worker's phone: what it keeps outlives its pages and the browser itself."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext

from tests import cast
from tests.browser.conftest import FLAGS, PHONE, Visitor
from tools.browser import chromium

GRID = f"{cast.WANAN}001"
LON, LAT = cast.centre_of(GRID)


class Phone(Visitor):
    """Signed in once, it works without a network. A cut is no complaint: it is what is tried."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        super().__init__(context, home)
        self.context = context

    def _hear(self, message: object) -> None:
        text = str(getattr(message, "text", ""))
        if "ERR_" not in text and "status of 5" not in text:
            super()._hear(message)

    def ready(self) -> None:
        """The day and the shell lie on the phone."""
        self.until(KEPT)

    def report(self, photo: Path) -> None:
        self.go("/field/report/")
        self.page.set_input_files("#photos", photo)
        self.page.locator(".chosen img").wait_for()
        self.page.locator(".chips label").nth(1).click()
        self.page.get_by_role("button", name="提交", exact=True).click()
        self.page.wait_for_url("**/field/outbox/")

    def receive(self, number: str) -> None:
        self.go(f"/field/cases/{number}/")
        self.page.get_by_role("button", name="接收", exact=True).click()
        self.page.wait_for_url("**/field/outbox/")

    def finish(self, number: str, photo: Path) -> None:
        self.go(f"/field/cases/{number}/")
        self.page.locator("summary", has_text="处置完成").click()
        self.page.fill("#finish-text", "已清理干净")
        self.page.set_input_files("#finish-evidence", photo)
        self.page.locator(".chosen img").wait_for()
        self.page.get_by_role("button", name="处置完成", exact=True).click()
        self.page.wait_for_url("**/field/outbox/")

    def unsent(self) -> int:
        return int(self.page.evaluate(UNSENT))

    def send_everything(self) -> None:
        self.go("/field/outbox/")
        self.until(f"async () => !(await ({UNSENT})())", seconds=60)

    def until(self, asked: str, seconds: int = 15) -> None:
        """Asked again and again: the browser's own waiting takes a promise for an answer."""
        for _ in range(seconds * 10):
            if self.page.evaluate(asked):
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"not within {seconds} s: {asked}")


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
def phone_at(
    browser: Browser, server: str, folder: Path, language: str = "zh-CN", **more: Any
) -> Iterator[Phone]:
    """Its storage lies in the folder: another phone at the same folder is the same one, switched on again."""
    options: dict[str, Any] = {
        "viewport": PHONE,
        "locale": language,
        "has_touch": True,
        "is_mobile": True,
        **more,
    }
    where = {"longitude": LON, "latitude": LAT, "accuracy": 12}
    context = browser.browser_type.launch_persistent_context(
        folder,
        executable_path=chromium(),
        args=FLAGS,
        geolocation=where,
        permissions=["geolocation"],
        **options,
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
