"""Timestamps: asked of an authority over HTTP, checked by us and by the `openssl` command, found out when changed."""

import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gezhi.ledger.authority import Authority, server
from gezhi.ledger.outward import Unreachable, post
from gezhi.ledger.timestamps import QUERY_TYPE, BadStamp, Trust, checked, query, trust_in

DATA = "ningbo.example/log\n7\nAAAA\n\n— ningbo.example/log BBBB\n".encode()


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"), datetime.now(UTC))


@pytest.fixture(scope="module")
def address(authority: Authority) -> Iterator[str]:
    serving = server(authority, "127.0.0.1", 0)
    thread = threading.Thread(target=serving.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{serving.server_address[1]}/"
    serving.shutdown()
    thread.join()
    serving.server_close()


def trust_of(authority: Authority) -> Trust:
    return trust_in(authority.certificate.read_bytes())


def with_signer(authority: Authority) -> Trust:
    return trust_in(authority.certificate.read_bytes() + (authority.folder / "signer.pem").read_bytes())


def openssl_says(reply: bytes, data: bytes, authority: Authority, folder: Path, *more: str) -> str:
    (folder / "reply").write_bytes(reply)
    (folder / "data").write_bytes(data)
    words = ("openssl", "ts", "-verify", "-data", "data", "-in", "reply")
    done = subprocess.run(
        [*words, "-CAfile", str(authority.certificate), *more],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return done.stdout.strip()


def test_a_stamp_is_asked_over_http_and_holds(address: str, authority: Authority, tmp_path: Path) -> None:
    trust = trust_of(authority)
    asked = query(DATA, trust)
    answer = post(address, asked.body, QUERY_TYPE)
    stamp = checked(answer.body, DATA, trust, asked.nonce)
    assert abs(stamp.at - datetime.now(UTC)) < timedelta(seconds=5)
    assert stamp.by == "CN=Own timestamp signer"
    assert openssl_says(answer.body, DATA, authority, tmp_path) == "Verification: OK"


def test_each_stamp_has_a_serial_of_its_own(authority: Authority) -> None:
    trust = trust_of(authority)
    serials = {checked(authority.reply(query(DATA, trust).body), DATA, trust).serial for _ in range(5)}
    assert len(serials) == 5


def test_a_signer_that_is_known_here_is_not_sent(authority: Authority, tmp_path: Path) -> None:
    trust = with_signer(authority)
    reply = authority.reply(query(DATA, trust).body)
    assert checked(reply, DATA, trust).by == "CN=Own timestamp signer"
    untrusted = ("-untrusted", str(authority.folder / "signer.pem"))
    assert openssl_says(reply, DATA, authority, tmp_path, *untrusted) == "Verification: OK"
    with pytest.raises(BadStamp):
        checked(reply, DATA, trust_of(authority))


def test_other_bytes_have_no_stamp(authority: Authority, tmp_path: Path) -> None:
    trust = trust_of(authority)
    reply = authority.reply(query(DATA, trust).body)
    with pytest.raises(BadStamp, match="messages"):
        checked(reply, DATA + b"x", trust)
    assert openssl_says(reply, DATA + b"x", authority, tmp_path) != "Verification: OK"


def test_an_old_reply_is_no_answer_to_a_new_query(authority: Authority) -> None:
    trust = trust_of(authority)
    old = authority.reply(query(DATA, trust).body)
    with pytest.raises(BadStamp, match="Nonce"):
        checked(old, DATA, trust, query(DATA, trust).nonce)


def test_another_authority_is_not_trusted(authority: Authority, tmp_path: Path) -> None:
    other = Authority(tmp_path, datetime.now(UTC))
    reply = other.reply(query(DATA, trust_of(other)).body)
    with pytest.raises(BadStamp):
        checked(reply, DATA, trust_of(authority))


def test_a_stamp_from_before_its_certificate_is_refused(authority: Authority, tmp_path: Path) -> None:
    later = Authority(tmp_path, datetime.now(UTC) + timedelta(days=30))
    trust = trust_of(later)
    with pytest.raises(BadStamp):
        checked(later.reply(query(DATA, trust).body), DATA, trust)


def test_no_changed_byte_of_a_stamp_goes_unseen(authority: Authority) -> None:
    """Every byte is changed once. What may still be read says the same of the same data at the same time."""
    trust = trust_of(authority)
    reply = authority.reply(query(DATA, trust).body)
    true = checked(reply, DATA, trust)
    for where in range(len(reply)):
        changed = bytearray(reply)
        changed[where] ^= 0x01
        try:
            assert checked(bytes(changed), DATA, trust) == true
        except BadStamp:
            continue


@pytest.mark.parametrize("reply", [b"", b"x", b"0\x03\x02\x01\x00", b"<html>no</html>"])
def test_what_is_no_reply_is_refused(reply: bytes, authority: Authority) -> None:
    with pytest.raises(BadStamp):
        checked(reply, DATA, trust_of(authority))


def test_several_certificates_in_a_wrong_order_are_named_as_the_cause(
    authority: Authority, tmp_path: Path
) -> None:
    """DER has one order for a set; of a chain and the same chain turned round, one is wrong."""
    other = Authority(tmp_path / "other", datetime.now(UTC))
    roots = [authority.certificate.read_bytes(), other.certificate.read_bytes()]
    said = []
    for chain in (roots, roots[::-1]):
        (tmp_path / "chain").write_bytes(b"".join(chain))
        with pytest.raises(BadStamp) as refused:
            checked(reply_with_chain(authority, tmp_path), DATA + b"x", trust_of(authority))
        said.append(str(refused.value))
    assert any("put the one that signs into the authority's file" in words for words in said)


def reply_with_chain(authority: Authority, folder: Path) -> bytes:
    (folder / "query").write_bytes(query(DATA, trust_of(authority)).body)
    words = ["openssl", "ts", "-reply", "-config", "openssl.cnf", "-section", "own"]
    words += ["-chain", str(folder / "chain"), "-queryfile", str(folder / "query")]
    subprocess.run(
        [*words, "-out", str(folder / "reply")], cwd=authority.folder, capture_output=True, check=True
    )
    return (folder / "reply").read_bytes()


@pytest.mark.parametrize(
    "pem", [b"", b"nothing", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_without_certificates_is_no_authority(pem: bytes) -> None:
    with pytest.raises(BadStamp, match="no certificate"):
        trust_in(pem)


def test_a_file_without_a_root_is_no_authority(authority: Authority) -> None:
    with pytest.raises(BadStamp, match="lacks its root"):
        trust_in((authority.folder / "signer.pem").read_bytes())


def test_the_authority_refuses_what_is_no_query(address: str, authority: Authority) -> None:
    with pytest.raises(BadStamp, match="refused"):
        checked(post(address, b"x", QUERY_TYPE).body, DATA, trust_of(authority))
    assert post(address, b"x", "text/plain").status == 400


def test_the_key_of_the_authority_is_its_owners_alone(authority: Authority) -> None:
    assert (authority.folder / "signer.key").stat().st_mode & 0o077 == 0


def test_nobody_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Unreachable, match="does not answer"):
        post("http://127.0.0.1:9/", b"", QUERY_TYPE)
    with pytest.raises(Unreachable, match="no address"):
        post("file:///etc/passwd", b"", QUERY_TYPE)
