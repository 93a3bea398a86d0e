"""What is stored comes back, or it is said what is wrong with it."""

import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.config.keeping.records import (
    Damaged,
    Key,
    Writer,
    WrongKey,
    key_in,
    pieces,
    read_whole,
    whole_length,
)

SEALED, OTHER = Key(b"k" * 32), Key(b"o" * 32)


def stored(data: bytes, key: Key | None = None, name: str = "wal/1") -> bytes:
    out = io.BytesIO()
    Writer(out, name, key).write(0, data)
    return out.getvalue()


def read(text: bytes, key: Key | None = None, name: str = "wal/1") -> bytes:
    return b"".join(piece for _, piece in pieces(io.BytesIO(text), name, key))


@given(st.binary(max_size=5000), st.sampled_from([None, SEALED]))
def test_what_is_written_is_read(data: bytes, key: Key | None) -> None:
    assert read(stored(data, key), key) == data


def test_more_than_a_record_is_read() -> None:
    data = os.urandom(3_000_001)
    assert read(stored(data, SEALED), SEALED) == data


def test_what_is_sealed_cannot_be_read_in_the_file() -> None:
    assert b"139 0000 1234" not in stored(b"139 0000 1234" * 100, SEALED)


def test_another_key_opens_nothing_and_no_key_says_which_setting_is_missing() -> None:
    with pytest.raises(WrongKey, match="another key"):
        read(stored(b"x", SEALED), OTHER)
    with pytest.raises(WrongKey, match="GEZHI_BACKUP_KEY_FILE"):
        read(stored(b"x", SEALED))


def test_a_sealed_record_does_not_pass_for_one_of_another_file() -> None:
    with pytest.raises(WrongKey):
        read(stored(b"x", SEALED), SEALED, name="wal/2")


@given(st.data())
def test_every_changed_byte_is_found_or_changes_nothing(data: st.DataObject) -> None:
    text = bytearray(stored(b"seven words stand in this very record", None))
    at = data.draw(st.integers(0, len(text) - 1))
    text[at] ^= data.draw(st.integers(1, 255))
    try:
        found = read(bytes(text))
    except (Damaged, WrongKey):
        return
    assert found in (b"", b"seven words stand in this very record")


def test_a_record_whose_writer_died_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "1"
    whole = stored(b"first")
    path.write_bytes(whole + stored(b"second")[:-3])
    assert read(path.read_bytes()) == b"first"
    assert whole_length(path) == (5, len(whole))


def test_a_gap_is_found(tmp_path: Path) -> None:
    out = io.BytesIO()
    Writer(out, "wal/1", None).write(0, b"first")
    Writer(out, "wal/1", None).write(9, b"later")
    (tmp_path / "1").write_bytes(out.getvalue())
    with pytest.raises(Damaged, match="bytes 5 to 9 are not there"):
        list(read_whole(tmp_path / "1", "wal/1", None))


def test_a_key_is_read_from_its_file_and_a_short_one_refused(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(b"x" * 40 + b"\n")
    assert key_in(str(path)) == key_in(str(path))
    assert key_in("") is None
    path.write_bytes(b"short")
    with pytest.raises(WrongKey, match="at least 32"):
        key_in(str(path))
    with pytest.raises(WrongKey, match="cannot be read"):
        key_in(str(tmp_path / "nowhere"))
