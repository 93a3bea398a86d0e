"""Keys in files: made whole, read again, their owner's alone; those of SM2 and of the witness beside the log's own."""

from pathlib import Path

import pytest

from gezhi.ledger import keys, notes, sm2

NAME = "ningbo.example/log"


def test_each_kind_of_key_is_read_again(tmp_path: Path) -> None:
    log, beside = keys.make_key(tmp_path, NAME), keys.make_sm2_key(tmp_path, NAME)
    for made in (log, beside):
        vkey = made.verifier.vkey()
        line = keys.read_key(tmp_path, vkey).sign("text\n", 0)
        assert keys.verifier_of(vkey).verifies("text\n", line.blob)
    assert keys.own_vkeys(tmp_path) == [log.verifier.vkey()]


def test_only_the_owner_may_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    keys.make_key(folder, NAME)
    keys.make_sm2_key(folder, NAME)
    keys.witness_key(folder, NAME)
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_the_witness_has_one_key_under_the_name_of_its_making(tmp_path: Path) -> None:
    first = keys.witness_key(tmp_path, "court.example/w")
    again = keys.witness_key(tmp_path, "renamed.example/w")
    assert again.verifier == first.verifier
    assert first.verifier.kind == notes.COSIGNATURE
    assert keys.own_vkeys(tmp_path) == []


@pytest.mark.parametrize("text", ["", "nothing", "PRIVATE+KEY+a+b+!", "PRIVATE+KEY+a+b+AAAA"])
def test_a_file_that_holds_no_key_is_named(text: str, tmp_path: Path) -> None:
    made = keys.make_key(tmp_path, NAME)
    (path,) = tmp_path.iterdir()
    path.write_text(text)
    with pytest.raises(keys.KeyMissing, match="holds no key"):
        keys.read_key(tmp_path, made.verifier.vkey())


def test_a_missing_or_exchanged_sm2_key_is_named(tmp_path: Path) -> None:
    made = keys.make_sm2_key(tmp_path, NAME)
    (path,) = tmp_path.iterdir()
    path.write_bytes(sm2.private_pem(sm2.new_key()))
    with pytest.raises(keys.KeyMissing, match="another key"):
        keys.read_key(tmp_path, made.verifier.vkey())
    path.write_text("nothing")
    with pytest.raises(keys.KeyMissing, match="no key in PEM"):
        keys.read_key(tmp_path, made.verifier.vkey())
    path.unlink()
    with pytest.raises(keys.KeyMissing, match="is missing"):
        keys.read_key(tmp_path, made.verifier.vkey())


def test_a_key_of_no_known_kind_is_refused() -> None:
    with pytest.raises(notes.BadNote):
        keys.verifier_of("name+00000000+AAAA")
