"""Round after round, something goes wrong under a working node, and nothing that it promised may be lost or doubled.

    python -m tests.chaos.storm --rounds 1000

prints a line of JSON for each round and one at the end; exit code 1 when a promise was broken or a node did not come
back by itself. Each chapter of rounds has a node of its own (embedded and external database in turn) in a process of
its own. Faults that need root or a compiler are left out where those are missing, and the last line says so.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

CHAPTER = 25  # rounds


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--database", choices=("embedded", "external", "both"), default="both")
    parser.add_argument("--only", default="", help="Faults by name, with commas.")
    parser.add_argument("--chapter", type=int, default=CHAPTER)
    parser.add_argument("--at-once", type=int, default=1, help="Chapters, each with its own node.")
    parser.add_argument("--calm", type=float, default=1.0, help="Times the pauses between requests.")
    parser.add_argument(
        "--until", default="", help="No chapter begins after this time of day, e.g. 04:20 (UTC)."
    )
    parser.add_argument("--within", type=float, default=60, help="Seconds after which a node must be back.")
    parser.add_argument(
        "--hold", default="", help="Nothing is asked of the nodes as long as this file is there."
    )
    parser.add_argument("--as-chapter", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    return _chapter(asked) if asked.as_chapter else _all(asked)


def _all(asked: argparse.Namespace) -> int:
    begun, lines = time.monotonic(), list[dict[str, object]]()
    kinds = ("embedded", "external") if asked.database == "both" else (asked.database,)
    whole, rest = divmod(asked.rounds, asked.chapter)
    chapters = [asked.chapter] * whole + [rest] * bool(rest)

    def run(number: int) -> list[dict[str, object]]:
        if _is_over(asked):
            return []
        return _run(asked, kinds[number % len(kinds)], chapters[number], asked.seed + number)

    with ThreadPoolExecutor(asked.at_once) as several:
        for told in several.map(run, range(len(chapters))):
            lines += told
    done = [line for line in lines if "fault" in line]
    broken = [str(one) for line in lines for one in line.get("broken", ())]  # type: ignore[attr-defined]
    last = {
        "rounds": len(done),
        "of": dict(Counter(str(line["fault"]) for line in done)),
        "acknowledged": sum(int(str(line.get("acknowledged", 0))) for line in lines if "chapter" in line),
        "steps": sum(int(str(line.get("steps", 0))) for line in lines if "chapter" in line),
        "left_out": sorted({str(one) for line in lines for one in line.get("left_out", ())}),  # type: ignore[attr-defined]
        "broken": len(broken),
        "first": broken[:10],
        "minutes": round((time.monotonic() - begun) / 60, 1),
    }
    print(json.dumps(last, ensure_ascii=False), flush=True)
    return 1 if broken or (len(done) < asked.rounds and not asked.until) else 0


def _is_over(asked: argparse.Namespace) -> bool:
    return bool(asked.until) and time.strftime("%H:%M", time.gmtime()) >= asked.until


def _run(asked: argparse.Namespace, database: str, rounds: int, seed: int) -> list[dict[str, object]]:
    """A chapter in a process of its own: Django knows one database a process."""
    command = [sys.executable, "-m", "tests.chaos.storm", "--as-chapter", "--rounds", str(rounds)]
    command += ["--seed", str(seed), "--database", database, "--only", asked.only, "--calm", str(asked.calm)]
    command += ["--until", asked.until, "--hold", asked.hold, "--within", str(asked.within)]
    lines = list[dict[str, object]]()
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as chapter:
        assert chapter.stdout is not None
        for text in chapter.stdout:
            if text.startswith("{"):
                print(text, end="", flush=True)
                lines.append(json.loads(text))
    if chapter.returncode != 0 and not any(line.get("broken") for line in lines):
        lines.append({"broken": [f"the chapter with seed {seed} ended with {chapter.returncode}"]})
    return lines


def _chapter(asked: argparse.Namespace) -> int:
    from tests.chaos.ground import clear, laid

    folder = Path(tempfile.mkdtemp(prefix="gezhi-storm-"))
    folder.chmod(0o755)
    broken = 1
    try:
        with laid(folder, asked.database, asked.seed, asked.calm) as ground:
            broken = _rounds(ground, asked)
    except Exception:
        traceback.print_exc()
    finally:
        if broken:
            print(f"Left for a look: {folder}", file=sys.stderr)
        else:
            clear(folder)
    sys.stdout.flush()
    os._exit(1 if broken else 0)  # the embedded server's own farewell would wait for a folder that is gone


def _rounds(ground, asked: argparse.Namespace) -> int:  # type: ignore[no-untyped-def]
    from tests.chaos.ground import probe
    from tests.chaos.looking import ending, look

    chance, broken = random.Random(asked.seed), list[str]()
    faults, left_out = _faults(ground, asked.only)
    probe(ground, chance, asked.within)
    for number in range(asked.rounds):
        _hold(ground, asked.hold)
        if _is_over(asked):
            break
        name = chance.choice(sorted(faults))
        time.sleep(chance.uniform(0.2, 1.0))
        begun = time.monotonic()
        faults[name](ground, chance)
        lasted = time.monotonic() - begun
        found = look(ground, chance, asked.within)
        broken += found.broken
        line = {
            "seed": asked.seed,
            "round": number + 1,
            "database": asked.database,
            "fault": name,
            "lasted_s": round(lasted, 1),
        }
        print(json.dumps({**line, **found.plain()}, ensure_ascii=False), flush=True)
        if found.broken:
            break
    book = ground.book
    if not broken:
        broken += ending(ground, 60 + asked.within)
    print(
        json.dumps({
            "chapter": asked.seed, "database": asked.database, "asked": len(book.asked), "left_out": left_out,
            "acknowledged": len(book.acknowledged), "steps": book.steps, "told_to_come_again": book.busy,
            "broken": broken,
        }),
        flush=True,
    )  # fmt: skip
    return len(broken)


def _hold(ground, file: str) -> None:  # type: ignore[no-untyped-def]
    while file and Path(file).exists():
        ground.book.gate.clear()
        time.sleep(1)
    ground.book.gate.set()


def _faults(ground, only: str):  # type: ignore[no-untyped-def]
    from tests.chaos import faults

    known = dict(faults.EVERYWHERE)
    left_out = list[str]()
    for given, more in (
        (ground.disk is not None, faults.ON_A_DISK),
        ("LD_PRELOAD" in ground.server.more, faults.WITH_A_CLOCK),
    ):
        if given:
            known |= more
        else:
            left_out += more
    if ground.database == "external":
        known |= faults.OUTSIDE
    wanted = set(filter(None, only.split(",")))
    return {name: fault for name, fault in known.items() if not wanted or name in wanted}, left_out


if __name__ == "__main__":
    sys.exit(main())
