"""Entries get their places, files are written, a signed checkpoint stands over them."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from gezhi.ledger import notes
from gezhi.ledger.actions import record
from gezhi.ledger.actions.publishing import publish_checkpoint
from gezhi.ledger.folder import LogFolder
from gezhi.ledger.models import Checkpoint, Entry
from gezhi.ledger.tree import is_consistent, is_included, root_of

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
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
