"""The ledger over HTTP: its files as any client of tlog-tiles reads them, proofs, and who reads entries."""

import base64
import gzip
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.cases.models import Case, Evidence
from gezhi.cases.photos import store_photo
from gezhi.exchange.rest import access
from gezhi.ledger import notes
from gezhi.ledger.actions import record
from gezhi.ledger.actions.keys import log_signers
from gezhi.ledger.actions.publishing import publish_checkpoint
from gezhi.ledger.entries import leaf_hash
from gezhi.ledger.keys import verifiers_of
from gezhi.ledger.models import Checkpoint, Entry
from gezhi.ledger.proofs import check_proof, parse_proof
from gezhi.ledger.tiles import bodies_in
from gezhi.ledger.tree import is_consistent, is_included
from gezhi.people.actions import appoint, issue_token
from gezhi.people.models import Account, Unit
from tests.cast import CITY, HAISHU, PASSWORD, SINCE, Cast, picture, reported
from tests.exchange.conftest import with_key

Person = Callable[[str], Client]
PRIVATE = "private, no-store"


def published(count: int = 0) -> Checkpoint:
    for number in range(count):
        record("test.entry", f"test:{number}", {"n": number})
    now = timezone.now()
    made = publish_checkpoint(now, log_signers(now))
    assert made is not None
    return made


def auditor(city: Cast, place: str = CITY) -> Account:
    account = city.account("nobody")
    appoint(account, Unit.objects.get(code="centre"), "auditor", place, SINCE)
    return account


@pytest.fixture
def audits(city: Cast) -> Client:
    """Somebody who audits the whole node."""
    return with_key(issue_token(auditor(city), "audit", ["audit"], timezone.now()))


def test_the_checkpoint_is_signed_by_a_listed_key(city: Cast, client: Client) -> None:
    assert client.get("/ledger/checkpoint").status_code == 404
    made = published(3)
    answer = client.get("/ledger/checkpoint")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert answer["Cache-Control"] == "public, max-age=5"
    known = verifiers_of(client.get("/ledger/keys").content.decode().split())
    note = notes.parse_note(answer.content.decode())
    assert notes.verified_by(note, known)
    assert notes.parse_checkpoint(note.text) == notes.Checkpoint(
        "gezhi/330200000000", made.size, bytes(made.root)
    )


def test_tiles_are_for_anybody_and_for_ever(
    city: Cast,
    client: Client,
    django_assert_num_queries: Callable,  # type: ignore[type-arg]
) -> None:
    size = published(300).size
    with django_assert_num_queries(0):
        answer = client.get("/ledger/tile/0/000")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/octet-stream")
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert len(answer.content) == 8192
    assert "Set-Cookie" not in answer
    part = client.get(f"/ledger/tile/0/001.p/{size - 256}")
    assert part.content[:32] == bytes(Entry.objects.get(tree_index=256).leaf_hash)


def test_a_part_of_a_tile_that_has_become_whole_is_still_handed_out(city: Cast, client: Client) -> None:
    first = published(2).size
    before = client.get(f"/ledger/tile/0/000.p/{first}").content
    published(300)
    assert client.get(f"/ledger/tile/0/000.p/{first}").content == before
    assert len(before) == first * 32


@pytest.mark.parametrize(
    "rest", ["0/001", "0/000.p/255", "9/000", "0/0", "0/../checkpoint", "0/000.p/0", "x", "0/x001/000"]
)
def test_what_the_checkpoint_does_not_stand_over_is_not_there(city: Cast, client: Client, rest: str) -> None:
    published(1)
    answer = client.get(f"/ledger/tile/{rest}")
    assert (answer.status_code, answer["Cache-Control"]) == (404, "no-store")


