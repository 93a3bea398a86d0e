"""The line of SM2: made and checked by libcrypto, by the `openssl` command, and passed over by who does not know it."""

import base64
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.ledger import sm2
from gezhi.ledger.notes import BadNote, Checkpoint, Ed25519Signer, Signature, parse_note, signed, verified_by

ORIGIN = "ningbo.example/log"
KEY = sm2.new_key()
SIGNER = sm2.Sm2Signer(ORIGIN, KEY)
OTHER_LINE = Ed25519Signer(ORIGIN, Ed25519PrivateKey.generate())
HEAD = Checkpoint(ORIGIN, 7, bytes(32))
IDENTITY = ("-sigopt", "distid:1234567812345678")


def openssl(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True, check=False)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "private.pem").write_bytes(sm2.private_pem(KEY))
    (tmp_path / "public.pem").write_bytes(sm2.public_pem(SIGNER.verifier.public))
    return tmp_path


def test_the_openssl_command_verifies_what_we_sign(folder: Path) -> None:
    for number in range(20):
        text = f"{ORIGIN}\n{number}\n井盖破损\n"
        (folder / "text").write_text(text)
        (folder / "signature").write_bytes(SIGNER.sign(text, at=0).blob)
        said = openssl(
            *("dgst", "-sm3", "-verify", "public.pem", *IDENTITY, "-signature", "signature", "text"),
            folder=folder,
        )
        assert said.stdout == "Verified OK\n", said


def test_we_verify_what_the_openssl_command_signs(folder: Path) -> None:
    for number in range(20):
        text = f"{ORIGIN}\n{number}\n井盖破损\n"
        (folder / "text").write_text(text)
        openssl("dgst", "-sm3", "-sign", "private.pem", *IDENTITY, "-out", "signature", "text", folder=folder)
        blob = (folder / "signature").read_bytes()
        assert SIGNER.verifier.verifies(text, blob)
        assert not SIGNER.verifier.verifies(text + "x", blob)


def test_a_key_made_by_the_openssl_command_signs(tmp_path: Path) -> None:
    openssl("genpkey", "-algorithm", "SM2", "-out", "private.pem", folder=tmp_path)
    signer = sm2.Sm2Signer(ORIGIN, sm2.from_pem((tmp_path / "private.pem").read_bytes()))
    assert signer.verifier.verifies("text\n", signer.sign("text\n", at=0).blob)


def test_the_line_stands_beside_the_others_and_each_may_be_unknown() -> None:
    note = parse_note(signed(HEAD, [OTHER_LINE, SIGNER], at=0).written())
    assert verified_by(note, [OTHER_LINE.verifier]) == [OTHER_LINE.verifier]
    assert verified_by(note, [SIGNER.verifier]) == [SIGNER.verifier]
    assert len(verified_by(note, [SIGNER.verifier, OTHER_LINE.verifier])) == 2


def test_a_changed_text_or_signature_spoils_the_note() -> None:
    note = signed(HEAD, [SIGNER], at=0)
    later = type(note)(note.text.replace("\n7\n", "\n8\n"), note.signatures)
    with pytest.raises(BadNote, match="does not verify"):
        verified_by(later, [SIGNER.verifier])


@settings(max_examples=40)
@given(st.integers(0, 69), st.integers(1, 255))
def test_no_changed_byte_of_a_signature_verifies(where: int, change: int) -> None:
    blob = bytearray(SIGNER.sign("text\n", at=0).blob)
    blob[where] ^= change
    assert not SIGNER.verifier.verifies("text\n", bytes(blob))


@settings(max_examples=40)
@given(st.binary(max_size=100))
def test_any_bytes_are_no_signature(blob: bytes) -> None:
    assert not SIGNER.verifier.verifies("text\n", blob)


def test_the_key_is_told_in_one_line_and_read_again() -> None:
    vkey = SIGNER.verifier.vkey()
    assert sm2.sm2_verifier(vkey) == SIGNER.verifier
    assert base64.b64decode(vkey.split("+", 2)[2])[0] == 0xFF


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "name",
        "name+00000000+!",
        OTHER_LINE.verifier.vkey(),
        SIGNER.verifier.vkey().replace(ORIGIN, "a b"),
        SIGNER.verifier.vkey().replace(ORIGIN, "elsewhere"),
        f"{ORIGIN}+00000000+{base64.b64encode(sm2.KIND + bytes(64)).decode()}",
    ],
)
def test_what_is_no_key_is_refused(vkey: str) -> None:
    with pytest.raises(BadNote):
        sm2.sm2_verifier(vkey)


def test_a_point_that_is_not_on_the_curve_is_no_key() -> None:
    verifier = sm2.Sm2Verifier(ORIGIN, b"\x04" + bytes(64))
    with pytest.raises(sm2.NoSm2):
        verifier.verifies("text\n", b"")


def test_a_file_without_a_key_is_refused() -> None:
    with pytest.raises(sm2.NoSm2, match="no key in PEM"):
        sm2.from_pem(b"nothing")


def test_a_signature_is_another_each_time() -> None:
    """SM2 takes a fresh secret number for each: two of the same text never share it."""
    made: set[Signature] = {SIGNER.sign("text\n", at=0) for _ in range(8)}
    assert len(made) == 8
