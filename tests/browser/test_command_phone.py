"""A leader's phone: what is red, why and who, in two taps; urging the ten most overdue in one."""

from tests import cast
from tests.browser.conftest import PHONE, Arrive
from tests.command import busy


def test_a_leader_finds_why_a_town_is_red_and_urges(arrive: Arrive, city: cast.Cast) -> None:
    busy.fill(city)
    leader = arrive(PHONE)
    leader.sign_in("leader", "/command/phone/")
    leader.snap("command-phone-city")
    for place in ("海曙区", "南门街道"):
        leader.page.click(f".reds a:has-text('{place}')")
        leader.page.wait_for_selector(f"h1:has-text('{place}')")
    assert leader.page.locator("#why ~ h3").first.is_visible()
    leader.snap("command-phone-town")
    assert not leader.overflows()
    leader.page.click("button.grave")
    leader.page.wait_for_selector(".note:has-text('已催办')")
    leader.page.click(".lines a >> nth=0")
    leader.page.wait_for_selector("#case-title")
    leader.snap("command-phone-case")
    assert leader.page.locator(".timeline li").first.inner_text().startswith("已催办")
    assert not leader.overflows()


def test_it_reads_well_at_night_and_in_english(arrive: Arrive, city: cast.Cast) -> None:
    busy.fill(city)
    dark = arrive(PHONE, language="en", color_scheme="dark")
    dark.sign_in("leader", "/command/phone/")
    dark.snap("command-phone-dark-en")
    assert not dark.overflows()
