"""What is known of doors is sensitive: reading it is kept, at the desk, in the field and by the API."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.people.actions import issue_token
from gezhi.people.models import Lookup, Signal
from gezhi.rounds.actions import save_subject
from gezhi.rounds.models import Round, Subject
from gezhi.rounds.reading import SubjectRow
from tests import cast

GRID = f"{cast.WANAN}001"
Enter = Callable[[str], Client]


@pytest.fixture
def enter(walks: cast.Cast) -> Enter:
    def entered(who: str) -> Client:
        client = Client()
        client.force_login(walks.account(who))
        return client

    return entered


def house(walks: cast.Cast, name: str = "万安巷 1 号") -> Subject:
    lon, lat = cast.centre_of(GRID)
    row = SubjectRow("house", name, GRID, lon=lon, lat=lat, known={"danger-grade": "C"})
    return save_subject(walks.actor("administrator"), row)


def due(subject: Subject) -> Round:
    now = timezone.now()
    begin, end = now - timedelta(hours=1), now + timedelta(hours=2)
    return Round.objects.create(
        plan="danger-visit", pack_version_id=1, place_code=GRID, subject=subject, opens_at=begin, due_at=end
    )


def test_opening_a_visit_is_a_look_at_its_door(walks: cast.Cast, enter: Enter) -> None:
    subject = house(walks)
    enter("grid-worker").get(f"/field/rounds/{due(subject).pk}/")
    kept = Lookup.objects.get()
    assert (kept.subject_kind, kept.subject_id, kept.fields) == ("subject", subject.pk, ["danger-grade"])
    assert (kept.grade, kept.purpose, kept.way, kept.place_code) == (4, "handling", "field", GRID)


def test_what_a_phone_takes_along_is_one_look_for_each_door_and_day(walks: cast.Cast, enter: Enter) -> None:
    for subject in [house(walks, f"{number} 号") for number in range(3)]:
        due(subject)
    phone = enter("grid-worker")
    for _ in range(3):
        phone.get("/field/day.json")
    assert Lookup.objects.count() == 3
    assert not Signal.objects.exists()


def test_whoever_reads_nothing_has_not_looked(walks: cast.Cast, enter: Enter) -> None:
    """The leader's duty needs no element of a house."""
    subject = house(walks)
    assert enter("leader").get(f"/desk/subjects/{subject.pk}/").status_code == 200
    assert not Lookup.objects.exists()


def test_a_list_that_a_key_reads_is_a_look_at_each_of_its_doors(walks: cast.Cast) -> None:
    for number in range(3):
        house(walks, f"{number} 号")
    key = issue_token(walks.account("grid-worker"), "x", ["read"], timezone.now())
    answer = Client(headers={"Authorization": f"Bearer {key}"}).get("/api/v1/subjects")
    assert len(answer.json()["subjects"]) == 3
    assert {one.way for one in Lookup.objects.all()} == {"api"}
    assert Lookup.objects.count() == 3
