"""What the fuzzer found once, each as small as it goes."""

import base64
import hashlib
import io
import json
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gezhi.config.keeping import manifest, records
from gezhi.exchange.files.mapping import mapping_from_yaml
from gezhi.exchange.files.rows import FileUnreadable
from gezhi.exchange.files.xlsx_rows import xlsx_table
from gezhi.exchange.rest.problems import Problem
from gezhi.ledger import notes, sm2, timestamps
from gezhi.ledger.keys import verifier_of
from gezhi.lib.redacting import redacted
from gezhi.live.seal import BadTicket, opened
from gezhi.live.stream import Refused, _allowed
from gezhi.people.keys import CannotUnlock, Lock
from gezhi.people.signing_in import sealing
from gezhi.places.divisions import DivisionsMissing, read_divisions
from gezhi.rights.passes import person_with
from gezhi.security.leaks import text_lines
from tests.fuzz.files import changed, workbook


@contextmanager
def within(seconds: float) -> Iterator[None]:
    begun = time.thread_time()
    yield
    assert time.thread_time() - begun < seconds


@pytest.mark.parametrize("part", [b"\0", b"", b"<a>", b"<a/><b/>"])
def test_a_workbook_whose_parts_are_no_xml_is_refused(part: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.xlsx").write_bytes(changed(workbook(), "xl/workbook.xml", part))
    with pytest.raises(FileUnreadable, match="not a readable"):
        xlsx_table(tmp_path / "a.xlsx")


def test_a_workbook_whose_packing_is_broken_is_refused(tmp_path: Path) -> None:
    data = bytearray(workbook())
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        at = book.getinfo("xl/workbook.xml").header_offset + 60
    data[at : at + 40] = bytes(40)
    (tmp_path / "a.xlsx").write_bytes(data)
    with pytest.raises(FileUnreadable):
        list(xlsx_table(tmp_path / "a.xlsx").rows)


@pytest.mark.parametrize("piece", ["[", '{"a":', "- ", "a:\n "])
def test_a_mapping_nested_without_end_is_refused_at_once(piece: str) -> None:
    with within(1.0), pytest.raises(FileUnreadable):
        mapping_from_yaml(piece * 100_000)


@pytest.mark.parametrize("piece", ["<a ", "</", "<!--", "<![", "<td", "<td>", "&#x"])
def test_a_leaked_page_of_marks_that_never_close_is_read_at_once(piece: str) -> None:
    with within(2.0):
        list(text_lines("<table>" + piece * (200_000 // len(piece))))


def test_cells_of_a_leaked_page_are_read_without_their_marks() -> None:
    page = "<TABLE><thead><tr><th>a<th>b &amp; c</tr></thead><tr><td><b>1</b> <i>2</i></td><td>3</td></tr></TABLE>d"
    assert list(text_lines(page)) == [["a", "b & c"], ["1 2", "3"]]


def record(stored: bytes) -> bytes:
    digest = hashlib.blake2b(stored, digest_size=16).digest()
    return records._HEAD.pack(b"GZ", 0, 0, 10, len(stored), digest) + stored


@pytest.mark.parametrize("stored", [b"never packed", zlib.compress(bytes(64 << 20), 9)])
def test_a_record_of_a_backup_never_unpacks_to_more_than_it_says(stored: bytes) -> None:
    with pytest.raises(records.Damaged):
        list(records.pieces(io.BytesIO(record(stored)), "a", None))


@pytest.mark.parametrize(
    "data", [b"", b"\xff", b'"Manifest-Checksum"', b"[]", b"{", b'{"a": "\\"Manifest-Checksum\\""}']
)
def test_a_backup_with_a_broken_list_is_damaged(data: bytes, tmp_path: Path) -> None:
    (tmp_path / manifest.NAME).write_bytes(data)
    with pytest.raises(records.Damaged):
        manifest.require_listed(tmp_path)


def test_a_note_that_is_no_utf8_is_refused() -> None:
    with pytest.raises(notes.BadNote):
        notes.parse_note("a\udcff\n1\nb\n\n— a AAAAAAAA\n")


@pytest.mark.parametrize(
    "pem", [b"-----BEGIN A-----\n" * 20_000, b"-----BEGIN A-----\n=\xff=\n-----END A-----\n"]
)
def test_a_file_that_is_no_sm2_key_is_refused_at_once(pem: bytes) -> None:
    with within(1.0), pytest.raises(sm2.NoSm2):
        sm2.public_of(sm2.from_pem(pem))


@pytest.mark.parametrize("damage", ["z", "", "00"])
def test_a_damaged_signing_key_is_not_unlocked(damage: str, tmp_path: Path) -> None:
    from datetime import UTC, datetime

    lock = Lock(tmp_path)
    name = lock.make(datetime.now(UTC))
    with pytest.raises(CannotUnlock):
        lock.unlocked(f"{name}:{damage}", b"account:1")


@pytest.mark.parametrize("text", ["", "a", "路", "AAAA", "<a <a"])
def test_a_damaged_secret_is_not_opened(text: str) -> None:
    with pytest.raises(sealing.CannotOpen):
        sealing.opened(text)


def test_half_a_surrogate_pair_is_no_ticket_and_no_pass() -> None:
    with pytest.raises(BadTicket):
        opened("a\ud800:b:c")
    assert person_with("a\ud800:b:c") is None


@pytest.mark.parametrize("origin", ["http://[", "//]", "http://[::1"])
def test_a_page_of_no_origin_hears_no_stream(origin: str) -> None:
    with pytest.raises(Refused):
        _allowed(origin)


def test_logs_are_blotted_in_a_time_that_grows_with_their_length() -> None:
    with within(2.0):
        redacted("otpauth://" * 20_000)
    assert "ABCDEFG" not in redacted("otpauth://totp/Gezhi:li?secret=ABCDEFG2&issuer=Gezhi")


@contextmanager
def nothing() -> Iterator[None]:
    yield


def test_a_refusal_stays_itself_on_its_way_through_a_context() -> None:
    with pytest.raises(Problem), nothing():
        raise Problem(422, "invalid", "said")


@pytest.mark.parametrize("table", ["code,name\n33\xff,a\n", "code,name\n33\n", "code,name\n\n"])
def test_broken_tables_of_divisions_are_named(table: str, tmp_path: Path) -> None:
    for name in ("provinces", "cities", "areas", "streets", "villages"):
        (tmp_path / f"{name}.csv").write_bytes(table.encode("latin-1"))
    with pytest.raises(DivisionsMissing):
        read_divisions(tmp_path, "330200000000")
    (tmp_path / "provinces.csv").unlink()
    (tmp_path / "provinces.json").write_text(json.dumps([{"id": 1}]))
    with pytest.raises(DivisionsMissing):
        read_divisions(tmp_path, "330200000000")


@pytest.mark.parametrize("status", [2, 38])
def test_an_authority_that_refuses_in_any_way_is_told(status: int) -> None:
    with pytest.raises(timestamps.BadStamp, match="refused"):
        timestamps.checked(bytes([0x30, 5, 0x30, 3, 2, 1, status]), b"data", timestamps.Trust([], [], None))


@pytest.mark.parametrize("kind", [notes.ED25519, sm2.KIND])
def test_a_key_whose_name_is_no_utf8_is_refused(kind: bytes) -> None:
    material = base64.b64encode(kind + bytes(32 if kind == notes.ED25519 else sm2.POINT)).decode()
    with pytest.raises(notes.BadNote):
        verifier_of(f"\udc80og+00000000+{material}")
