"""Patrols and visits that were done without a network and arrive later."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.cases.models import Report
from gezhi.rounds.models import Round
from tests import cast
from tests.rounds.test_field_pages import due, house  # noqa: F401

Answer = dict[str, object]


class Phone:
    def __init__(self, walks: cast.Cast) -> None:
        self.client, account = Client(), walks.account("grid-worker")
        self.client.force_login(account)
        self.account = str(account.pk)

    def send(self, one: Round, **fields: object) -> tuple[int, Answer]:
        given = {"account": self.account, "sent": "a", "rounds": str(one.pk), "do": "finish", **fields}
        answer = self.client.post(f"/field/rounds/{one.pk}/", given, headers={"accept": "application/json"})
        one.refresh_from_db()
        return answer.status_code, answer.json()


@pytest.fixture
def phone(walks: cast.Cast) -> Phone:
    return Phone(walks)


def given_up(one: Round) -> None:
    """Its time ended an hour ago."""
    now = timezone.now()
    since = now - timedelta(hours=3)
    Round.objects.filter(pk=one.pk).update(state="missed", opens_at=since, due_at=now - timedelta(hours=1))


def test_a_patrol_sent_twice_is_done_once(phone: Phone) -> None:
    one = due("daily-walk")
    found = {"found": "loose-cover", "text-loose-cover": "松动", "form.hydrants": "2"}
    answers = [phone.send(one, **found) for _ in range(2)]
    assert [answer["outcome"] for _, answer in answers] == ["done", "done"]
    assert one.state == "done"
    assert Report.objects.count() <= 1


def test_what_was_seen_in_time_counts_though_it_was_given_up_meanwhile(phone: Phone) -> None:
    one = due("daily-walk")
    given_up(one)
    assert phone.send(one, **{"form.hydrants": "2", "waited": "7200"})[0] == 200
    assert one.state == "done"
    assert one.ended_at is not None
    assert one.ended_at < one.due_at


def test_what_was_seen_too_late_does_not_count(phone: Phone) -> None:
    one = due("daily-walk")
    given_up(one)
    status, answer = phone.send(one, **{"form.hydrants": "2", "waited": "60"})
    assert (status, answer["outcome"]) == (422, "refused")
    assert one.state == "missed"


def test_another_account_of_the_same_patrol_is_told_and_kept(phone: Phone) -> None:
    one = due("daily-walk")
    phone.send(one, **{"form.hydrants": "2"})
    status, answer = phone.send(one, **{"form.hydrants": "3", "sent": "b"})
    assert status == 422
    assert "已经完成" in str(answer["words"])
    assert one.answers == {"hydrants": 2}


def test_a_skip_sent_twice_is_one(phone: Phone) -> None:
    one = due("daily-walk")
    answers = [phone.send(one, do="skip", reason="台风") for _ in range(2)]
    assert [answer["outcome"] for _, answer in answers] == ["done", "done"]


def test_the_day_holds_each_door_once(phone: Phone, house: object) -> None:  # noqa: F811
    due("danger-visit", house)  # type: ignore[arg-type]
    due("house-visit", house)  # type: ignore[arg-type]
    due("daily-walk")
    day = phone.client.get("/field/day.json").json()
    calls = day["rounds"]
    assert [(call["where"], len(call["plans"]), call["patrol"]) for call in calls] == [
        ("万安巷 1 号", 2, False),
        ("海曙区南门街道万安社区第1网格", 1, True),
    ]
    assert "仍然如此" in calls[0]["form"]
    assert "完成巡查" in day["forms"][calls[1]["tail"]]
