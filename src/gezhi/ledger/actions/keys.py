"""The keys with which the log signs: the first, and each that follows another."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction

from gezhi.ledger import keys, notes, queries, sm2
from gezhi.ledger.actions.recording import record
from gezhi.ledger.models import LogKey

OVERLAP: Final = timedelta(days=30)
log = logging.getLogger(__name__)


@transaction.atomic
def log_signers(now: datetime) -> list[notes.Signer]:
    """Those that sign at this instant; the first key is made when there is none. Raises keys.KeyMissing when no key
    of Ed25519 can be read."""
    held = list(queries.keys_at(now))
    if not held:
        _in_turn()
        if not queries.keys_at(now).exists():
            _make(now, "ledger.key-made")
        held = list(queries.keys_at(now))
    found, missing = list[notes.Signer](), list[keys.KeyMissing]()
    for one in held:
        try:
            found.append(keys.read_key(queries.keys_folder(), one.vkey))
        except keys.KeyMissing as error:
            log.error("%s", error)
            missing.append(error)
    if not any(isinstance(one, notes.Ed25519Signer) for one in found):
        raise missing[0]  # a line of SM2 alone is unknown to most
    return found


@transaction.atomic
def rotate_key(now: datetime, overlap: timedelta = OVERLAP, account_id: int | None = None) -> LogKey:
    """A new key signs from now on; those before it sign beside it until the overlap is over. Their public halves stay
    listed for ever, so that what they signed can still be checked."""
    _in_turn()
    older = list(queries.keys_at(now))
    LogKey.objects.filter(pk__in=[one.pk for one in older], until=None).update(until=now + overlap)
    return _make(now, "ledger.key-rotated", older, now + overlap, account_id)


def _make(
    now: datetime,
    kind: str,
    older: Sequence[LogKey] = (),
    until: datetime | None = None,
    account_id: int | None = None,
) -> LogKey:
    """The file first: a row without its file would stop the log, a file without a row is only a file."""
    folder, origin = queries.keys_folder(), queries.origin()
    made = LogKey.objects.create(vkey=keys.make_key(folder, origin).verifier.vkey(), from_at=now)
    beside = keys.make_sm2_key(folder, origin).verifier.vkey() if sm2.is_available() else None
    if beside is not None:
        LogKey.objects.create(vkey=beside, from_at=now)
    facts = {
        "key": made.vkey,
        "sm2": beside,
        "older": [one.vkey for one in older],
        "until": until.isoformat() if until else None,
        "account": account_id,
    }
    record(kind, "ledger", facts)
    return made


def _in_turn() -> None:
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE ledger_logkey IN SHARE ROW EXCLUSIVE MODE")
