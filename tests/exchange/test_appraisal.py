"""Appraisals over the interface: as many cases as a figure says, the own unit's only, appeals both ways."""

from collections.abc import Callable

import pytest
from django.test import Client

from gezhi.insight.actions.bulletins import publish_bulletin
from gezhi.insight.actions.tallying import tally_all
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from tests import cast
from tests.house.tree import ROOT
from tests.insight.stories import handled, happened

Person = Callable[[str], Client]
MARKS = "/api/v1/appraisals/district-score/marks?period=2026-07"
CASES = "/api/v1/appraisals/cases?period=2026-07"


@pytest.fixture
def appraised(city: cast.Cast) -> cast.Cast:
    publish(read_pack(ROOT / "packs" / "appraisal"))
    for done in [5] * 30 + [60] * 5:
        happened(handled(city.units["haishu-works"], done=done))
    happened(handled(city.units["jiangbei-works"]), grid=f"{cast.BAISHA}001")
    tally_all()
    return city


def test_every_count_of_a_mark_opens_as_many_cases(appraised: cast.Cast, person: Person) -> None:
    supervisor = person("supervisor")
    (first, *_others) = supervisor.get(MARKS).json()["marks"]
    assert (first["rank"], first["points"]) == (1, pytest.approx(97.142857))
    for count, number in first["counts"].items():
        if count != "response_minutes":
            opened = supervisor.get(f"{CASES}&count={count}&unit={first['key']}").json()
            assert opened["total"] == number, count
            assert len(opened["lines"]) == min(number, 50)


def test_a_unit_reads_its_own_figures_only(appraised: cast.Cast, person: Person) -> None:
    handler, other = person("handler"), appraised.units["jiangbei-works"]
    (own,) = handler.get(MARKS).json()["marks"]
    assert own["key"] == str(appraised.units["haishu-works"]) and own["rank"] is None
    assert handler.get(f"{MARKS}&level=town").status_code == 403
    assert handler.get(f"{CASES}&count=closed&unit={other}").status_code == 403
    assert handler.get(f"{CASES}&count=closed").json()["total"] == 35


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/v1/appraisals/none/marks?period=2026-07", 404),
        ("/api/v1/appraisals/district-score/marks?period=2019-01", 404),
        ("/api/v1/appraisals/district-score/marks?period=x", 422),
        (f"{MARKS}&level=person", 422),
        (f"{MARKS}&place=x", 422),
        (f"{CASES}&count=none", 422),
        (f"{CASES}&count=closed&day_starts=9", 422),
        ("/api/v1/bulletins/99", 404),
    ],
)
def test_what_cannot_be_answered_says_why(
    appraised: cast.Cast, person: Person, path: str, status: int
) -> None:
    answer = person("supervisor").get(path)
    assert answer.status_code == status
    assert answer.json()["detail"]


def test_an_appeal_is_lodged_and_decided(appraised: cast.Cast, person: Person) -> None:
    handler, supervisor = person("handler"), person("supervisor")
    line = handler.get(f"{CASES}&count=handled").json()["lines"][0]
    body = {"number": line["number"], "unit": line["unit"], "reason": "属电力公司"}
    made = handler.post("/api/v1/appeals", body, content_type="application/json")
    assert made.status_code == 201
    address = f"/api/v1/appeals/{made.json()['id']}/decision"
    decision = {"accept": True, "answer": "属实"}
    assert handler.post(address, decision, content_type="application/json").status_code == 403
    assert supervisor.post(address, decision, content_type="application/json").json()["state"] == "accepted"
    assert handler.get(f"{CASES}&count=handled").json()["total"] == 34
    assert [one["state"] for one in handler.get("/api/v1/appeals").json()] == ["accepted"]


def test_formulas_counts_bulletins_and_grids_are_read(appraised: cast.Cast, person: Person) -> None:
    supervisor = person("supervisor")
    made = publish_bulletin("district-score", "2026-07")
    assert "hotline-rates" in {one["key"] for one in supervisor.get("/api/v1/appraisals").json()}
    assert "missed" in {one["key"] for one in supervisor.get("/api/v1/appraisals/counts").json()}
    assert [one["sha256"] for one in supervisor.get("/api/v1/bulletins").json()] == [made.sha256]
    assert supervisor.get(f"/api/v1/bulletins/{made.pk}").json() == made.content
    assert len(supervisor.get("/api/v1/grids/profiles").json()) == len(cast.WEST)
    assert supervisor.get("/api/v1/grids/proposals").status_code == 200
    assert person("operator").get("/api/v1/grids/profiles").status_code == 404
