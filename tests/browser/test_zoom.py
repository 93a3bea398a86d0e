"""At 200 % zoom and in large type the main pages of each area show everything: nothing wider than its screen or cut."""

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.conftest import PHONE
from tools.gallery.city import City
from tools.gallery.pages import page_of, who_opens
from tools.gallery.people import NO_WORKER, come_in

ZOOMED = {"width": 640, "height": 400}  # 1280 x 800 at 200 %: half the CSS pixels, each twice as large
MAIN = {
    "portal": "home report agent thanks follow followed map kept verify purchases",
    "field": "home report case box rounds week round",
    "desk": "home triage cases case hotline inbox board statistics appraisal lists",
    "command": "wall phone case",
}
CUT = """() => [...document.body.querySelectorAll("*")].filter((one) => {
  const look = getComputedStyle(one), words = [...one.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
  if (!words || look.overflowX === "visible" || look.overflowX === "auto" || look.overflowX === "scroll") return false;
  if (one.closest(".unseen, [hidden], [title]") || !one.checkVisibility()) return false;
  if (one.matches("input, textarea, select")) return false;
  return one.scrollWidth > one.clientWidth + 1;
}).map((one) => `${one.tagName} .${one.className}: ${one.innerText.slice(0, 60)}`)"""


def screen_of(browser: Browser, city: City, who: str, large: bool) -> BrowserContext:
    """Ends with the browser."""
    context = browser.new_context(
        viewport=PHONE if large else ZOOMED,  # type: ignore[arg-type]
        device_scale_factor=2,
        locale="zh-CN",
    )
    context.add_init_script(NO_WORKER)
    if large:
        context.add_cookies([{"name": "large", "value": "1", "url": city.home}])
    come_in(context, city, who)
    return context


@pytest.mark.parametrize("large", [False, True], ids=["zoomed", "large type"])
@pytest.mark.parametrize("area", list(MAIN))
def test_nothing_is_cut(area: str, large: bool, lively: City, browser: Browser) -> None:
    routes = [f"{area}:{name}" for name in MAIN[area].split()]
    found: dict[str, list[str]] = {}
    for who in sorted({who_opens(route) for route in routes}):
        context = screen_of(browser, lively, who, large)
        for route in (one for one in routes if who_opens(one) == who):
            found[route] = faults(context, lively, route)
    assert not {route: told for route, told in found.items() if told}


def faults(context: BrowserContext, city: City, route: str) -> list[str]:
    with city.connect() as connection:
        path = page_of(route, connection).path
    page = context.new_page()
    page.goto(city.home + path)
    told: list[str] = page.evaluate(CUT)
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        told.append("wider than its screen")
    page.close()
    return told
