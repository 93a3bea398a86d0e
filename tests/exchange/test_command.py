"""The command centre over the interface: the same numbers, the same limits of sight."""

from collections.abc import Callable

import pytest
from django.test import Client

from gezhi.cases.models import Case, CaseEvent
from gezhi.insight.queries.board import memo
from tests import cast
from tests.command import busy

Person = Callable[[str], Client]
COMMAND = "/api/v1/command"
BOX = "121,29,122,30.5"


@pytest.fixture
def cases(city: cast.Cast) -> list[Case]:
    memo.clear()
    return busy.fill(city)


def test_the_numbers_are_those_of_the_cases(person: Person, cases: list[Case]) -> None:
    leader = person("leader")
    found = leader.get(f"{COMMAND}/counters").json()
    assert found["place"] == cast.CITY
    assert found["open"] == sum(case.is_open for case in cases) == sum(found["stages"].values())
    below = leader.get(f"{COMMAND}/places").json()
    assert below["level"] == "county"
    for name in ("open", "soon", "overdue", "yellow", "red"):
        assert sum(place[name] for place in below["places"]) == found[name]
    points = leader.get(f"{COMMAND}/points?box={BOX}").json()
    assert (len(points["points"]), points["more"]) == (found["open"], 0)
    late = leader.get(f"{COMMAND}/points?box={BOX}&due=overdue").json()
    assert len(late["points"]) == found["overdue"]


def test_a_county_sees_and_urges_its_own_only(person: Person, cases: list[Case]) -> None:
    dispatcher = person("dispatcher")
    mine = [case for case in cases if case.is_open and case.place_code.startswith("330203")]
    theirs = next(case for case in cases if case.is_open and case.place_code.startswith("330205"))
    assert dispatcher.get(f"{COMMAND}/counters").json()["open"] == len(mine)
    answer = dispatcher.get(f"{COMMAND}/counters?place={cast.JIANGBEI}")
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-filter")
    sent = {"numbers": [theirs.number, mine[0].number, "none"]}
    found = dispatcher.post(f"{COMMAND}/urge", sent, content_type="application/json").json()
    assert found == {"urged": [mine[0].number], "already": [], "refused": []}


def test_the_most_overdue_are_urged_once(person: Person, cases: list[Case]) -> None:
    leader = person("leader")
    first = leader.post(f"{COMMAND}/urge", {"most": 3}, content_type="application/json").json()
    again = leader.post(f"{COMMAND}/urge", {"most": 3}, content_type="application/json").json()
    assert len(first["urged"]) == 3 and again["already"] == first["urged"]
    assert CaseEvent.objects.filter(kind="urge", account_id__isnull=False).count() == 3
    nothing = leader.post(f"{COMMAND}/urge", {}, content_type="application/json").json()
    assert nothing == {"urged": [], "already": [], "refused": []}


def test_whoever_commands_nothing_is_told(person: Person, city: cast.Cast) -> None:
    answer = person("handler").get(f"{COMMAND}/counters")
    assert (answer.status_code, answer.json()["code"]) == (403, "not-your-role")


@pytest.mark.parametrize("asked", ["due=never", "box=1,2", "place=1", "since=x", "category=x"])
def test_bad_filters_are_named(person: Person, city: cast.Cast, asked: str) -> None:
    answer = person("leader").get(f"{COMMAND}/points?box={BOX}&{asked}")
    assert answer.status_code == 422
    assert asked.partition("=")[0] in answer.json()["detail"]
