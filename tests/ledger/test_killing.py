"""Kill -9 at any instant leaves one true history. `python -m tests.ledger.killing --kills 200` asks for more."""

import json
import os
import subprocess
import sys

from tests.house.tree import ROOT


def test_a_log_survives_kills_of_whoever_publishes() -> None:
    command = [sys.executable, "-m", "tests.ledger.killing", "--kills", "5"]
    done = subprocess.run(
        command, cwd=ROOT, env=dict(os.environ), capture_output=True, text=True, timeout=300, check=False
    )
    assert done.stdout, done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["wrong"] == 0, summary["first"]
    assert summary["kills"] == 5
    assert summary["checkpoints"] > 5
