"""Do others agree? Programs that we did not write check a log that the node's own actions made.

    python -m tests.ledger.agreeing --inclusion 10000 --consistency 1000 --stamps 20

The client of the Go checksum database (golang.org/x/mod) checks the checkpoint, under lines of keys that it does not
know, and so many proofs; `openssl ts -verify` checks each timestamp. Prints one line of JSON; exit code 1 when anything
was refused that should hold, or held that should not.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gezhi.ledger.folder import LogFolder

ENTRIES: Sequence[int] = (1, 254, 2, 9_000, 60_000)  # before each of the first checkpoints


def grow(count: int) -> None:
    """So many entries, and a checkpoint over them."""
    from django.db import transaction

    from gezhi.ledger.actions import record_many
    from gezhi.ledger.actions.keys import log_signers
    from gezhi.ledger.actions.publishing import publish_checkpoint
    from gezhi.ledger.entries import Draft

    now = datetime.now(UTC)
    with transaction.atomic():
        facts = ({"n": number, "text": "路灯" * (number % 40)} for number in range(count))
        record_many(Draft("test.entry", f"case:{count}", now, one) for one in facts)
    signers = log_signers(now)
    while publish_checkpoint(now, signers):
        pass


def stamped(folder: Path, stamps: int) -> None:
    """So many checkpoints, each with a timestamp of an authority."""
    from django.conf import settings
    from django.utils import timezone

    from gezhi.ledger.actions.vouching import vouch
    from tests.ledger.outsiders import an_authority

    with an_authority(folder) as (url, authority):
        settings.TIMESTAMP_URL, settings.TIMESTAMP_CERT = url, str(authority.certificate)
        for number in range(stamps):
            grow(number % 3 + 1)
            vouch(timezone.now)


def openssl_verifies(folder: Path, authority: Path, *, changed: bool = False) -> int:
    """How many timestamps the openssl command accepts; `changed`: of checkpoints with one byte more."""
    good = 0
    for note in sorted(folder.glob("*.checkpoint")):
        data = note.read_bytes() + (b"x" if changed else b"")
        with tempfile.NamedTemporaryFile() as file:
            file.write(data)
            file.flush()
            words = ("openssl", "ts", "-verify", "-data", file.name, "-in", str(note.with_suffix(".tsr")))
            done = subprocess.run([*words, "-CAfile", str(authority)], capture_output=True, check=False)
        good += done.returncode == 0 and b"Verification: OK" in done.stdout
    return good


def go_agrees(log: "LogFolder", work: Path, inclusion: int, consistency: int) -> dict[str, object]:
    """What the Go client says of the log, of its proofs, and of lines that it does not know."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from gezhi.ledger import notes
    from gezhi.ledger.actions.publishing import add_signatures
    from tests.interop.test_go_sumdb import checked, proofs, size_of
    from tools import gocode

    if not gocode.complete():
        sys.exit(gocode.MISSING)
    gocode.build(Path(__file__).parents[1] / "interop" / "go" / "main.go", work / "ledgercheck")
    size = size_of(log)
    stranger = notes.Ed25519Signer("another.example/log", Ed25519PrivateKey.generate())
    text = notes.parse_note(log.text("checkpoint")).text
    odd = notes.Signature("strange.example/key", b"\1\2\3\4", b"of a kind nobody has seen")
    add_signatures(size, [stranger.sign(text, 1_800_000_000), odd])
    lines = [json.dumps(one) for one in proofs(log, size, inclusion, consistency)]
    return checked(work / "ledgercheck", log, lines, work)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inclusion", type=int, default=10_000)
    parser.add_argument("--consistency", type=int, default=1_000)
    parser.add_argument("--stamps", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gezhi-agreeing-") as folder:
        work = Path(folder)
        os.environ.update(GEZHI_DATA_DIR=folder, DJANGO_SETTINGS_MODULE="gezhi.config.settings")
        os.environ.pop("DATABASE_URL", None)
        from gezhi.config.cli import prepare
        from tests.ledger.tampering import stop

        prepare()
        from gezhi.ledger.queries import log_folder

        for count in ENTRIES:
            grow(count)
        stamped(work / "authority", asked.stamps)
        log, root = log_folder(), work / "authority" / "authority.pem"
        good = openssl_verifies(log.path / "timestamps", root)
        wrong = openssl_verifies(log.path / "timestamps", root, changed=True)
        go = go_agrees(log, work, asked.inclusion, asked.consistency)
        stop()
    told = {**go, "timestamps": asked.stamps, "openssl_accepts": good, "openssl_accepts_changed": wrong}
    print(json.dumps(told))
    proven = (go["inclusion"], go["consistency"]) == (asked.inclusion, asked.consistency)
    return 0 if proven and not go["failures"] and (good, wrong) == (asked.stamps, 0) else 1


if __name__ == "__main__":
    sys.exit(main())
