"""Entries get their places, files are written, a signed checkpoint stands over them."""

import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection

from gezhi.ledger import notes, queries
from gezhi.ledger.actions import record
from gezhi.ledger.actions.keys import log_signers, rotate_key
from gezhi.ledger.actions.publishing import publish_checkpoint
from gezhi.ledger.actions.sequencing import TURN
from gezhi.ledger.entries import leaf_hash
from gezhi.ledger.folder import LogFolder
from gezhi.ledger.keys import KeyMissing, verifiers_of
from gezhi.ledger.models import Checkpoint, Entry
from gezhi.ledger.tree import is_consistent, is_included, root_of
from tests.ledger.walls import past_every_wall

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
SIGNER = notes.Ed25519Signer("gezhi/330200000000", Ed25519PrivateKey.from_private_bytes(bytes(32)))


def published(count: int = 0) -> Checkpoint | None:
    for number in range(count):
        record("test.entry", f"test:{number}", {"n": number})
    return publish_checkpoint(NOW, [SIGNER])


def leaves() -> list[bytes]:
    return [bytes(one) for one in Entry.objects.order_by("tree_index").values_list("leaf_hash", flat=True)]


def test_a_checkpoint_stands_over_every_entry(log: LogFolder) -> None:
    made = published(3)
    assert made is not None
    assert made.size == Entry.objects.count()
    assert bytes(made.root) == root_of(b"".join(leaves()))
    note = notes.parse_note(log.text("checkpoint"))
    assert notes.verified_by(note, [SIGNER.verifier]) == [SIGNER.verifier]
    assert notes.parse_checkpoint(note.text).size == made.size


@pytest.mark.parametrize("more", [1, 255, 256, 257, 700])
def test_each_entry_is_proven_and_each_checkpoint_extends_those_before(log: LogFolder, more: int) -> None:
    first, second = published(1), published(more)
    assert first is not None
    assert second is not None
    for index, leaf in enumerate(leaves()):
        proof = log.inclusion(index, second.size)
        assert is_included(leaf, index, second.size, bytes(second.root), proof)
    proof = log.consistency(first.size, second.size)
    assert is_consistent(first.size, bytes(first.root), second.size, bytes(second.root), proof)


def test_without_anything_new_nothing_is_published(log: LogFolder) -> None:
    assert published(1) is not None
    assert published() is None


def test_an_entry_from_before_that_no_bundle_can_hold_stops_nothing_and_is_told_of(log: LogFolder) -> None:
    record("test.entry", "test:large", {})
    large = Entry.objects.latest("id")
    body = bytes(large.body).replace(b'"facts":{}', b'"facts":{"x":"%s"}' % (b"a" * 70_000))
    with past_every_wall():
        Entry.objects.filter(pk=large.pk).update(body=body, leaf_hash=leaf_hash(body))
    made = publish_checkpoint(NOW, log_signers(NOW))
    assert made is not None
    assert made.size == Entry.objects.count() - 1
    assert [str(one) for one in queries.verify().findings] == [
        f"entry {large.pk}: its {len(body)} bytes are too many to stand in the tree"
    ]


def test_two_at_once_do_not_publish_twice(log: LogFolder) -> None:
    """Whoever comes second leaves it to the first."""
    record("test.entry", "test:1", {})
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [TURN])
        assert published() is None
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [TURN])
    finally:
        other.close()
    assert published() is not None


def test_a_rotated_key_signs_beside_the_old_one_until_its_time_is_over(log: LogFolder) -> None:
    record("test.entry", "test:1", {})
    first = log_signers(NOW)
    publish_checkpoint(NOW, first)
    new = rotate_key(NOW + DAY, 7 * DAY)
    between, after = NOW + 2 * DAY, NOW + 9 * DAY
    during = publish_checkpoint(between, log_signers(between))
    assert during is not None
    record("test.entry", "test:2", {})
    later = publish_checkpoint(after, log_signers(after))
    assert later is not None
    new_key, old_key = verifiers_of([new.vkey])[0], first[0].verifier  # type: ignore[attr-defined]
    for head, known, holds in (
        (during, old_key, True),
        (during, new_key, True),
        (later, new_key, True),
        (later, old_key, False),
    ):
        assert signed_by(head, known) == holds
    assert {old_key.vkey(), new.vkey} <= set(log.text("keys").split())
    assert queries.verify().findings == []
    [told] = Entry.objects.filter(kind="ledger.key-rotated")
    assert new.vkey.encode() in bytes(told.body)


def signed_by(head: Checkpoint, key: notes.Verifier) -> bool:
    try:
        return bool(notes.verified_by(notes.parse_note(head.note), [key]))
    except notes.BadNote:
        return False


def test_keys_are_readable_by_their_owner_alone(log: LogFolder) -> None:
    log_signers(NOW)
    folder = queries.keys_folder()
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    [key] = folder.glob("*.key")
    assert key.read_text().startswith("PRIVATE+KEY+gezhi/330200000000+")


def test_without_its_key_the_log_says_what_to_do(log: LogFolder) -> None:
    log_signers(NOW)
    for path in queries.keys_folder().glob("*.key"):
        path.unlink()
    with pytest.raises(KeyMissing, match="Bring the file back from the backup"):
        log_signers(NOW)
    rotate_key(NOW, timedelta(0))
    assert log_signers(NOW + DAY)
