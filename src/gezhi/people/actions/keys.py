"""Signing for persons: with keys that the server holds for them, or that they hold themselves."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from gezhi.ledger import sm2
from gezhi.ledger.actions import record, record_many
from gezhi.ledger.entries import Draft
from gezhi.ledger.signing import (
    KEY_ENDED,
    KEY_MADE,
    Signed,
    holds,
    key_facts,
    key_id,
    signed_by,
    to_sign,
    with_signature,
)
from gezhi.people.keys import OWN, SERVER, Lock, proof_of
from gezhi.people.models import SigningKey

POINT_OR_ED25519 = (32, sm2.POINT)


class OwnKeyNeeded(Exception):
    """This person signs with an own key alone."""


class WrongKey(ValueError):
    """A key or a signature is not what it should be; the message says why."""


@dataclass(frozen=True, slots=True)
class _Held:
    account: int
    key: str
    public: bytes
    held: str
    alone: bool
    locked: str


def signed(drafts: Sequence[Draft], accounts: Sequence[int | None]) -> list[Draft]:
    """Each draft signed for its account (None: it stays as it is), in the caller's transaction. Who has no key yet
    gets one. Raises OwnKeyNeeded and keys.CannotUnlock."""
    wanted = {account for account in accounts if account is not None}
    secrets = _secrets(wanted) if wanted else {}
    pairs = zip(drafts, accounts, strict=True)
    return [
        draft if account is None else signed_by(draft, secrets[account][0], secrets[account][1].sign)
        for draft, account in pairs
    ]


def with_own_signature(draft: Draft, account_id: int, given: Signed) -> Draft:
    """The draft with a signature that the person made elsewhere. Raises WrongKey."""
    key = next((one for one in _in_force([account_id]) if one.key == given.key), None)
    if key is None:
        raise WrongKey(f"No key {given.key[:40]} of yours is in force. Register it first.")
    if not holds(key.public, to_sign(draft), given.signature):
        raise WrongKey("The signature does not hold for this body and this key.")
    return with_signature(draft, given)


def register_own_key(account_id: int, public: bytes, proof: bytes, *, alone: bool = False) -> SigningKey:
    """A key that the person alone holds. `proof`: its signature over keys.proof_of. `alone`: nothing is signed with
    any other from now on, and the server's key for this person ends. Raises WrongKey."""
    if len(public) not in POINT_OR_ED25519:
        raise WrongKey("The key is neither one of Ed25519 (32 bytes) nor a point of SM2 (65 bytes).")
    try:
        shown = holds(public, proof_of(settings.LEDGER_ORIGIN, account_id), proof)
    except sm2.NoSm2 as error:
        raise WrongKey(str(error)) from error
    if not shown:
        raise WrongKey("The proof does not show that the key is in your hand: sign what /signing-key says.")
    with transaction.atomic():
        if SigningKey.objects.filter(key=key_id(public)).exists():
            raise WrongKey("This key was registered before. Make a new one.")
        _end(SigningKey.objects.filter(account_id=account_id, held=OWN), account_id, "replaced")
        if alone:
            _end(SigningKey.objects.filter(account_id=account_id, held=SERVER), account_id, "own key only")
        made = _row(account_id, public, OWN, timezone.now(), alone=alone)
        made.save()
        record(KEY_MADE, f"account:{account_id}", key_facts(public, account_id, OWN))
    return made


def end_keys(account_ids: Collection[int] | None, held: str, by: int | None, reason: str) -> int:
    """Keys of these accounts (None: all) end; a person who acts again gets a new one of the server's. Returns how
    many ended."""
    found = SigningKey.objects.filter(held=held)
    with transaction.atomic():
        return _end(found if account_ids is None else found.filter(account_id__in=account_ids), by, reason)


