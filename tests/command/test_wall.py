"""The page of the command centre: who may open it, and what it looks at."""

import pytest

from tests import cast
from tests.desk.conftest import SignedIn


@pytest.mark.parametrize("who", ["dispatcher", "supervisor", "leader", "administrator"])
def test_whoever_commands_sees_it(signed_in: SignedIn, who: str) -> None:
    assert signed_in(who).get("/command/").status_code == 200


@pytest.mark.parametrize("who", ["handler", "verifier", "grid-worker", "operator", "nobody"])
def test_nobody_else_sees_it(signed_in: SignedIn, who: str) -> None:
    assert signed_in(who).get("/command/").status_code == 403


def test_it_begins_at_what_the_person_commands(signed_in: SignedIn) -> None:
    assert [crumb.code for crumb in signed_in("leader").get("/command/").context["crumbs"]] == [cast.CITY]
    assert [c.code for c in signed_in("dispatcher").get("/command/").context["crumbs"]] == [cast.HAISHU]


def test_the_way_down_can_be_gone_back(signed_in: SignedIn) -> None:
    found = signed_in("leader").get("/command/", {"place": cast.WANAN, "due": "overdue"}).context["crumbs"]
    assert [crumb.name for crumb in found] == ["宁波市", "海曙区", "南门街道", "万安社区"]
    assert found[1].query == f"place={cast.HAISHU}&due=overdue"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("place", "33"),
        ("place", cast.JIANGBEI),
        ("place", cast.CITY),
        ("since", "yesterday"),
        ("until", "9999-12-31"),
        ("day", "2026-02-30"),
        ("held", "planet"),
        ("due", "never"),
        ("category", "nothing"),
        ("source", "rumour"),
        ("unit", "-1"),
    ],
)
def test_a_bad_filter_is_named(signed_in: SignedIn, name: str, value: str) -> None:
    answer = signed_in("dispatcher").get("/command/", {name: value})
    assert answer.status_code == 200
    assert "看不懂" in answer.context["problem"]
    assert answer.context["look"].place == cast.HAISHU
