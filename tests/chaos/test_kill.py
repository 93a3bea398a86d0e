"""Kill -9 loses nothing that was acknowledged and doubles nothing. `kill.py --kills 100` asks for more."""

import json
import subprocess
import sys
from pathlib import Path


def test_what_was_acknowledged_survives_kills_of_server_and_worker() -> None:
    script = Path(__file__).with_name("kill.py")
    command = [sys.executable, str(script), "--kills", "3", "--settle", "10"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    assert done.stdout, done.stderr
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["broken"] == 0, summary["first"]
    assert (summary["kills"], summary["restarts"]) == (3, 0)
    assert summary["acknowledged"] >= 3  # one for each kill, however slow the machine
    assert summary["sent"] + summary["still_queued"] >= summary["notices"]
