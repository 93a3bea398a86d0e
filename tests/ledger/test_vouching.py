"""Each checkpoint is stamped and cosigned by outsiders; what they refuse or fail to answer is kept and told."""

import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from gezhi.ledger import notes
from gezhi.ledger.actions import record
from gezhi.ledger.actions.keys import log_signers
from gezhi.ledger.actions.publishing import publish_checkpoint
from gezhi.ledger.actions.vouching import vouch
from gezhi.ledger.authority import Authority
from gezhi.ledger.folder import LogFolder
from gezhi.ledger.freshness import State
from gezhi.ledger.models import Checkpoint, Outsider, Timestamp
from gezhi.ledger.queries.outsiders import contradicting, lag
from gezhi.ledger.witnessing import Seen
from tests.ledger.outsiders import Court, an_authority


def publish(count: int = 1) -> Checkpoint:
    for number in range(count):
        record("test.entry", f"test:{number}", {"n": number})
    now = timezone.now()
    made = publish_checkpoint(now, log_signers(now))
    assert made is not None
    return made


@pytest.fixture
def authority(log: LogFolder, settings: Settings, tmp_path: Path) -> Iterator[Authority]:
    with an_authority(tmp_path / "authority") as (url, made):
        settings.TIMESTAMP_URL, settings.TIMESTAMP_CERT = url, str(made.certificate)
        yield made


@pytest.fixture
def court(log: LogFolder, settings: Settings) -> Iterator[Court]:
    signer = next(one for one in log_signers(timezone.now()) if isinstance(one, notes.Ed25519Signer))
    made = Court(signer.verifier)
    with made.open() as named:
        settings.WITNESSES = named
        yield made


def standing(kind: str) -> Outsider:
    return Outsider.objects.get(kind=kind)


def states() -> list[State]:
    return [one.state for one in lag(timezone.now())]


def test_the_newest_checkpoint_is_stamped_and_openssl_agrees(log: LogFolder, authority: Authority) -> None:
    for _ in range(3):
        size = publish().size
        vouch(timezone.now)
        words = ("openssl", "ts", "-verify", "-data", f"{size}.checkpoint", "-in", f"{size}.tsr")
        done = subprocess.run(
            [*words, "-CAfile", str(authority.certificate)],
            cwd=log.path / "timestamps", capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stdout == "Verification: OK\n", done.stderr
    assert Timestamp.objects.count() == 3
    newest = Timestamp.objects.latest("size")
    assert newest.size == size
    assert abs(newest.at - newest.got_at) < timedelta(seconds=5)


def test_a_checkpoint_is_stamped_once(authority: Authority) -> None:
    publish()
    vouch(timezone.now)
    before = Timestamp.objects.get().reply
    vouch(timezone.now)
    assert Timestamp.objects.get().reply == before


def test_what_the_authority_says_wrongly_is_kept_as_its_problem(
    authority: Authority, settings: Settings, tmp_path: Path
) -> None:
    """The certificate is another authority's."""
    settings.TIMESTAMP_CERT = str(Authority(tmp_path / "other", timezone.now()).certificate)
    publish()
    vouch(timezone.now)
    assert "does not hold" in standing("timestamp").problem
    assert not Timestamp.objects.exists()


def test_an_authority_that_is_away_is_asked_again(authority: Authority, settings: Settings) -> None:
    publish()
    right, settings.TIMESTAMP_URL = settings.TIMESTAMP_URL, "http://127.0.0.1:9/"
    vouch(timezone.now)
    assert "does not answer" in standing("timestamp").problem
    Outsider.objects.all().delete()
    settings.TIMESTAMP_URL = right
    vouch(timezone.now)
    assert standing("timestamp").problem == ""


@pytest.mark.parametrize("path", ["", "/nowhere"])
def test_a_certificate_that_cannot_be_read_is_told(
    authority: Authority, settings: Settings, path: str
) -> None:
    settings.TIMESTAMP_CERT = path
    publish()
    vouch(timezone.now)
    assert "GEZHI_TIMESTAMP_CERT" in standing("timestamp").problem


def test_a_witness_cosigns_and_its_line_stands_under_the_checkpoint(log: LogFolder, court: Court) -> None:
    for _ in range(3):
        size = publish(5).size
        vouch(timezone.now)
        note = notes.parse_note(log.text("checkpoint"))
        assert notes.verified_by(note, [court.signer.verifier]) == [court.signer.verifier]
        assert court.seen.size == size
    assert court.asked[0] == 0
    assert court.asked[1:] == sorted(court.asked[1:])
    assert 0 not in court.asked[1:]


def test_a_witness_that_knows_more_than_we_thought_is_given_the_right_proof(court: Court) -> None:
    """Our record of what it cosigned was lost."""
    publish(5)
    vouch(timezone.now)
    Outsider.objects.all().delete()
    size = publish(3).size
    vouch(timezone.now)
    assert (court.seen.size, standing("witness").problem) == (size, "")


def test_a_witness_that_has_seen_more_than_we_hold_is_an_alarm(court: Court) -> None:
    publish(5)
    vouch(timezone.now)
    court.seen = Seen(10_000, bytes(32))
    publish(1)
    vouch(timezone.now)
    assert "entries were lost" in standing("witness").problem
    assert contradicting() == ["court"]
    court.says = (500, b"")
    vouch(timezone.now)
    assert contradicting() == ["court"]  # an error takes nothing back


def test_a_witness_that_saw_another_history_refuses_and_is_heard(court: Court) -> None:
    size = publish(5).size
    vouch(timezone.now)
    court.seen = Seen(size, bytes(32))
    publish(1)
    vouch(timezone.now)
    assert "422" in standing("witness").problem
    assert contradicting() == ["court"]


@pytest.mark.parametrize(
    "says", [(404, b"unknown"), (500, b""), (200, b"ok"), (200, b"\xff"), (409, b"many\n"), (409, b"0\n")]
)
def test_an_answer_that_is_no_signature_changes_nothing(court: Court, says: tuple[int, bytes]) -> None:
    before = publish(5).note
    court.says = says
    vouch(timezone.now)
    assert Checkpoint.objects.latest("size").note == before
    assert contradicting() == []
    assert standing("witness").problem
    assert standing("witness").vouched_at is None


def test_one_outsider_that_fails_keeps_no_other_from_being_asked(
    authority: Authority, court: Court, settings: Settings
) -> None:
    settings.TIMESTAMP_URL = "http://127.0.0.1:9/"
    publish()
    vouch(timezone.now)
    assert standing("timestamp").problem
    assert standing("witness").vouched_at is not None


def test_how_far_they_lag_is_counted_from_the_first_entry_without_them(
    authority: Authority, court: Court, settings: Settings
) -> None:
    publish()
    vouch(timezone.now)
    assert states() == [State.FRESH, State.FRESH]
    settings.TIMESTAMP_WARN, settings.TIMESTAMP_REFUSE = 0, 10_000
    record("test.entry", "test:late", {})
    assert states() == [State.LATE, State.FRESH]
    publish()
    assert states() == [State.LATE, State.FRESH]
    vouch(timezone.now)
    settings.TIMESTAMP_WARN = 15
    assert states() == [State.FRESH, State.FRESH]


def test_a_node_that_asks_nobody_reads_nothing(city: object, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        assert states() == [State.OFF, State.OFF]
