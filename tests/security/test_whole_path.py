"""Whatever must not go unnoticed, done as it would be done: a signal, a warning, a case with the lawful clock."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from gezhi.cases.models import Case
from gezhi.config.keeping.actions import watch_backup
from gezhi.ledger.models import Entry
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.models import Signal
from gezhi.security.actions import notice_state, take_up_warnings, verify_ledger, watch
from gezhi.security.models import RaisedWarning
from tests.cast import Cast, reported
from tests.ledger.walls import past_every_wall
from tests.security.conftest import SignedIn, place_of, taken_by

STRANGER = "203.0.113.9"


@pytest.fixture
def guarded(city: Cast, settings: Settings, tmp_path: Path) -> Cast:
    publish(read_pack(configured.PACKS_DIR / "security"))
    settings.DATA_DIR = tmp_path
    return city


def incident(kind: str, category: str, hours: int = 4, now: datetime | None = None) -> Case:
    """The one case that the signals of this kind led to, by the job of every minute."""
    at = now or timezone.now()
    assert Signal.objects.filter(kind=kind).exists()
    watch(at)
    cases = take_up_warnings(at)
    case = Case.objects.get(pk__in=cases, category=category)
    assert case.due_at is not None
    assert abs(case.due_at - case.opened_at - timedelta(hours=hours)) < timedelta(minutes=1)
    assert RaisedWarning.objects.filter(case_id=case.pk, level__gte=3).exists()
    return case


def look_at(client: Client, number: str) -> None:
    wanted = {"purpose": "handling", "reason": "约时间入户"}
    answer = client.post(f"/desk/cases/{number}/contact/", wanted, follow=True)
    assert answer.status_code == 200, answer.content.decode()


def people(count: int) -> list[str]:
    """None the same matter as another."""
    return [
        reported(f"路灯不亮{n}", reporter_phone=f"1390000{n:04d}", **place_of(n)).case_number
        for n in range(count)
    ]


@pytest.mark.parametrize(("node", "hours"), [("cii", 1)])
def test_sign_in_failures(guarded: Cast, settings: Settings, node: str, hours: int) -> None:
    """As many as one address may make before its door is shut."""
    settings.OPERATOR_KIND = node
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # forty tries in a moment
    stranger = Client(REMOTE_ADDR=STRANGER)
    tries = ({"username": f"nobody{n}", "password": "not the password", "next": ""} for n in range(60))
    assert 429 in (stranger.post("/desk/sign-in/", wrong).status_code for wrong in tries)
    incident("sign-in-failed", "sec-access", hours)


def test_bulk_reads(guarded: Cast, settings: Settings, signed_in: SignedIn) -> None:
    settings.BULK_READS = 3
    client = signed_in("dispatcher")
    for number in people(9):
        look_at(client, number)
    incident("bulk-read", "sec-leak")


def test_unmasking_at_odd_hours(guarded: Cast, settings: Settings, signed_in: SignedIn) -> None:
    settings.ODD_HOURS = (0, 24)
    client = signed_in("dispatcher")
    for number in people(30):
        look_at(client, number)
    incident("odd-hour-unmasking", "sec-leak")


def test_export_spikes(guarded: Cast, signed_in: SignedIn) -> None:
    reported()
    client = signed_in("dispatcher")
    for _ in range(50):
        taken_by(client)
    assert Signal.objects.filter(kind="export").count() == 50
    incident("export", "sec-leak")


def test_integrity_alarms(guarded: Cast) -> None:
    first = Entry.objects.order_by("id")[0]
    with past_every_wall():
        Entry.objects.filter(pk=first.pk).update(body=bytes(first.body).replace(b"2", b"3"))
    assert verify_ledger()
    incident("ledger-broken", "sec-integrity")


def test_stale_backups(guarded: Cast, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder that nobody writes to: told at once, and again while it lasts."""
    monkeypatch.setenv("GEZHI_BACKUP_DIR", str(tmp_path / "backup"))
    now = timezone.now()
    for minutes in range(0, 66, 5):
        watch_backup(now + timedelta(minutes=minutes))
    incident("backup.stale", "sec-service", now=now + timedelta(minutes=65))


def test_a_clock_that_the_authority_does_not_share(guarded: Cast, settings: Settings) -> None:
    from gezhi.ledger.models import Timestamp

    settings.TIMESTAMP_URL, now = "http://127.0.0.1:9/", timezone.now()
    Timestamp.objects.create(
        size=1, note="", reply=b"", at=now + timedelta(seconds=61), got_at=now, by="somebody"
    )
    assert "clock-drift" in notice_state(now)
    assert Signal.objects.get(kind="clock-drift").facts == {"seconds": 61, "behind": 1}
    watch(now)
    assert RaisedWarning.objects.filter(rule="sec-proofs-stale").exists()


@pytest.mark.parametrize(("drift", "allowed"), [(60, 60), (-60, 60), (9999, 0)])
def test_a_small_difference_of_clocks_is_none(
    guarded: Cast, settings: Settings, drift: int, allowed: int
) -> None:
    from gezhi.ledger.models import Timestamp

    settings.TIMESTAMP_URL, settings.CLOCK_DRIFT = "http://127.0.0.1:9/", allowed
    now = timezone.now()
    Timestamp.objects.create(
        size=1, note="", reply=b"", at=now + timedelta(seconds=drift), got_at=now, by="somebody"
    )
    assert "clock-drift" not in notice_state(now)
