"""The client of the Go checksum database, which we did not write, reads the log's files and checks its proofs."""

import base64
import json
import random
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pytest_django import Settings

from gezhi.ledger import notes
from gezhi.ledger.actions import record_many
from gezhi.ledger.actions.keys import log_signers
from gezhi.ledger.actions.publishing import add_signatures, publish_checkpoint
from gezhi.ledger.entries import Draft
from gezhi.ledger.folder import LogFolder
from gezhi.ledger.keys import verifier_of
from tools import gocode

NOW = datetime(2026, 11, 1, 4, tzinfo=UTC)
INCLUSION, CONSISTENCY = 10_000, 1_000
ENTRIES = (1, 254, 2, 9_000, 60_000)  # that come to the cast's own, one checkpoint after each


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert gocode.complete(), gocode.MISSING
    built = tmp_path_factory.mktemp("go") / "ledgercheck"
    gocode.build(Path(__file__).with_name("go") / "main.go", built)
    return built


@pytest.fixture
def log(city: object, settings: Settings, tmp_path: Path) -> LogFolder:
    settings.DATA_DIR = tmp_path
    signers = log_signers(NOW)
    for count in ENTRIES:
        facts = ({"n": number, "text": "路灯" * (number % 40)} for number in range(count))
        record_many(Draft("test.entry", f"case:{count}", NOW, one) for one in facts)
        assert publish_checkpoint(NOW, signers) is not None
    return LogFolder(tmp_path / "ledger")


def size_of(log: LogFolder) -> int:
    return notes.parse_checkpoint(notes.parse_note(log.text("checkpoint")).text).size


def proofs(
    log: LogFolder, size: int, inclusion: int = INCLUSION, consistency: int = CONSISTENCY
) -> Iterator[dict[str, object]]:
    chance = random.Random(6962)
    for number in range(inclusion + consistency):
        whole = size if chance.random() < 0.5 else chance.randint(1, size)
        if number < inclusion:
            index = chance.randrange(whole)
            yield {"Index": index, "Size": whole, "Hashes": in_base64(log.inclusion(index, whole))}
        else:
            old = chance.randint(1, whole)
            yield {"Old": old, "Size": whole, "Hashes": in_base64(log.consistency(old, whole))}


def in_base64(hashes: list[bytes]) -> list[str]:
    return [base64.b64encode(one).decode() for one in hashes]


def checked(client: Path, log: LogFolder, lines: list[str], tmp_path: Path) -> dict[str, object]:
    file = tmp_path / "proofs"
    file.write_text("".join(line + "\n" for line in lines))
    vkey = next(
        one for one in log.text("keys").split() if isinstance(verifier_of(one), notes.Ed25519Verifier)
    )
    done = subprocess.run([client, log.path, vkey, file], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def test_it_agrees_with_every_proof_and_makes_the_same(client: Path, log: LogFolder, tmp_path: Path) -> None:
    size = size_of(log)
    found = checked(client, log, [json.dumps(one) for one in proofs(log, size)], tmp_path)
    assert found["failures"] == []
    assert (found["inclusion"], found["consistency"]) == (INCLUSION, CONSISTENCY)
    assert (found["own"], found["size"]) == (INCLUSION + CONSISTENCY, size)


def test_it_passes_over_lines_of_keys_that_it_does_not_know(
    client: Path, log: LogFolder, tmp_path: Path
) -> None:
    before = checked(client, log, [], tmp_path)
    private = Ed25519PrivateKey.generate()
    strangers = [
        notes.Ed25519Signer("witness.example/w1", private, notes.COSIGNATURE),
        notes.Ed25519Signer("another.example/log", private),
    ]
    size = size_of(log)
    text = notes.parse_note(log.text("checkpoint")).text
    add_signatures(size, [one.sign(text, 1_800_000_000) for one in strangers])
    add_signatures(size, [notes.Signature("strange.example/key", b"\1\2\3\4", b"of a kind nobody has seen")])
    after = checked(client, log, [], tmp_path)
    assert after["failures"] == []
    assert after["unknown"] == int(str(before["unknown"])) + 3


def test_it_refuses_a_wrong_proof_a_changed_tile_and_a_changed_checkpoint(
    client: Path, log: LogFolder, tmp_path: Path
) -> None:
    size = size_of(log)
    right = {"Index": 7, "Size": size, "Hashes": in_base64(log.inclusion(7, size))}
    wrong = {**right, "Index": 8}
    found = checked(client, log, [json.dumps(wrong), json.dumps(right)], tmp_path)
    assert len(list(found["failures"])) == 1  # type: ignore[call-overload]
    assert found["inclusion"] == 1
    tile = next(log.path.glob(f"tile/1/*.p/{(size >> 8) % 256}"))
    tile.write_bytes(bytes(32) + tile.read_bytes()[32:])
    assert "inconsistent" in str(checked(client, log, [json.dumps(right)], tmp_path)["failures"])
    checkpoint = log.path / "checkpoint"
    checkpoint.write_text(checkpoint.read_text().replace(f"\n{size}\n", f"\n{size - 1}\n"))
    assert "invalid signature" in str(checked(client, log, [], tmp_path)["failures"])
