"""A desk page hears what was committed, and says so when it cannot."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browser.conftest import PHONE, Arrive
from tests.cast import Cast, reported
from tests.live.conftest import Streams


@pytest.fixture
def streams(city: Cast, settings: Any) -> Iterator[Streams]:
    served = Streams()
    served.start()
    settings.LIVE_URL = f":{served.port}"
    yield served
    served.stop()


def test_a_list_counts_what_changed_and_says_when_the_line_is_lost(
    city: Cast, streams: Streams, arrive: Arrive
) -> None:
    reported("第一盏路灯不亮")
    visitor = arrive()
    visitor.sign_in("dispatcher", "/desk/cases/")
    page, line = visitor.page, visitor.page.locator(".live-line")
    until_joined(streams, 1)
    top = page.locator(".rows a").first.bounding_box()
    reported("垃圾堆在楼下三天没人收")
    page.get_by_text("有 1 件新变化，点击刷新").wait_for()
    assert page.locator(".rows a").first.bounding_box() == top, "no row moved"
    visitor.snap("live-count")
    page.get_by_text("有 1 件新变化，点击刷新").click()
    page.get_by_text("垃圾堆在楼下").first.wait_for()
    until_joined(streams, 1)

    streams.stop()
    line.get_by_text("实时更新").locator("visible=true").wait_for()
    visitor.snap("live-lost")
    reported("井盖松动，车一压就响")
    streams.start()
    page.get_by_text("可能有新变化，点击刷新").wait_for(timeout=20_000)
    visitor.snap("live-back")
    visitor.complaints[:] = [words for words in visitor.complaints if "ERR_" not in words]


def test_without_a_stream_nothing_is_lost_but_time(city: Cast, settings: Any, arrive: Arrive) -> None:
    settings.LIVE_URL = ":9"
    visitor = arrive(size=PHONE, language="en-GB")
    visitor.sign_in("dispatcher", "/desk/")
    visitor.page.get_by_text("No live updates. Refresh by hand").wait_for()
    assert not visitor.overflows()
    visitor.snap("live-none-en")
    visitor.complaints[:] = [words for words in visitor.complaints if "ERR_" not in words]


def until_joined(streams: Streams, number: int) -> None:
    end = time.monotonic() + 10
    while streams.health()["clients"] != number:
        assert time.monotonic() < end, "The page does not listen."
        time.sleep(0.05)