def test_bundles_are_for_auditors_and_keys_of_audit_alone(
    city: Cast, client: Client, person: Person, audits: Client
) -> None:
    size = published(300).size
    address = "/ledger/tile/entries/000"
    assert client.get(address).status_code == 401
    assert person("administrator").get(address).status_code == 403
    assert client.get(address.replace("entries/000", "entries/001")).status_code == 401
    answer = audits.get(address)
    assert (answer.status_code, answer["Cache-Control"]) == (200, PRIVATE)
    bodies = bodies_in(answer.content)
    leaves = (
        Entry.objects.filter(tree_index__lt=256).order_by("tree_index").values_list("leaf_hash", flat=True)
    )
    assert [leaf_hash(body) for body in bodies] == [bytes(one) for one in leaves]
    packed = audits.get(address, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == answer.content
    part = audits.get(f"/ledger/tile/entries/001.p/{size - 256}")
    assert len(bodies_in(part.content, size - 256)) == size - 256
    assert audits.get("/ledger/tile/entries/002").status_code == 404


def test_an_auditor_of_a_part_reads_no_bundle_of_the_whole(city: Cast) -> None:
    account = auditor(city, HAISHU)
    published(300)
    signed_in = Client()
    signed_in.force_login(account)
    assert signed_in.get("/ledger/tile/entries/000").status_code == 403
    appoint(account, Unit.objects.get(code="centre"), "auditor", CITY, SINCE)
    signed_in.force_login(account)  # a change of posts ends what was signed in
    assert signed_in.get("/ledger/tile/entries/000").status_code == 200


def test_a_client_that_knows_the_key_proves_an_entry_from_what_is_served(city: Cast, client: Client) -> None:
    published(300)
    proof = parse_proof(client.get("/api/v1/ledger/entries/42/proof").content.decode())
    known = verifiers_of(client.get("/ledger/keys").content.decode().split())
    leaf = client.get("/ledger/tile/0/000").content[42 * 32 : 43 * 32]
    assert check_proof(proof, leaf, known).size == Checkpoint.objects.get().size


def test_inclusion_and_consistency_are_proven_for_any_size(city: Cast, client: Client) -> None:
    size = published(20).size
    leaf = bytes(Entry.objects.get(tree_index=5).leaf_hash)
    for whole in (6, 8, size):
        said = client.get(f"/api/v1/ledger/proofs/inclusion?index=5&size={whole}").json()
        hashes = [base64.b64decode(one) for one in said["hashes"]]
        assert is_included(leaf, 5, whole, base64.b64decode(said["root"]), hashes)
    said = client.get(f"/api/v1/ledger/proofs/consistency?old=6&new={size}").json()
    roots = [base64.b64decode(said[name]) for name in ("old_root", "new_root")]
    assert is_consistent(6, roots[0], size, roots[1], [base64.b64decode(one) for one in said["hashes"]])


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("proofs/inclusion?index=5&size=9999", 404),
        ("proofs/inclusion?index=5&size=5", 422),
        ("proofs/inclusion?index=-1&size=5", 422),
        ("proofs/inclusion?index=5", 422),
        ("proofs/consistency?old=9&new=5", 422),
        ("proofs/consistency?old=1&new=9999", 404),
        ("entries/9999/proof", 404),
        ("entries/-1/proof", 422),
        ("checkpoints/9999", 404),
        ("checkpoints/-3", 404),
        ("checkpoints/99999999999999999999999", 404),
        ("entries/99999999999999999999999/proof", 404),
    ],
)
def test_what_cannot_be_proven_is_said_to_be_so(
    city: Cast, client: Client, address: str, status: int
) -> None:
    published(5)
    answer = client.get(f"/api/v1/ledger/{address}")
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")


def test_checkpoints_are_listed_newest_first(city: Cast, client: Client) -> None:
    sizes = [published(1).size for _ in range(3)]
    said = client.get("/api/v1/ledger/checkpoints").json()
    assert [one["size"] for one in said["checkpoints"]] == sizes[::-1]
    assert said["next"] is None
    one = client.get(f"/api/v1/ledger/checkpoints/{sizes[0]}").json()
    assert one["signed_by"] == ["gezhi/330200000000"]
    assert one["note"] == Checkpoint.objects.get(size=sizes[0]).note
    [key] = [one for one in client.get("/api/v1/ledger/keys").json() if "+A" in one["key"]]
    assert key["until"] is None


