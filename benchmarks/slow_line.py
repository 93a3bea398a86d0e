"""The staff's list on an old machine behind a slow line: processor four times slower, 1.6 Mbit/s, 60 ms.

A demonstration city of two days is made and served; each page is opened anew in Chromium with an empty cache. One JSON
line a page: seconds until its rows are painted, against the limit of 2 s.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from _node import PROJECT, tell
from playwright.sync_api import Browser, sync_playwright

sys.path.insert(0, str(PROJECT))
from tools.browser import FLAGS, chromium
from tools.gallery.city import PASSWORD, City, served

VISITS = 5
LIMIT = 2.0  # seconds
PAGES = {
    "list": ("/desk/cases/", "tbody tr"),
    "day": ("/desk/", "tbody tr"),
    "triage": ("/desk/triage/", "main h1"),
}
LINE = {
    "offline": False,
    "latency": 60,
    "downloadThroughput": 200_000,
    "uploadThroughput": 200_000,
}  # bytes/s
PAINTED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"


def main() -> None:
    folder = tempfile.TemporaryDirectory(prefix="gezhi-bench-", ignore_cleanup_errors=True)
    with folder as data, served(Path(data)) as city, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, (path, selector) in PAGES.items():
            seconds = [visit(browser, city, path, selector) for _ in range(VISITS)]
            slowest = round(max(seconds), 2)
            tell(f"slow-line-{name}", statistics.median(seconds), "s", "limit", LIMIT, slowest=slowest)
        browser.close()


def visit(browser: Browser, city: City, path: str, selector: str) -> float:
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, locale="zh-CN", service_workers="block"
    )
    page = context.new_page()
    page.goto(f"{city.home}/desk/sign-in/?next=/desk/packs/")
    page.fill("#username", "dispatcher")
    page.fill("#password", PASSWORD)
    page.click("form.card button")
    page.wait_for_load_state("load")
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.clearBrowserCache")
    line.send("Network.emulateNetworkConditions", LINE)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(city.home + path, wait_until="commit")
    page.wait_for_selector(selector)
    seconds = float(page.evaluate(PAINTED)) / 1000
    context.close()
    return seconds


if __name__ == "__main__":
    main()