def rotate_lock(now: datetime, batch: int = 500) -> int:
    """A new key of the server locks all signing keys; those before the last one are removed (the last may still be in
    an act's hand). Returns how many were locked anew. Breaking off and calling again loses nothing."""
    lock = the_lock()
    name, last, count = lock.make(now), 0, 0
    while found := _lock_again(lock, last, batch):
        last, count = found[-1], count + len(found)
    for older in lock.names()[:-2]:
        if not SigningKey.objects.filter(locked__startswith=f"{older}:").exists():
            lock.remove(older)
    with transaction.atomic():
        record("people.signing-keys-locked", "signing-keys", {"lock": name, "count": count})
    return count


def rotate_lock_now() -> int:
    return rotate_lock(timezone.now())


def the_lock() -> Lock:
    return Lock(Path(settings.DATA_DIR) / "signing-keys")


@transaction.atomic
def _lock_again(lock: Lock, after: int, batch: int) -> list[int]:
    rows = SigningKey.objects.select_for_update().filter(held=SERVER, id__gt=after, ended_at=None)
    found = list(rows.order_by("id")[:batch])
    for row in found:
        bound = _bound(row.account_id, bytes(row.public))
        row.locked = lock.locked(lock.unlocked(row.locked, bound), bound)
    SigningKey.objects.bulk_update(found, ["locked"])
    return [row.pk for row in found]


def _secrets(accounts: Collection[int]) -> Mapping[int, tuple[str, Ed25519PrivateKey]]:
    """(key's id, secret half) of each account."""
    lock, found = the_lock(), _in_force(accounts)
    if own := sorted(one.account for one in found if one.alone):
        raise OwnKeyNeeded(", ".join(map(str, own)))
    held = {one.account: one for one in found if one.held == SERVER}
    if missing := sorted(set(accounts) - held.keys()):
        _make(missing, lock)
        held |= {one.account: one for one in _in_force(missing) if one.held == SERVER}
    return {
        account: (one.key, lock.unlocked(one.locked, _bound(account, one.public)))
        for account, one in held.items()
    }


def _in_force(accounts: Collection[int]) -> list[_Held]:
    """Locked against ending until the transaction is over: in the ledger no act comes after its key's end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT account_id, key, public, held, alone, locked FROM people_signingkey "
            "WHERE account_id = ANY(%s) AND ended_at IS NULL ORDER BY id FOR SHARE",
            [list(accounts)],
        )
        return [
            _Held(account, key, bytes(public), held, alone, locked)
            for account, key, public, held, alone, locked in cursor.fetchall()
        ]


def _make(accounts: Sequence[int], lock: Lock) -> None:
    """Of two transactions that make a key for the same person at once the first makes it."""
    now = timezone.now()
    if not lock.names():
        lock.make(now)
    rows = [_new(account, lock, now) for account in accounts]
    SigningKey.objects.bulk_create(rows, ignore_conflicts=True)
    made = set(SigningKey.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    record_many(
        Draft(
            KEY_MADE, f"account:{row.account_id}", now, key_facts(bytes(row.public), row.account_id, SERVER)
        )
        for row in rows
        if row.key in made
    )


def _new(account: int, lock: Lock, now: datetime) -> SigningKey:
    secret = Ed25519PrivateKey.generate()
    public = secret.public_key().public_bytes_raw()
    row = _row(account, public, SERVER, now)
    row.locked = lock.locked(secret, _bound(account, public))
    return row


def _row(account: int, public: bytes, held: str, now: datetime, *, alone: bool = False) -> SigningKey:
    return SigningKey(
        account_id=account, key=key_id(public), public=public, held=held, alone=alone, made_at=now
    )


def _end(found: QuerySet[SigningKey], by: int | None, reason: str) -> int:
    rows = list(found.filter(ended_at=None).select_for_update().order_by("id"))
    now = timezone.now()
    SigningKey.objects.filter(pk__in=[row.pk for row in rows]).update(ended_at=now, locked="")
    record_many(
        Draft(
            KEY_ENDED,
            f"account:{row.account_id}",
            now,
            {"key": row.key, "account": row.account_id, "by": by, "reason": reason},
        )
        for row in rows
    )
    return len(rows)


def _bound(account: int, public: bytes) -> bytes:
    return f"account:{account}\n".encode() + public
