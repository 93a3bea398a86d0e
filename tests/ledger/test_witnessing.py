"""What a witness cosigns and what it refuses: the status codes of the protocol, one by one, and any bytes at all."""

import base64
import hashlib
from collections.abc import Sequence

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gezhi.ledger import notes, tree
from gezhi.ledger.witnessing import (
    BadSubmission,
    NotCosigned,
    Seen,
    Submission,
    cosignatures_in,
    logs_in,
    origin_hash,
    parse_submission,
    require_cosignable,
    size_in,
    witnesses_in,
)

ORIGIN = "ningbo.example/log"
LOG = notes.Ed25519Signer(ORIGIN, Ed25519PrivateKey.generate())
IMPOSTOR = notes.Ed25519Signer(ORIGIN, Ed25519PrivateKey.generate())
COURT = notes.Ed25519Signer("court.example/w", Ed25519PrivateKey.generate(), notes.COSIGNATURE)
KEYS = [LOG.verifier]
LEAVES = [hashlib.sha256(bytes([number])).digest() for number in range(40)]


def root(size: int, leaves: Sequence[bytes] = LEAVES) -> bytes:
    return tree.root_of(b"".join(leaves[:size]))


def hash_of(level: int, index: int) -> bytes:
    return tree.root_of(b"".join(LEAVES[index << level : (index + 1) << level]))


def seen(size: int) -> Seen:
    return Seen(size, root(size))


def submission(
    old: int, size: int, *, signer: notes.Signer = LOG, origin: str = ORIGIN, head: bytes | None = None
) -> Submission:
    checkpoint = notes.Checkpoint(origin, size, root(size) if head is None else head)
    proof = tree.consistency_proof(old, size, hash_of) if old <= size else []
    return Submission(old, proof, notes.signed(checkpoint, [signer], at=0))


def refused(asked: Submission, before: Seen, keys: Sequence[notes.Verifier] = KEYS) -> NotCosigned:
    with pytest.raises(NotCosigned) as found:
        require_cosignable(asked, keys, before)
    return found.value


@pytest.mark.parametrize("old", range(13))
def test_every_head_that_extends_the_last_one_is_cosigned(old: int) -> None:
    for size in range(old, 14):
        asked = parse_submission(submission(old, size).written())
        assert require_cosignable(asked, KEYS, seen(old)).size == size


def test_a_log_that_is_not_known_is_404() -> None:
    assert refused(submission(0, 7), Seen(), keys=[]).status == 404


def test_a_note_that_its_log_did_not_sign_is_403() -> None:
    assert refused(submission(0, 7, signer=IMPOSTOR), Seen()).status == 403
    twisted = submission(0, 7)
    line = notes.Signature(ORIGIN, LOG.verifier.key_id, bytes(64))
    assert refused(Submission(0, [], notes.Note(twisted.note.text, (line,))), Seen()).status == 403


def test_lines_of_unknown_keys_are_passed_over() -> None:
    asked = submission(0, 7)
    more = notes.Signature("somebody.example", b"abcd", b"anything")
    require_cosignable(Submission(0, [], asked.note.signed_also([more])), KEYS, Seen())


def test_an_old_size_above_the_new_one_is_400() -> None:
    with pytest.raises(BadSubmission, match="above"):
        require_cosignable(submission(9, 7), KEYS, seen(9))


@pytest.mark.parametrize("old", [0, 3, 7])
def test_an_old_size_that_is_not_the_last_one_is_409_and_told_which_is(old: int) -> None:
    answer = refused(submission(old, 9), seen(5))
    assert (answer.status, answer.body) == (409, "5\n")
    assert size_in(answer.body.encode()) == 5
    assert not answer.shows_fault


def test_an_empty_tree_has_one_root() -> None:
    assert require_cosignable(submission(0, 0), KEYS, Seen()).size == 0
    assert refused(submission(0, 0, head=bytes(32)), Seen()).status == 422


def test_a_proof_where_none_is_needed_is_422() -> None:
    asked = submission(0, 7)
    assert refused(Submission(0, [bytes(32)], asked.note), Seen()).status == 422
    same = submission(7, 7)
    assert refused(Submission(7, [bytes(32)], same.note), seen(7)).status == 422


@pytest.mark.parametrize(("old", "size"), [(1, 2), (3, 7), (4, 8), (6, 8), (8, 13)])
def test_no_changed_missing_or_added_hash_of_a_proof_is_taken(old: int, size: int) -> None:
    asked = submission(old, size)
    proof = list(asked.proof)
    others = [proof[:-1], [*proof, bytes(32)]] + [
        [*proof[:at], bytes(32), *proof[at + 1 :]] for at in range(len(proof))
    ]
    for other in others:
        answer = refused(Submission(old, other, asked.note), seen(old))
        assert answer.status == 422
        assert not answer.shows_fault or size == old


