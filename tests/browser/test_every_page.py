"""Every page, as the person whose page it is: nothing that axe-core or the console complains of, in both languages.

A demonstration city of its own is behind it, so that no page is empty.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext
from playwright.sync_api import Page as PageOfBrowser

from tests.browser.conftest import DESKTOP, PHONE
from tests.house.tree import ROOT
from tools.gallery.city import City
from tools.gallery.pages import NO_PAGES, all_routes, page_of, page_routes, who_opens
from tools.gallery.people import NO_WORKER, come_in

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASK = "tags => axe.run({runOnly: tags}).then(found => found.violations)"
BUDGETS = {
    "portal": 30,
    "field": 40,
    "desk": 60,
    "keeping": 60,
    "command": 750,
}  # kB gzipped on a first visit
APART = (
    "/tiles/",
    "/dist/map/",
    "/photo",
    "/evidence/",
    "/field/day.json",
)  # the map island of small pages, people's pictures, the work of a day without a network
FACES = {"zh": ("zh-CN", DESKTOP), "en": ("en-GB", PHONE)}
ROUTES = page_routes()


@pytest.fixture(scope="session")
def seats(lively: City, browser: Browser) -> Iterator[dict[tuple[str, str], BrowserContext]]:
    """One browser for each person and language, opened when first needed."""
    opened = Seats(lively, browser)
    yield opened
    for context in opened.values():
        context.close()


class Seats(dict[tuple[str, str], BrowserContext]):
    def __init__(self, city: City, browser: Browser) -> None:
        self._city, self._browser = city, browser

    def __missing__(self, key: tuple[str, str]) -> BrowserContext:
        who, language = key
        locale, size = FACES[language]
        context = self._browser.new_context(locale=locale, viewport=size)  # type: ignore[arg-type]
        context.add_init_script(NO_WORKER)
        come_in(context, self._city, who)
        self[key] = context
        return context


@pytest.mark.parametrize("language", list(FACES))
@pytest.mark.parametrize("route", ROUTES)
def test_nothing_is_in_anybodys_way(
    route: str,
    language: str,
    lively: City,
    seats: dict[tuple[str, str], BrowserContext],
) -> None:
    with lively.connect() as connection:
        path = page_of(route, connection).path
    page = seats[who_opens(route), language].new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    weighed = Weighed(page)
    answer = page.goto(lively.home + path)
    assert answer is not None
    assert answer.status == 200, f"{path} as {who_opens(route)!r}: {answer.status}"
    page.wait_for_load_state("load")
    page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = page.evaluate(ASK, RULES)
    assert not [_told(one) for one in found]
    assert not complaints
    assert page.locator("h1").count() == 1
    assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), "wider than its screen"
    area = route.partition(":")[0]
    assert weighed.kilobytes(apart=() if area == "command" else APART) <= BUDGETS[area], weighed.heaviest()
    page.close()


class Weighed:
    """What a page's first visit brings over the line, as it is sent."""

    def __init__(self, page: PageOfBrowser) -> None:
        self._addresses: dict[str, str] = {}
        self._sizes: dict[str, float] = {}
        line = page.context.new_cdp_session(page)
        line.send("Network.enable")
        line.send("Network.setCacheDisabled", {"cacheDisabled": True})
        line.on("Network.requestWillBeSent", self._asked)
        line.on("Network.loadingFinished", self._loaded)

    def _asked(self, event: dict[str, Any]) -> None:
        self._addresses[event["requestId"]] = event["request"]["url"]

    def _loaded(self, event: dict[str, Any]) -> None:
        self._sizes[event["requestId"]] = event["encodedDataLength"]

    def kilobytes(self, apart: Sequence[str]) -> float:
        counted = (size for key, size in self._sizes.items() if not self._is_apart(key, apart))
        return sum(counted) / 1024

    def _is_apart(self, key: str, apart: Sequence[str]) -> bool:
        address = self._addresses[key]
        return address.startswith(("data:", "blob:")) or any(part in address for part in apart)

    def heaviest(self) -> str:
        heavy = sorted(self._sizes, key=lambda key: -self._sizes[key])[:8]
        return ", ".join(f"{self._addresses[key]}: {self._sizes[key] / 1024:.1f} kB" for key in heavy)


def _told(violation: dict[str, Any]) -> str:
    nodes = " | ".join(str(node["html"])[:160] for node in violation["nodes"][:3])
    return f"{violation['id']}: {violation['help']}: {nodes}"


def test_what_is_no_page_exists() -> None:
    known = set(all_routes())
    assert not NO_PAGES - known, "A route that was renamed or removed leaves the list."
