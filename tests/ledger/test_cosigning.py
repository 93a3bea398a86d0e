"""This node as a witness: what it cosigned is on record before it answers, and is never taken back."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone
from pytest_django import Settings

from gezhi.ledger import notes
from gezhi.ledger.actions.cosigning import cosign, stop_witnessing, witness_log, witness_signer
from gezhi.ledger.folder import LogFolder
from gezhi.ledger.models import Entry, LogFault, WitnessedLog
from gezhi.ledger.witnessing import NotCosigned, Submission
from tests.ledger.test_witnessing import IMPOSTOR, LOG, ORIGIN, submission


@pytest.fixture
def witnessing(log: LogFolder, settings: Settings) -> WitnessedLog:
    return witness_log(LOG.verifier.vkey())


def ask(made: Submission) -> str:
    return cosign(made.written(), timezone.now())


def refusal(made: Submission) -> NotCosigned:
    with pytest.raises(NotCosigned) as refused:
        ask(made)
    return refused.value


def test_it_cosigns_what_extends_and_keeps_it(witnessing: WitnessedLog) -> None:
    for old, size in [(0, 3), (3, 3), (3, 12), (12, 40)]:
        made = submission(old, size)
        (line,) = notes.parse_signatures(ask(made))
        assert witness_signer().verifier.verifies(made.note.text, line.blob)
        kept = WitnessedLog.objects.get(origin=ORIGIN)
        assert kept.size == size
        both = notes.verified_by(notes.parse_note(kept.note), [LOG.verifier, witness_signer().verifier])
        assert len(both) == 2


def test_it_never_goes_back(witnessing: WitnessedLog) -> None:
    ask(submission(0, 12))
    assert refusal(submission(0, 7)).body == "12\n"
    assert refusal(submission(3, 13)).status == 409
    assert WitnessedLog.objects.get(origin=ORIGIN).size == 12


def test_a_log_that_nobody_named_is_not_witnessed(log: LogFolder) -> None:
    assert refusal(submission(0, 7)).status == 404
    assert not WitnessedLog.objects.exists()


def test_a_log_may_be_named_by_the_environment(log: LogFolder, settings: Settings) -> None:
    settings.WITNESS_OF = LOG.verifier.vkey()
    ask(submission(0, 7))
    assert WitnessedLog.objects.get(origin=ORIGIN).size == 7


def test_a_log_may_have_several_keys(witnessing: WitnessedLog) -> None:
    assert refusal(submission(0, 7, signer=IMPOSTOR)).status == 403
    witness_log(IMPOSTOR.verifier.vkey())
    ask(submission(0, 7, signer=IMPOSTOR))


def test_a_log_that_is_no_longer_witnessed_can_never_be_cosigned_otherwise(witnessing: WitnessedLog) -> None:
    ask(submission(0, 12))
    assert stop_witnessing(ORIGIN)
    assert not stop_witnessing(ORIGIN)
    assert refusal(submission(12, 13)).status == 404
    witness_log(LOG.verifier.vkey())
    assert refusal(submission(0, 7)).body == "12\n"


def test_two_histories_are_kept_as_evidence(witnessing: WitnessedLog) -> None:
    ask(submission(0, 7))
    twisted = submission(7, 7, head=bytes(32))
    for _ in range(2):
        assert refusal(twisted).status == 422
    fault = LogFault.objects.get()
    assert LOG.verifier.verifies(twisted.note.text, twisted.note.signatures[0].blob)
    assert twisted.note.text in fault.submitted
    assert "\n7\n" in fault.cosigned
    assert Entry.objects.filter(kind="ledger.fault-witnessed").count() == 1


def test_what_is_not_signed_by_the_log_leaves_no_evidence(witnessing: WitnessedLog) -> None:
    stranger = notes.Ed25519Signer(ORIGIN, Ed25519PrivateKey.generate())
    assert refusal(submission(0, 7, signer=stranger)).status == 403
    assert not LogFault.objects.exists()


def test_naming_a_log_twice_is_one_entry(witnessing: WitnessedLog) -> None:
    witness_log(LOG.verifier.vkey())
    assert Entry.objects.filter(kind="ledger.witnesses").count() == 1
    with pytest.raises(notes.BadNote):
        witness_log("nonsense")