def test_two_heads_of_one_size_are_422_and_show_a_fault() -> None:
    answer = refused(submission(7, 7, head=bytes(32)), seen(7))
    assert answer.status == 422
    assert answer.shows_fault


def test_a_history_that_was_changed_finds_no_witness() -> None:
    """The log swaps entry 2 and proves the new tree consistent with its own new past."""
    leaves = [*LEAVES[:2], bytes(32), *LEAVES[3:]]

    def other(level: int, index: int) -> bytes:
        return tree.root_of(b"".join(leaves[index << level : (index + 1) << level]))

    head = notes.Checkpoint(ORIGIN, 12, root(12, leaves))
    asked = Submission(5, tree.consistency_proof(5, 12, other), notes.signed(head, [LOG], at=0))
    assert refused(asked, seen(5)).status == 422


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"old 0",
        b"old 0\n",
        b"old 00\n\nx\n",
        b"old -1\n\nx\n",
        b"old 1.0\n\nx\n",
        b"new 0\n\nx\n",
        b"old 0\n!\n\nx\n1\n\n\xe2\x80\x94 x AAAAAAAA\n",
        b"old 0\nAAAA\n\nx\n1\n\n\xe2\x80\x94 x AAAAAAAA\n",
        b"old 0\n\n\xff\xfe",
        b"old 0\n" + (base64.b64encode(bytes(32)) + b"\n") * 64 + b"\nx\n",
    ],
)
def test_what_is_no_submission_is_refused(body: bytes) -> None:
    with pytest.raises(BadSubmission):
        require_cosignable(parse_submission(body), KEYS, Seen())


@given(st.binary(max_size=300) | st.text(max_size=200).map(lambda text: b"old 0\n\n" + text.encode()))
def test_any_bytes_are_refused_and_never_an_error(body: bytes) -> None:
    with pytest.raises((BadSubmission, NotCosigned)):
        require_cosignable(parse_submission(body), KEYS, Seen())


def cosigned_note(at: int = 5) -> tuple[notes.Note, notes.Signature]:
    note = submission(0, 7).note
    return note, COURT.sign(note.text, at)


def test_a_witness_s_line_is_taken_and_others_are_left_out() -> None:
    note, line = cosigned_note()
    other = notes.Signature("other.example", b"abcd", bytes(72))
    answer = (other.line() + line.line()).encode()
    assert cosignatures_in(answer, note, COURT.verifier) == [line]


@pytest.mark.parametrize("answer", [b"", b"\xff", b"ok\n", "— court.example/w AAAA\n".encode()])
def test_an_answer_without_the_witness_s_line_is_refused(answer: bytes) -> None:
    with pytest.raises(notes.BadNote):
        cosignatures_in(answer, cosigned_note()[0], COURT.verifier)


def test_a_line_for_another_head_or_without_a_time_is_refused() -> None:
    note, line = cosigned_note()
    with pytest.raises(notes.BadNote):
        cosignatures_in(line.line().encode(), submission(0, 8).note, COURT.verifier)
    with pytest.raises(notes.BadNote, match="no time"):
        cosignatures_in(cosigned_note(at=0)[1].line().encode(), note, COURT.verifier)


def test_witnesses_are_named_with_their_key_and_address() -> None:
    vkey = COURT.verifier.vkey()
    court, audit = witnesses_in(
        f"法院={vkey}@https://court.example/w/, audit={vkey}@http://10.0.0.1:8000/ledger"
    )
    assert (court.name, court.key, court.url) == ("法院", COURT.verifier, "https://court.example/w")
    assert audit.url == "http://10.0.0.1:8000/ledger"
    assert witnesses_in("") == []


@pytest.mark.parametrize(
    "text",
    [
        "court",
        f"court={LOG.verifier.vkey()}@https://x.example",
        "court=x@https://x",
        f"c={COURT.verifier.vkey()}@ftp://x",
    ],
)
def test_a_witness_without_key_or_address_is_refused(text: str) -> None:
    with pytest.raises(notes.BadNote):
        witnesses_in(text)


def test_logs_are_known_by_their_origin_with_every_key() -> None:
    found = logs_in(f"{LOG.verifier.vkey()}, {IMPOSTOR.verifier.vkey()}\n")
    assert found == {ORIGIN: [LOG.verifier, IMPOSTOR.verifier]}
    assert logs_in("") == {}


def test_a_log_has_an_address_of_its_origin() -> None:
    assert origin_hash(ORIGIN) == hashlib.sha256(b"ningbo.example/log").hexdigest()


@pytest.mark.parametrize("body", [b"", b"5", b"05\n", b"-5\n", b"five\n", b"5\n5\n"])
def test_what_is_no_size_is_none(body: bytes) -> None:
    assert size_in(body) is None
