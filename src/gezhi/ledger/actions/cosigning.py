"""This node as a witness of other logs: it cosigns a head once it is on record that it did."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction

from gezhi.ledger import keys, notes, queries
from gezhi.ledger.actions.recording import record
from gezhi.ledger.models import LogFault, WitnessedLog
from gezhi.ledger.witnessing import (
    NotCosigned,
    Seen,
    Submission,
    checkpoint_of,
    logs_in,
    parse_submission,
    require_cosignable,
)

MOST_FAULTS: Final = 100  # kept of a log


def cosign(body: bytes, now: datetime) -> str:
    """The line that answers a submission, once it is safe in the database that this head was cosigned. Raises
    BadSubmission and NotCosigned."""
    submission = parse_submission(body)
    try:
        return _cosign(submission, now)
    except NotCosigned as refused:
        if refused.status == 422:
            _keep_fault(submission, now)
        raise


def witness_log(vkey: str, account_id: int | None = None) -> WitnessedLog:
    """Witness the log of this key from now on; one more key of a log that is known already is added. Raises
    BadNote."""
    ((origin, _),) = logs_in(vkey).items()
    with transaction.atomic():
        WitnessedLog.objects.get_or_create(origin=origin)
        log = WitnessedLog.objects.select_for_update().get(origin=origin)
        if vkey not in log.keys.split():
            log.keys = f"{log.keys}{vkey}\n"
            log.save(update_fields=["keys"])
            record("ledger.witnesses", f"log:{log.pk}", {"key": vkey, "account": account_id})
    return log


def stop_witnessing(origin: str, account_id: int | None = None) -> bool:
    """Forget the keys of a log; what was cosigned stays known, so that it can never be cosigned otherwise."""
    with transaction.atomic():
        log = WitnessedLog.objects.select_for_update().filter(origin=origin).exclude(keys="").first()
        if log is None:
            return False
        record("ledger.witnesses-no-more", f"log:{log.pk}", {"keys": log.keys.split(), "account": account_id})
        log.keys = ""
        log.save(update_fields=["keys"])
    return True


def witness_signer() -> notes.Ed25519Signer:
    """Made when there is none."""
    return keys.witness_key(queries.keys_folder(), settings.WITNESS_NAME)


@transaction.atomic
def _cosign(submission: Submission, now: datetime) -> str:
    origin = checkpoint_of(submission).origin
    log = _locked(origin)
    known = _known_keys(origin, log)
    seen = Seen(log.size, bytes(log.root)) if log and log.root is not None else Seen()
    head = require_cosignable(submission, known, seen)
    assert log is not None
    line = witness_signer().sign(submission.note.text, int(now.timestamp()))
    log.size, log.root, log.cosigned_at = head.size, head.root, now
    log.note = notes.Note(submission.note.text, (*_lines_of(known, submission.note), line)).written()
    log.save(update_fields=["size", "root", "note", "cosigned_at"])
    return line.line()


def _locked(origin: str) -> WitnessedLog | None:
    """Nobody else cosigns for this log until the transaction ends. None: the log is not known."""
    if origin in logs_in(settings.WITNESS_OF):
        WitnessedLog.objects.get_or_create(origin=origin)
    return WitnessedLog.objects.select_for_update().filter(origin=origin).first()


def _known_keys(origin: str, log: WitnessedLog | None) -> list[notes.Ed25519Verifier]:
    given = f"{settings.WITNESS_OF} {log.keys if log else ''}"
    return list(dict.fromkeys(logs_in(given).get(origin, [])))


def _lines_of(known: list[notes.Ed25519Verifier], note: notes.Note) -> list[notes.Signature]:
    names = {(key.name, key.key_id) for key in known}
    return [one for one in note.signatures if (one.name, one.key_id) in names]


def _keep_fault(submission: Submission, now: datetime) -> None:
    """The same again is kept once."""
    origin, submitted = checkpoint_of(submission).origin, submission.written().decode()
    faults = LogFault.objects.filter(origin=origin)
    if faults.filter(submitted=submitted).exists() or faults.count() >= MOST_FAULTS:
        return
    with transaction.atomic():
        cosigned = WitnessedLog.objects.get(origin=origin)
        fault = LogFault.objects.create(origin=origin, at=now, cosigned=cosigned.note, submitted=submitted)
        told = {"seen": cosigned.size, "submitted": checkpoint_of(submission).size}
        record("ledger.fault-witnessed", f"fault:{fault.pk}", told)
