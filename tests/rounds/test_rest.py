"""Rounds over the REST interface."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.people.actions import issue_token
from gezhi.rounds.actions import save_subject
from gezhi.rounds.models import Known, Round, Subject
from gezhi.rounds.reading import SubjectRow
from tests import cast
from tests.rounds.test_field_pages import GRID, due


@pytest.fixture
def keyed(walks: cast.Cast) -> Callable[[str], Client]:
    def enter(username: str) -> Client:
        key = issue_token(walks.account(username), "tests", ["read", "act"], timezone.now())
        return Client(headers={"authorization": f"Bearer {key}"})

    return enter


@pytest.fixture
def house(walks: cast.Cast) -> Subject:
    row = SubjectRow("house", "万安巷 1 号", GRID, known={"danger-grade": "C"})
    return save_subject(walks.actor("administrator"), row)


def test_a_round_is_listed_finished_and_what_it_found_is_a_case(
    keyed: Callable[[str], Client], house: Subject
) -> None:
    worker, one = keyed("grid-worker"), due("danger-visit", house)
    listed = worker.get("/api/v1/rounds", {"state": "due"}).json()["rounds"]
    assert [(line["id"], line["subject_name"]) for line in listed] == [(one.pk, "万安巷 1 号")]
    body = {
        "answers": {"note": "无变化", "storeys": 3},
        "confirmed": ["danger-grade"],
        "findings": [{"category": "wall-crack", "text": "裂缝"}],
    }
    done = worker.post(f"/api/v1/rounds/{one.pk}/finish", body, content_type="application/json")
    assert done.status_code == 200, done.content
    assert (done.json()["known"], done.json()["same"], len(done.json()["cases"])) == (1, 1, 1)
    again = worker.post(f"/api/v1/rounds/{one.pk}/finish", body, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (422, "not-due")


def test_wrong_answers_are_named_by_field(keyed: Callable[[str], Client], house: Subject) -> None:
    one = due("danger-visit", house)
    body = {"answers": {"storeys": 0, "moon": 1}}
    answer = keyed("grid-worker").post(
        f"/api/v1/rounds/{one.pk}/finish", body, content_type="application/json"
    )
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"storeys", "moon", "note"}


def test_a_round_is_skipped_for_a_reason(keyed: Callable[[str], Client]) -> None:
    one, worker = due("daily-walk"), keyed("grid-worker")
    skipped = worker.post(
        f"/api/v1/rounds/{one.pk}/skip", {"reason": "台风"}, content_type="application/json"
    )
    assert (skipped.status_code, skipped.json()["state"]) == (200, "skipped")


def test_plans_are_listed_and_switched_by_those_who_plan(keyed: Callable[[str], Client]) -> None:
    body = {"place_code": GRID, "on": True, "since": "2026-01-01"}
    address = "/api/v1/plans/daily-walk/settings"
    assert keyed("grid-worker").post(address, body, content_type="application/json").status_code == 403
    supervisor = keyed("supervisor")
    assert supervisor.post(address, body, content_type="application/json").status_code == 200
    plans = {one["key"]: one for one in supervisor.get("/api/v1/plans").json()}
    assert plans["daily-walk"]["settings"] == [{"place_code": GRID, "on": True, "since": "2026-01-01"}]
    assert Round.objects.exists()


def test_subjects_are_added_and_show_what_the_reader_may_read(keyed: Callable[[str], Client]) -> None:
    body = {"kind": "house", "name": "2 号", "place_code": GRID, "known": {"danger-grade": "D"}}
    leader = keyed("administrator")
    assert leader.post("/api/v1/subjects", body, content_type="application/json").status_code == 201
    assert Known.objects.get().value == "D"
    worker = keyed("grid-worker").get("/api/v1/subjects", {"kind": "house"}).json()["subjects"]
    assert worker[0]["known"]["danger-grade"]["value"] == "D"
    assert leader.get("/api/v1/subjects").json()["subjects"][0]["known"] == {}
    wrong = leader.post("/api/v1/subjects", {"kind": "castle", "name": "x"}, content_type="application/json")
    assert {error["field"] for error in wrong.json()["errors"]} == {"kind", "place_code"}


def test_who_needs_which_element(keyed: Callable[[str], Client]) -> None:
    elements = {one["key"]: one for one in keyed("leader").get("/api/v1/elements").json()}
    assert elements["storeys"]["asked_by"] == ["danger-visit", "house-visit"]
    assert elements["danger-grade"]["picked_by"] == ["danger-visit"]


def test_a_filter_that_is_not_understood_is_named(keyed: Callable[[str], Client]) -> None:
    answer = keyed("leader").get("/api/v1/rounds", {"state": "odd"})
    assert (answer.status_code, answer.json()["code"]) == (422, "bad-filter")
