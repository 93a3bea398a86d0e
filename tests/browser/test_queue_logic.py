"""The decisions of the phone's queue, as the browser runs them."""

import json
import subprocess
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.house.tree import ROOT

BUILD = ["--bundle", "--format=iife", "--global-name=queue", "--target=chrome102"]
Item = dict[str, Any]


@pytest.fixture(scope="module")
def page(browser: Browser) -> Page:
    script = [str(ROOT / "node_modules/.bin/esbuild"), str(ROOT / "frontend/field/offline/queue.ts"), *BUILD]
    opened = browser.new_page()
    opened.add_script_tag(content=subprocess.run(script, check=True, capture_output=True, text=True).stdout)
    return opened


def ask(page: Page, call: str) -> Any:
    return page.evaluate(f"queue.{call}")


def item(name: str, made: int, **more: object) -> Item:
    plain: Item = {"id": name, "account": "1", "line": name, "url": "/field/report/", "title": name}
    return plain | {"fields": [], "made": made, "tries": 0, "next": 0, "state": "waiting"} | more


def ready(page: Page, items: list[Item], account: str = "1", now: int = 100) -> str | None:
    found = ask(page, f"ready({json.dumps(items)}, '{account}', {now})")
    return found["id"] if found else None


def test_the_oldest_goes_first(page: Page) -> None:
    assert ready(page, [item("b", 2), item("a", 1)]) == "a"


def test_what_rests_lets_others_pass_but_not_those_of_its_line(page: Page) -> None:
    resting = item("a", 1, line="case", next=200)
    assert ready(page, [resting, item("b", 2, line="case"), item("c", 3)]) == "c"
    assert ready(page, [resting, item("b", 2, line="case")]) is None


def test_what_is_stuck_holds_its_line_and_what_is_sent_does_not(page: Page) -> None:
    behind = item("b", 2, line="case")
    assert ready(page, [item("a", 1, line="case", state="stuck"), behind]) is None
    assert ready(page, [item("a", 1, line="case", state="sent"), behind]) == "b"


def test_another_account_sends_nothing_of_this_one(page: Page) -> None:
    assert ready(page, [item("a", 1)], account="2") is None


@pytest.mark.parametrize(
    ("tries", "least", "most"), [(1, 500, 1000), (3, 2000, 4000), (40, 150_000, 300_000)]
)
def test_rests_double_up_to_five_minutes(page: Page, tries: int, least: int, most: int) -> None:
    assert ask(page, f"backOff({tries}, 0)") == least
    assert ask(page, f"backOff({tries}, 1)") == most


def test_an_answer_settles_an_item(page: Page) -> None:
    one = json.dumps(item("a", 1))
    done = ask(page, f"settled({one}, {{outcome: 'done', number: 'N', version: 4}}, 9)")
    assert (done["state"], done["number"], done["version"]) == ("sent", "N", 4)
    gone = ask(page, f"settled({one}, {{outcome: 'gone', words: 'away'}}, 9)")
    assert (gone["state"], gone["words"]) == ("stuck", "away")


def test_again_goes_on_top_of_what_others_did(page: Page) -> None:
    stuck = item("a", 1, state="stuck", fields=[["step", "finish"], ["version", "3"]], newer={"version": 5})
    again = ask(page, f"again({json.dumps(stuck)})")
    assert again["fields"] == [["step", "finish"], ["version", "5"]]
    assert (again["state"], "newer" in again) == ("waiting", False)


def test_a_step_becomes_a_report_with_its_words(page: Page) -> None:
    step = item(
        "a", 1, url="/field/cases/N/", fields=[["step", "finish"], ["text", "done"], ["version", "3"]]
    )
    report = ask(page, f"asReport({json.dumps(step)}, 'b', 'seen')")
    assert (report["id"], report["url"]) == ("b", "/field/report/")
    assert report["fields"] == [["source_id", "b"], ["text", "seen\ndone"]]


def test_sent_items_are_forgotten_after_a_day(page: Page) -> None:
    day = 24 * 3_600_000
    items = [item("a", 1, state="sent", settled=0), item("b", 1, state="sent", settled=day), item("c", 1)]
    assert [one["id"] for one in ask(page, f"forgotten({json.dumps(items)}, {day + 1})")] == ["a"]


def test_the_last_thing_done_to_a_case_goes_before_until_the_day_knows_it(page: Page) -> None:
    items = [item("b", 2, line="c", state="sent", version=4), item("a", 1, line="c", state="sent", version=3)]
    assert ask(page, f"lastDone({json.dumps(items)}, 'c', 3)")["id"] == "b"
    assert ask(page, f"lastDone({json.dumps(items)}, 'c', 4)") is None


def test_a_round_that_was_only_begun_is_still_to_do(page: Page) -> None:
    for does, ends in (("begin", False), ("finish", True), ("skip", True)):
        assert ask(page, f"endsRound({json.dumps(item('a', 1, fields=[['do', does]]))})") is ends
