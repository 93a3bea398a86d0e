"""Kill -9 of the process that publishes, at any instant, again and again: the log must stay one true history.

    python -m tests.ledger.killing --kills 200

Entries are recorded without pause by a process of their own, another publishes them and is killed. After each kill
everything that was put out before is held against what stands now, and now and then the database and the files as
`gezhi ledger verify` does. Prints one line of JSON; exit code 1 when anything does not fit.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

EVERY = 25  # kills, between two looks at everything
WRITE = "--write"
PUBLISH = "--publish"


@dataclass
class Summary:
    kills: int = 0
    checkpoints: int = 0
    entries: int = 0
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        told = {"kills": self.kills, "checkpoints": self.checkpoints, "entries": self.entries}
        return json.dumps({**told, "wrong": len(self.wrong), "first": self.wrong[:10]}, ensure_ascii=False)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=9162)
    parser.add_argument(WRITE, action="store_true")
    parser.add_argument(PUBLISH, action="store_true")
    asked = parser.parse_args()
    if asked.write or asked.publish:
        return _work(asked.publish)
    with tempfile.TemporaryDirectory(prefix="gezhi-killing-") as folder:
        os.environ.update(GEZHI_DATA_DIR=folder, DJANGO_SETTINGS_MODULE="gezhi.config.settings")
        os.environ.pop("DATABASE_URL", None)
        from gezhi.config.cli import prepare
        from tests.ledger.tampering import stop

        prepare()
        summary = run(asked.kills, asked.seed)
        stop()
    print(summary.line())
    return 1 if summary.wrong else 0


def _work(publishes: bool) -> int:
    """Until killed. The first publisher makes the key."""
    import django

    django.setup()
    from django.db import transaction
    from django.utils import timezone

    from gezhi.ledger.actions import record
    from gezhi.ledger.actions.keys import log_signers
    from gezhi.ledger.actions.publishing import publish_checkpoint

    number = 0
    while True:
        if publishes:
            now = timezone.now()
            publish_checkpoint(now, log_signers(now))
            continue
        with transaction.atomic():
            for _ in range(20):
                number += 1
                record("test.entry", f"test:{number % 50}", {"n": number, "words": "路灯" * (number % 30)})
        time.sleep(0.1)


def run(kills: int, seed: int) -> Summary:
    from gezhi.ledger import queries
    from gezhi.ledger.models import Checkpoint

    chance, summary, heads = random.Random(seed), Summary(), dict[int, bytes]()
    writer = _start(WRITE)
    try:
        for number in range(kills):
            publisher = _start(PUBLISH)
            _wait_for_first(publisher)
            time.sleep(chance.uniform(0, 0.25))
            publisher.kill()
            publisher.wait()
            summary.kills += 1
            _hold(heads, summary)
            if number % EVERY == EVERY - 1:
                _verify(summary)
    finally:
        writer.kill()
        writer.wait()
    _publish_rest()
    _hold(heads, summary)
    _verify(summary)
    summary.checkpoints, summary.entries = Checkpoint.objects.count(), queries.numbered()
    return summary


def _start(what: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-m", "tests.ledger.killing", what])


def _wait_for_first(publisher: "subprocess.Popen[bytes]") -> None:
    """A checkpoint more than before, so that it dies at work and not while it starts."""
    from gezhi.ledger import queries

    before, end = queries.put_out_size(), time.monotonic() + 60
    while queries.put_out_size() == before and publisher.poll() is None and time.monotonic() < end:
        time.sleep(0.002)


def _hold(heads: dict[int, bytes], summary: Summary) -> None:
    """What was put out is signed, is in the database, and goes on from everything put out before."""
    from gezhi.ledger import notes, queries
    from gezhi.ledger.keys import verifiers_of
    from gezhi.ledger.models import Checkpoint
    from gezhi.ledger.tree import is_consistent

    folder = queries.log_folder()
    note = notes.parse_note(folder.text("checkpoint"))
    notes.verified_by(note, verifiers_of(one.vkey for one in queries.listed_keys()))
    head = notes.parse_checkpoint(note.text)
    if not Checkpoint.objects.filter(size=head.size, root=head.root).exists():
        summary.wrong.append(f"the checkpoint over {head.size} is in no row")
    if folder.root(head.size) != head.root:
        summary.wrong.append(f"the files do not lead to the root over {head.size}")
    for size, root in heads.items():
        if size > head.size or not is_consistent(
            size, root, head.size, head.root, folder.consistency(size, head.size)
        ):
            summary.wrong.append(f"the log does not go on from {size} to {head.size}")
    heads[head.size] = head.root


def _publish_rest() -> None:
    from django.utils import timezone

    from gezhi.ledger.actions.keys import log_signers
    from gezhi.ledger.actions.publishing import publish_checkpoint

    now = timezone.now()
    for _ in range(50):  # whoever was killed may still hold the turn for an instant
        while publish_checkpoint(now, log_signers(now)) is not None:
            pass
        time.sleep(0.02)


def _verify(summary: Summary) -> None:
    from gezhi.ledger import queries

    summary.wrong += [str(one) for one in queries.verify().findings]


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "src"))
    sys.exit(main())
