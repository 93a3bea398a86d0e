"""A real Chromium on a real server, with the cast's city behind it."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from gezhi.cases import world
from gezhi.places.tiles.queries import ensure_current_tiles
from tests import cast
from tests.house.tree import ROOT
from tools.browser import FLAGS, MISSING, chromium
from tools.gallery.city import City, furnish, served

SCREENS = ROOT / "var" / "screens"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's own loop runs in the thread of the test


@pytest.fixture(scope="session")
def browser(server: str) -> Iterator[Browser]:
    """Opened after the database: Playwright leaves a loop running in this thread."""
    path = chromium()
    assert path, MISSING
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def server(django_db_setup: None) -> Iterator[str]:
    """The address of the whole application, with static files as the node serves them."""
    live = LiveServerThread("localhost", lambda application: application)
    live.daemon = True
    live.start()
    live.is_ready.wait()
    assert live.error is None, live.error
    yield f"http://localhost:{live.port}"
    live.terminate()


@pytest.fixture
def city(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[cast.Cast]:
    """The cast where the server's threads see it."""
    settings.DATA_DIR = tmp_path
    world._world = None
    if not cast.is_settled():
        cast.settle()
    ensure_current_tiles()
    yield cast.here()
    world._world = None


@pytest.fixture(scope="session")
def lively() -> Iterator[City]:
    """A demonstration city, in a folder that the database's own user reaches, which those of pytest are not."""
    with (
        TemporaryDirectory(prefix="gezhi-lively-", ignore_cleanup_errors=True) as folder,
        served(Path(folder)) as city,
    ):
        furnish(city)
        yield city


class Visitor:
    """One person before one screen; what the console complains of is kept."""

    def __init__(self, context: BrowserContext, home: str) -> None:
        self.page: Page = context.new_page()
        self.page.set_default_timeout(30_000)  # of a machine with other work
        self.home, self.complaints = home, list[str]()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: Any) -> None:
        expected = "status of 4" in message.text  # a refusal that the test asked for
        if message.type == "error" and not expected:
            self.complaints.append(message.text)

    def go(self, path: str) -> None:
        self.page.goto(self.home + path)

    def sign_in(self, username: str, path: str = "/desk/") -> None:
        self.go(f"/desk/sign-in/?next={path}")
        self.page.fill("#username", username)
        self.page.fill("#password", cast.PASSWORD)
        self.page.click("form.card button")
        self.page.wait_for_url(f"**{path}")

    def snap(self, name: str) -> None:
        SCREENS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENS / f"{name}.png", full_page=True)

    def overflows(self) -> bool:
        return bool(self.page.evaluate("document.documentElement.scrollWidth > innerWidth"))


Arrive = Callable[..., Visitor]


@pytest.fixture
def arrive(browser: Browser, city: cast.Cast, server: str) -> Iterator[Arrive]:
    """Opens a screen: `arrive(size=PHONE, language="en", **options)`. Nobody may meet an error."""
    visitors: list[Visitor] = []

    def open_screen(size: dict[str, int] = DESKTOP, language: str = "zh-CN", **options: Any) -> Visitor:
        context = browser.new_context(viewport=size, locale=language, **options)  # type: ignore[arg-type]
        visitors.append(Visitor(context, server))
        return visitors[-1]

    yield open_screen
    complaints = [words for visitor in visitors for words in visitor.complaints]
    for visitor in visitors:
        visitor.page.context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture(scope="session", autouse=True)
def _fresh_screens() -> None:
    shutil.rmtree(SCREENS, ignore_errors=True)
