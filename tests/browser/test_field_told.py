"""A grid worker's open page hears of new work without being asked to."""

import json
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import PHONE, Arrive
from tests.browser.test_live import until_joined
from tests.cast import BAISHA, Cast, reported
from tests.house.tree import ROOT
from tests.live.conftest import Streams

BUILD = ["--bundle", "--format=iife", "--global-name=pace", "--target=chrome102"]
COUNTED = """async ({ asked, takes, until }) => {
  const done = [], begun = performance.now();
  const again = pace.paced(async () => {
    done.push(Math.round((performance.now() - begun) / 100) / 10);
    await new Promise((end) => setTimeout(end, takes));
  });
  for (const at of asked) setTimeout(again, at);
  await new Promise((end) => setTimeout(end, until));
  return done;
}"""


@pytest.fixture
def streams(city: Cast, settings: Any) -> Iterator[Streams]:
    served = Streams()
    served.start()
    settings.LIVE_URL = f":{served.port}"
    yield served
    served.stop()


@pytest.fixture
def bare(browser: Browser) -> Iterator[Page]:
    script = [str(ROOT / "node_modules/.bin/esbuild"), str(ROOT / "frontend/field/offline/pace.ts"), *BUILD]
    opened = browser.new_page()
    opened.add_script_tag(content=subprocess.run(script, check=True, capture_output=True, text=True).stdout)
    yield opened
    opened.close()


def counted(page: Page, asked: list[int], takes: int = 10, until: int = 5_000) -> list[float]:
    """When work was begun, s."""
    words = json.dumps({"asked": asked, "takes": takes, "until": until})
    found: list[float] = page.evaluate(f"({COUNTED})({words})")
    return found


def test_a_new_case_of_the_grid_stands_in_the_open_list_and_is_told(
    city: Cast, streams: Streams, arrive: Arrive
) -> None:
    visitor = arrive(PHONE)
    visitor.sign_in("grid-worker", "/field/")
    until_joined(streams, 1)
    visitor.page.wait_for_timeout(1_500)
    receipt = reported("独居老人家烟感报警")
    told = visitor.page.locator("[data-new] a")
    told.wait_for()
    assert "独居老人家烟感报警" in told.inner_text()
    visitor.page.locator(f"[data-home] .cases a[href='/field/cases/{receipt.case_number}/']").wait_for()
    assert not visitor.overflows()
    visitor.snap("field-told")


def test_on_another_page_new_work_is_told_and_what_is_written_stays(
    city: Cast, streams: Streams, arrive: Arrive
) -> None:
    visitor = arrive(PHONE, language="en-GB")
    visitor.sign_in("grid-worker", "/field/report/")
    until_joined(streams, 1)
    visitor.page.wait_for_timeout(1_500)
    visitor.page.fill("#text", "半句话")
    reported("井盖松动，车一压就响", grid=f"{BAISHA}001")
    reported("第一盏路灯不亮")
    visitor.page.get_by_text("New: 第一盏路灯不亮").wait_for()
    assert visitor.page.input_value("#text") == "半句话"
    assert "井盖" not in visitor.page.inner_text("main")


def test_after_quiet_it_is_read_at_once_and_then_ever_more_rarely(bare: Page) -> None:
    assert counted(bare, [0, 100, 200, 1_200, 1_300], until=6_000) == [0.0, 1.0, 3.0]


def test_what_is_told_while_it_is_read_is_read_after_that(bare: Page) -> None:
    assert counted(bare, [0, 300], takes=600, until=3_000) == [0.0, 1.6]
