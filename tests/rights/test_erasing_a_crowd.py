"""The promise as a whole, in small: a crowd is erased, a dump and the files are searched, old proofs are checked."""

import base64
import json
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.house.tree import ROOT
from tests.rights.searching import signs_in_dump, signs_in_files

MARK = b"Zq7x00001name"


def test_a_crowd_leaves_nothing_and_old_proofs_hold() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.rights.erasing", "--people", "12", "--entries", "3000", "--proofs", "300"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["signs before"] > 12 * 20
    assert told["signs after"] == 0
    assert {"evidence", "documents", "uploads", "cases_report", "notices_notice", "people_lookup"} <= set(
        told["where"]
    )
    assert told["old entries"] >= 3000
    assert told["the old root follows from all rows"] is True
    assert told["kept proofs checked"] >= 300
    assert told["kept proofs that fail"] == 0
    assert told["old head is a prefix of the new"] is True


@pytest.mark.parametrize(
    "written",
    [
        MARK,
        b"\\\\x" + MARK.hex().encode(),
        base64.b64encode(b'{"name": "' + MARK + b'", "more": "padding so that it is long"}'),
        base64.urlsafe_b64encode(zlib.compress(b"x" * 40 + MARK + bytes(range(64)))),
        b"13910000001",
    ],
)
def test_the_search_sees_a_sign_however_it_is_written(tmp_path: Path, written: bytes) -> None:
    dump = tmp_path / "dump.sql"
    dump.write_bytes(b"COPY public.cases_report (id, text) FROM stdin;\n1\t" + written + b"\n\\.\n")
    assert signs_in_dump(dump)["cases_report"] == 1


def test_the_search_sees_a_sign_in_files_and_their_names(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "a.jpg").write_bytes(b"\xff\xd8" + MARK)
    (tmp_path / "uploads").mkdir()
    (tmp_path / "uploads" / f"{MARK.decode()}.csv").write_bytes(b"")
    assert signs_in_files(tmp_path) == {"evidence": 1, "uploads": 1}
    assert not signs_in_files(tmp_path / "nothing")
