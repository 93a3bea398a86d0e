"""The data folder is destroyed at a random moment under load, and restored from what was followed.

    python -m tests.chaos.disaster --database embedded
    python -m tests.chaos.disaster --database external

prints a line of JSON; exit code 1 when more than ten seconds were lost, or when anything that is back is not whole:
acknowledged acts, history, ledger, photos.
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
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

if TYPE_CHECKING:
    from tests.chaos.ground import Ground
    from tests.chaos.load import Book

MOST_LOST = 10.0  # seconds
ELSEWHERE = ("DATABASE_URL", "GEZHI_OWNER_URL", "GEZHI_BACKUP_URL", "LD_PRELOAD")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("embedded", "external"), default="embedded")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--longest", type=float, default=20.0, help="Seconds of load after the first copy.")
    asked = parser.parse_args()
    from tests.chaos.ground import clear, laid

    seed = asked.seed if asked.seed is not None else random.randrange(10**6)
    folder = Path(tempfile.mkdtemp(prefix="gezhi-disaster-"))
    folder.chmod(0o755)
    ok = False
    try:
        with laid(folder, asked.database, seed) as ground:
            told = _play(ground, random.Random(seed), asked.longest)
        told = {"database": asked.database, "seed": seed, **told}
        ok = not told["broken"]
        print(json.dumps(told, ensure_ascii=False), flush=True)
    except Exception:
        traceback.print_exc()
    if ok:
        clear(folder)
    else:
        print(f"Left for a look: {folder}", file=sys.stderr, flush=True)
    os._exit(0 if ok else 1)  # the embedded server's farewell would wait for a folder that is gone


def _play(ground: "Ground", chance: random.Random, longest: float) -> dict[str, Any]:
    from gezhi.config.keeping.store import Store
    from tests.chaos.ground import destroy

    store, end = Store(ground.backup), time.monotonic() + 180
    while not (ground.backup / "store.json").exists() or store.last_mark() is None:
        if time.monotonic() > end:
            raise TimeoutError("There was no first copy within three minutes.")
        time.sleep(0.2)
    lasted = chance.uniform(2, longest)
    time.sleep(lasted)
    at = destroy(ground)
    acknowledged = len(ground.book.acknowledged)
    into = ground.folder / "restored"
    done = _restore(ground.backup, into)
    with ExitStack() as stack:
        _follow_into(into, ground, stack)
        lost = _lost(ground.book)
        first = min((ground.book.when[key] for key in lost), default=at)
        _forget(ground.book, lost)
        broken = _broken(ground, done, at - first)
        again_s = _serve_again(into, ground)
    return {
        "load_s": round(lasted, 1), "acknowledged": acknowledged, "steps": ground.book.steps,
        "lost_acts": len(lost), "lost_s": round(at - first, 2), "restore_s": done["seconds"],
        "serves_again_after_s": again_s, "entries": done["proof"]["entries"], "files": done["proof"]["named"],
        "rows": sum(done["proof"]["rows"].values()), "whole": done["whole"], "broken": broken,
    }  # fmt: skip


def _restore(backup: Path, into: Path) -> dict[str, Any]:
    """The one command."""
    command = [sys.executable, "-m", "gezhi", "restore", "--to", "latest"]
    command += ["--into", str(into), "--from", str(backup)]
    plain = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    done = subprocess.run([*command, "--json"], capture_output=True, text=True, env=plain, check=False)
    try:
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise RuntimeError(f"gezhi restore: {done.stdout[-1000:]}\n{done.stderr[-3000:]}") from error
    return told


def _follow_into(into: Path, ground: "Ground", stack: ExitStack) -> None:
    """This process looks into the restored database and folder from now on."""
    from django.conf import settings
    from django.db import connections

    from gezhi.config.database import connection_settings, start_embedded
    from tests.chaos.outside import Outside

    if ground.outside:
        log = ground.folder / "restored.log"
        ground.outside = stack.enter_context(Outside(into / "postgres", ground.outside.version, log))
        url = ground.outside.url()
    else:
        url = start_embedded(into / "postgres", "gezhi")
    ground.cluster, ground.data = into / "postgres", into
    connections.close_all()
    connections["default"].settings_dict.update(connection_settings(url))
    settings.DATA_DIR = into


def _lost(book: "Book") -> list[str]:
    """Acknowledged acts that are not there."""
    from gezhi.cases.models import CaseEvent, Report

    reports = set(Report.objects.values_list("source_id", flat=True))
    events = {f"{number} {seq}" for number, seq in CaseEvent.objects.values_list("case__number", "seq")}
    steps = [f"{number} {version}" for number, version in book.taken]
    return [one for one in book.acknowledged if one not in reports] + [
        one for one in steps if one not in events
    ]


def _forget(book: "Book", lost: list[str]) -> None:
    """What is lost was counted; everything else must be there once."""
    gone = set(lost)
    book.acknowledged = {key: code for key, code in book.acknowledged.items() if key not in gone}
    book.taken = {(n, v): step for (n, v), step in book.taken.items() if f"{n} {v}" not in gone}


def _broken(ground: "Ground", done: dict[str, Any], lost_s: float) -> list[str]:
    from tests.chaos.checks import broken_promises

    broken = [] if done["whole"] else [f"not whole: {done['proof']}"]
    if lost_s > MOST_LOST:
        broken.append(f"{lost_s:.1f} s were lost")
    return broken + broken_promises(ground.book, ground.gateway)


def _serve_again(into: Path, ground: "Ground") -> float:
    """Seconds until the restored node answers and takes a new report."""
    from tests.chaos.ground import probe

    begun = time.monotonic()
    ground.server.data = into
    more = dict(ground.server.more)
    if ground.outside:
        more |= ground.outside.environment()
    ground.server.more = more
    ground.server.start()
    ground.server.wait_ready(120)
    ground.book.gate.set()
    probe(ground, random.Random(0), 60)
    return round(time.monotonic() - begun, 1)


if __name__ == "__main__":
    sys.exit(main())
