"""Signed notes, checkpoints and proofs by the specifications' own examples, and what they refuse."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from gezhi.ledger import notes
from gezhi.ledger.entries import leaf_hash
from gezhi.ledger.proofs import BadProof, Proof, check_proof, parse_proof
from gezhi.ledger.tree import inclusion_proof, root_of

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
EXAMPLE = """This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
"""
CHECKPOINT = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa \
Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""
SIGNER = notes.Ed25519Signer("example.org/log", Ed25519PrivateKey.from_private_bytes(bytes(32)))
STRANGER = notes.Ed25519Signer("example.org/other", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
KNOWN = [SIGNER.verifier]
LEAVES = [leaf_hash(b"%d" % number) for number in range(11)]


def hash_of(level: int, index: int) -> bytes:
    return root_of(b"".join(LEAVES[index << level : (index + 1) << level]))


def signed(size: int = 11) -> notes.Note:
    return notes.signed(notes.Checkpoint(SIGNER.name, size, root_of(b"".join(LEAVES[:size]))), [SIGNER], 1)


def test_the_example_of_the_specification_verifies_and_reads_back() -> None:
    known = notes.ed25519_verifier(VKEY)
    assert known.vkey() == VKEY
    note = notes.parse_note(EXAMPLE)
    assert notes.verified_by(note, [known]) == [known]
    assert note.written() == EXAMPLE


def test_the_example_changed_by_a_letter_does_not_verify() -> None:
    note = notes.parse_note(EXAMPLE.replace("message", "massage"))
    with pytest.raises(notes.BadNote, match="does not verify"):
        notes.verified_by(note, [notes.ed25519_verifier(VKEY)])


def test_the_checkpoint_of_the_specification_says_its_size() -> None:
    head = notes.parse_checkpoint(notes.parse_note(CHECKPOINT).text)
    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20852163)
    assert head.text() == CHECKPOINT.partition("\n\n")[0] + "\n"


def test_a_note_keeps_its_empty_lines() -> None:
    text = "Ognuno sta solo\n\ned è subito sera.\n"
    note = notes.Note(text, (SIGNER.sign(text, 0),))
    assert notes.parse_note(note.written()).text == text
    assert notes.verified_by(notes.parse_note(note.written()), KNOWN) == KNOWN


def test_a_line_of_a_key_that_nobody_knows_says_nothing() -> None:
    note = signed().signed_also([STRANGER.sign(signed().text, 1)])
    assert notes.verified_by(notes.parse_note(note.written()), KNOWN) == KNOWN
    with pytest.raises(notes.BadNote, match="No known key"):
        notes.verified_by(signed(), [STRANGER.verifier])


def test_a_known_keys_line_that_is_wrong_spoils_the_note() -> None:
    wrong = notes.Signature(SIGNER.name, SIGNER.verifier.key_id, bytes(64))
    note = notes.Note(signed().text, (STRANGER.sign(signed().text, 1), wrong))
    with pytest.raises(notes.BadNote, match="does not verify"):
        notes.verified_by(note, [SIGNER.verifier, STRANGER.verifier])


def test_a_line_is_written_once() -> None:
    assert signed().signed_also(signed().signatures) == signed()


def test_a_cosignature_tells_its_time_and_is_bound_to_it() -> None:
    witness = notes.Ed25519Signer("w.example/1", SIGNER.private, notes.COSIGNATURE)
    line = witness.sign(signed().text, 1_679_315_147)
    assert notes.cosigned_at(line.blob) == 1_679_315_147
    assert witness.verifier.verifies(signed().text, line.blob)
    later = (1_679_315_148).to_bytes(8, "big") + line.blob[8:]
    assert not witness.verifier.verifies(signed().text, later)
    assert not witness.verifier.verifies(signed().text, line.blob[8:])


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000+AAAA",
        VKEY.replace("530d903a", "530d903b"),
        VKEY.replace("foo", "fob"),
        VKEY[:-4],
        VKEY.replace("+A", "+*"),
        "na me+" + VKEY.partition("+")[2],
    ],
)
def test_what_is_no_key_is_refused(vkey: str) -> None:
    with pytest.raises(notes.BadNote):
        notes.ed25519_verifier(vkey)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n— name",
        "text\n\nname AAAAAAAA\n",
        "text\n\n— name ====\n",
        "text\n\n— na+me AAAAAAAA\n",
        "te\rxt\n\n— name AAAAAAAA\n",
        "text\n\n— name AAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 65,
    ],
)
def test_what_is_no_note_is_refused(text: str) -> None:
    with pytest.raises(notes.BadNote):
        notes.parse_note(text)


@pytest.mark.parametrize(
    "text", ["", "o\n1\n", "o\n01\nAA==\n", "o\n-1\nAA==\n", "o\n1\nAA==\n", "\n1\nAA==\n", "o\n1\n*\n"]
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(notes.BadNote):
        notes.parse_checkpoint(text)


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (notes.parse_note, notes.parse_checkpoint, notes.ed25519_verifier, parse_proof):
        try:
            read(text)
        except (notes.BadNote, BadProof):
            continue


@pytest.mark.parametrize("index", [0, 3, 10])
@pytest.mark.parametrize("extra", [b"", b"\x00\x01 anything"])
def test_a_proof_is_written_and_read_and_holds(index: int, extra: bytes) -> None:
    proof = Proof(index, inclusion_proof(index, 11, hash_of), signed().written(), extra)
    read = parse_proof(proof.written())
    assert read == proof
    assert check_proof(read, LEAVES[index], KNOWN).size == 11


def test_the_text_of_a_proof_is_that_of_the_specification() -> None:
    proof = Proof(3, inclusion_proof(3, 4, hash_of), signed(4).written(), b"extra")
    lines = proof.written().split("\n")
    assert lines[:3] == ["c2sp.org/tlog-proof@v1", "extra ZXh0cmE=", "index 3"]
    assert [base64.b64decode(one) for one in lines[3:5]] == [LEAVES[2], hash_of(1, 0)]
    assert lines[5] == ""
    assert "\n".join(lines[6:]) == signed(4).written()


def test_a_tree_of_one_needs_no_hash() -> None:
    proof = Proof(0, [], signed(1).written())
    assert "index 0\n\nexample.org/log\n1\n" in proof.written()
    assert check_proof(parse_proof(proof.written()), LEAVES[0], KNOWN).size == 1


def test_a_proof_holds_for_its_own_entry_and_a_known_key_alone() -> None:
    proof = Proof(3, inclusion_proof(3, 11, hash_of), signed().written())
    with pytest.raises(BadProof, match="does not lead from this entry"):
        check_proof(proof, LEAVES[4], KNOWN)
    with pytest.raises(BadProof, match="No known key"):
        check_proof(proof, LEAVES[3], [STRANGER.verifier])
    with pytest.raises(BadProof, match="does not verify"):
        check_proof(Proof(3, proof.hashes, proof.note.replace("\n11\n", "\n12\n")), LEAVES[3], KNOWN)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\nindex 01\n\nnote",
        "c2sp.org/tlog-proof@v1\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex 0\n*\n\nnote",
        "c2sp.org/tlog-proof@v1\nextra *\nindex 0\n\nnote",
        "c2sp.org/tlog-proof@v1\nindex 0\n" + (base64.b64encode(bytes(32)).decode() + "\n") * 64 + "\nnote",
    ],
)
def test_what_is_no_proof_is_refused(text: str) -> None:
    with pytest.raises(BadProof):
        parse_proof(text)
