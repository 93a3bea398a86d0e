"""Packs and parameters on a real screen."""

from datetime import timedelta

from django.utils import timezone

from tests.browser.conftest import Arrive


def test_a_leader_reads_a_pack_and_sets_a_limit(arrive: Arrive) -> None:
    leader = arrive()
    leader.sign_in("leader", "/desk/packs/")
    leader.snap("packs")
    leader.page.click("text=城市管理")
    leader.page.wait_for_selector(".drawing img")
    assert leader.page.evaluate("document.querySelector('.drawing img').naturalWidth") > 400
    leader.snap("pack")
    leader.go("/desk/parameters/filing/")
    leader.page.fill("#s-since", (timezone.localdate() + timedelta(days=9)).isoformat())
    leader.page.fill("#s-value", "45")
    leader.page.select_option("#s-unit", "working minutes")
    leader.page.fill("#s-source", "甬政发〔2026〕7号")
    leader.page.click("button:has-text('设定')")
    leader.page.wait_for_selector("text=将要生效")
    leader.snap("parameter")
    leader.go("/desk/parameters/?q=时限")
    leader.snap("parameters")
    english = arrive(language="en")
    english.sign_in("leader", "/desk/packs/")
    english.go("/desk/parameters/filing/")
    english.snap("parameter-en")
