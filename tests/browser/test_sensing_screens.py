"""The pages of sensing in a browser: on a phone in the dark and on a desk in English; nothing that axe complains of."""

from datetime import timedelta
from math import sin
from typing import Final

import pytest
from django.utils import timezone

from gezhi.sensing.actions.silencing import SilenceDraft, silence
from gezhi.sensing.actions.stores import count_refused
from gezhi.sensing.actions.tallying import tally
from gezhi.sensing.models import EventFate
from tests.browser.conftest import DESKTOP, PHONE, Arrive, Visitor
from tests.browser.test_every_page import ASK, AXE, RULES, _told
from tests.cast import NANMEN, WANAN, Cast
from tests.sensing.flooded import Flood, flooded, send

PAGES: Final = {
    "warnings": "/desk/sensing/",
    "backfills": "/desk/sensing/backfills/",
    "warning": "/desk/sensing/warnings/{warning}/",
    "things": "/desk/sensing/things/",
    "thing": "/desk/sensing/things/{thing}/?span=24h",
    "area": f"/desk/sensing/area/?place={NANMEN}",
    "silences": "/desk/sensing/silences/",
    "monitors": "/desk/sensing/monitors/?text=dr-underpass",
    "feeds": "/desk/sensing/feeds/",
    "grid": f"/desk/appraisal/grids/{WANAN}001/",
}
FACES: Final = {
    "zh-phone-dark": (PHONE, "zh-CN", "dark"),
    "en-desk-light": (DESKTOP, "en-GB", "light"),
}


@pytest.fixture
def flood(city: Cast) -> Flood:
    found, now = flooded(city.units["haishu-works"]), timezone.now()
    for hours in range(30, 3, -1):  # a day of rising and falling, with a gap and a value that cannot be
        for minutes in (0, 20, 40):
            at = now - timedelta(hours=hours, minutes=minutes)
            if hours not in (9, 10):
                send([found.depth], at, 6 + 5 * sin(hours / 4) + minutes / 20 if hours != 17 else 900.0)
    send([found.freeboard], now + timedelta(seconds=1), 99.0)
    silence(
        SilenceDraft("泵站检修，工单 1123", now, now + timedelta(hours=4), place_code=NANMEN),
        city.actor("leader"),
        now,
    )
    count_refused("hj212:88888880000001", now, {"checksum": 41, "from-the-future": 3})
    tally("", EventFate.PERSON, now, 3)
    return found


def fill(path: str, flood: Flood) -> str:
    return path.format(thing=flood.underpass.pk, warning=flood.warning.pk)


@pytest.mark.parametrize("face", list(FACES))
def test_nothing_is_in_anybodys_way(arrive: Arrive, flood: Flood, face: str) -> None:
    size, language, scheme = FACES[face]
    visitor = arrive(size, language, color_scheme=scheme, bypass_csp=True)
    visitor.sign_in("leader")
    complaints: list[object] = []
    for name, path in PAGES.items():
        visitor.go(fill(path, flood))
        visitor.snap(f"sensing-{name}-{face}")
        complaints += [(name, words) for words in _complaints(visitor)]
    assert not complaints


def _complaints(visitor: Visitor) -> list[object]:
    visitor.page.evaluate(AXE.read_text())
    found: list[object] = [_told(one) for one in visitor.page.evaluate(ASK, RULES)]
    wide = ["wider than its screen"] if visitor.overflows() else []
    many = [] if visitor.page.locator("h1").count() == 1 else ["not one h1"]
    return [*found, *wide, *many]


def test_a_warning_is_acknowledged_by_keys_alone(arrive: Arrive, flood: Flood) -> None:
    visitor = arrive()
    visitor.sign_in("dispatcher")
    visitor.go(f"/desk/sensing/warnings/{flood.warning.pk}/")
    button = visitor.page.get_by_role("button", name="确认，我来处理")
    button.focus()
    visitor.page.keyboard.press("Enter")
    visitor.page.get_by_text("已确认。").wait_for()
    assert flood.warning.acknowledged_at is not None


def test_things_are_drawn_on_the_map_of_the_command_centre(arrive: Arrive, flood: Flood) -> None:
    visitor = arrive({"width": 1600, "height": 900})
    visitor.sign_in("leader", "/command/")
    visitor.go("/command/?layer=things")
    visitor.page.wait_for_selector("html[data-map='open']", timeout=60_000)
    assert visitor.page.locator("[data-legend='things']").is_visible()
    visitor.page.wait_for_selector("#map[data-settled='true']", timeout=60_000)
    visitor.snap("sensing-map")
