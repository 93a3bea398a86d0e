"""A few rounds of what `python -m tests.chaos.storm --rounds 1000` does, and one disaster."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def lines_of(*words: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert lines, done.stderr[-3000:]
    return lines


def test_nothing_is_lost_or_doubled_whatever_breaks() -> None:
    """On an embedded and on an external database."""
    words = "--rounds 4 --chapter 2 --seed 7 --at-once 2 --calm 3 --within 120"
    *lines, last = lines_of("tests.chaos.storm", *words.split())
    assert last["broken"] == 0, last["first"]
    assert {str(line["database"]) for line in lines} == {"embedded", "external"}
    assert last["rounds"] == 4
    assert int(str(last["acknowledged"])) > 0


def test_a_destroyed_node_comes_back_from_what_was_followed() -> None:
    *_, told = lines_of("tests.chaos.disaster", "--database", "external", "--longest", "4")
    assert told["broken"] == []
    assert told["whole"] is True
    assert float(str(told["lost_s"])) <= 10