def test_entries_are_searched_by_subject_kind_and_time(city: Cast, audits: Client) -> None:
    receipt = reported()
    published(60)

    def found(query: str) -> list[dict[str, object]]:
        answer = audits.get(f"/api/v1/ledger/entries?{query}")
        assert answer.status_code == 200, answer.content
        return list(answer.json()["entries"])

    [one] = found(f"subject=case:{receipt.case_id}")
    assert (one["kind"], one["facts"]["category"]) == ("case.report", Case.objects.get().category)  # type: ignore[index]
    assert leaf_hash(str(one["body"]).encode()) == base64.b64decode(str(one["leaf_hash"]))
    assert found("kind=test.entry&until=2026-01-01T00:00:00Z") == []
    assert {str(entry["kind"]) for entry in found("kind=case.*")} == {"case.report"}
    page = audits.get("/api/v1/ledger/entries?kind=test.entry").json()
    rest = audits.get(f"/api/v1/ledger/entries?kind=test.entry&before={page['next']}").json()
    assert (len(page["entries"]), len(rest["entries"]), rest["next"]) == (50, 10, None)
    assert audits.get(f"/api/v1/ledger/entries/{one['index']}").json() == one


def test_entries_are_for_auditors(city: Cast, client: Client, person: Person) -> None:
    published(1)
    assert client.get("/api/v1/ledger/entries").status_code == 401
    for who in ("administrator", "leader", "dispatcher"):
        assert person(who).get("/api/v1/ledger/entries/0").status_code == 403


def unpacked(content: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        archive.extractall(folder)
    return folder


def checked_alone(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-I", str(folder / "check.py")], capture_output=True, text=True, check=False
    )


def test_a_case_is_proven_with_python_and_openssl_alone(city: Cast, person: Person, tmp_path: Path) -> None:
    receipt = reported(photos=(store_photo(picture()),))
    published(9)
    answer = person("dispatcher").get(f"/api/v1/cases/{receipt.case_number}/proof")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    folder = unpacked(answer.content, tmp_path / "proof")
    done = checked_alone(folder)
    assert (done.returncode, done.stdout) == (0, "1 of 1 proofs hold.\n"), done.stderr
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in checkpoint.txt -sigfile signature.bin"
    assert command in (folder / "README.txt").read_text()
    openssl = subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, check=False)
    assert openssl.returncode == 0, openssl.stderr
    [entry] = folder.glob("entries/*.json")
    entry.write_bytes(entry.read_bytes().replace(b"case.report", b"case.forged"))
    done = checked_alone(folder)
    assert (done.returncode, done.stdout.count("DOES NOT HOLD")) == (1, 1)


def test_what_no_checkpoint_stands_over_yet_is_said(city: Cast, person: Person, tmp_path: Path) -> None:
    published(1)
    receipt = reported()
    answer = person("dispatcher").get(f"/api/v1/cases/{receipt.case_number}/proof")
    folder = unpacked(answer.content, tmp_path / "proof")
    assert [path.name[:8] for path in folder.glob("entries/*")] == ["waiting-"]
    assert "waiting-" in (folder / "README.txt").read_text()


def test_a_photo_is_proven_with_the_entry_that_names_its_hash(
    city: Cast, person: Person, tmp_path: Path
) -> None:
    receipt = reported(photos=(store_photo(picture()), store_photo(picture())))
    published(2)
    one = Evidence.objects.filter(case_id=receipt.case_id).order_by("id")[0]
    answer = person("dispatcher").get(f"/api/v1/photos/{one.key}/proof")
    folder = unpacked(answer.content, tmp_path / "proof")
    [file] = folder.glob("files/*")
    [entry] = folder.glob("entries/*.json")
    assert file.stem == one.sha256
    assert one.sha256 in json.loads(entry.read_bytes())["facts"]["photos"]
    assert checked_alone(folder).returncode == 0


def test_a_case_of_another_place_is_not_proven_to_strangers(
    city: Cast, client: Client, person: Person
) -> None:
    receipt = reported(photos=(store_photo(picture()),))
    key = Evidence.objects.get().key
    published(1)
    for address in (f"cases/{receipt.case_number}/proof", f"photos/{key}/proof", f"photos/{uuid4()}/proof"):
        assert client.get(f"/api/v1/{address}").status_code == 401
        assert person("jiangbei-dispatcher").get(f"/api/v1/{address}").status_code == 404


def test_a_signed_in_auditor_needs_no_key(city: Cast) -> None:
    auditor(city)
    published(1)
    signed_in = Client()
    assert signed_in.login(username="nobody", password=PASSWORD)
    assert signed_in.get("/api/v1/ledger/entries").status_code == 200
    access._callers.clear()
