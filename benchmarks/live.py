"""From commit to screen with 2,000 streams on one process; then what telling costs the step that is told.

The clients are in a process of their own, in fifty scopes. `busy`: five steps a second, so that the hub coalesces;
`quiet`: one each second and a half. `bare_p95`: the same bytes to the same clients from an asyncio server that does
nothing else. The second and third line compare steps with the trigger that tells of them and without.
"""

import json
import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import _node
import _open_cases
import psutil

CLIENTS = int(os.environ.get("BENCH_CLIENTS", "2000"))
SCOPES = 50
CASES = 50_000
BUSY, QUIET = 100, 12  # events
LIMIT = 1.0  # seconds
PORT = 18431
HERE = Path(__file__).parent
case_ids = count(6, 6)  # of one county
Sent = dict[int, float]


def main() -> None:
    folder = _node.start()
    _open_cases.add(1, CASES, datetime.now(UTC), 1)
    bare = _bare(folder)
    with _streams() as worker:
        paths = _paths()
        _measure("busy", worker, paths, folder, lambda: _steps(BUSY, 0.2), bare)
        _measure("quiet", worker, _paths(), folder, lambda: _steps(QUIET, 1.5), bare)
        _trigger()


@contextmanager
def _streams() -> Iterator[psutil.Process]:
    """The stream's process that speaks."""
    command = [sys.executable, "-m", "gezhi", "live", "--port", str(PORT)]
    started = subprocess.Popen(command)
    try:
        children: list[psutil.Process] = []
        while not children:
            time.sleep(0.2)
            children = psutil.Process(started.pid).children()
        time.sleep(2)
        yield children[-1]
    finally:
        started.terminate()
        started.wait(10)


def _paths() -> list[str]:
    from gezhi.lib.codes import place_range
    from gezhi.live.scope import Scope
    from gezhi.live.seal import sealed
    from tests.cast import CITY

    tickets = [sealed(1, Scope((place_range(CITY),), frozenset({10**6 + n}))) for n in range(SCOPES)]
    return [f"/live/stream?ticket={tickets[n % SCOPES]}" for n in range(CLIENTS)]


def _steps(number: int, pause: float) -> Sent:
    """When each case's step was committed."""
    from gezhi.cases.actions import act
    from gezhi.cases.procedure import Given
    from tests.cast import here

    actor, sent = here().actor("dispatcher"), Sent()
    for case_id in (next(case_ids) for _ in range(number)):
        act(actor, case_id, "urge", Given(text="请抓紧"))
        sent[case_id] = time.time()
        time.sleep(pause * random.uniform(0.5, 1.5))
    return sent


def _listened(port: int, paths: list[str], folder: Path, send: Callable[[], Sent]) -> tuple[list[float], int]:
    """Seconds from each commit to each client, sorted; and how many of them never came."""
    out = folder / "came.json"
    command = [sys.executable, str(HERE / "_live.py"), "clients", str(port), str(out)]
    listeners = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert listeners.stdin
    assert listeners.stdout
    print(*paths, file=listeners.stdin, flush=True)
    assert listeners.stdout.readline() == "READY\n"
    time.sleep(1)
    sent = send()
    time.sleep(2)
    listeners.communicate("\n", timeout=60)
    came = json.loads(out.read_text())
    late = sorted(at - sent[case] for one in came for case, at in one if case in sent)
    return late, len(sent) * len(paths) - len(late)


def _measure(
    name: str, worker: psutil.Process, paths: list[str], folder: Path, send: Callable[[], Sent], bare: float
) -> None:
    used: dict[str, float] = {}

    def watched() -> Sent:
        worker.cpu_percent()
        sent = send()
        used.update(cpu=worker.cpu_percent(), rss=worker.memory_info().rss / 2**20, held=_held())
        return sent

    late, lost = _listened(PORT, paths, folder, watched)
    more = {"p50": round(statistics.median(late), 3), "max": round(late[-1], 3), "lost": lost}
    more |= {
        "bare_p95": round(bare, 3),
        "clients": CLIENTS,
        "scopes": SCOPES,
        "cpu_percent": round(used["cpu"]),
    }
    more |= {"rss_mb": round(used["rss"]), "database_connections": int(used["held"])}
    _node.tell(f"live-{name}-p95", _p95(late), "s", "the limit of a second", LIMIT, **more)


def _p95(times: list[float]) -> float:
    return times[int(len(times) * 0.95)]


def _held() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'gezhi live'")
        return int(cursor.fetchone()[0])


def _bare(folder: Path) -> float:
    command = [sys.executable, str(HERE / "_live.py"), "bare", str(PORT)]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdin
    assert server.stdout
    assert server.stdout.readline() == "READY\n"

    def send() -> Sent:
        sent = Sent()
        for case_id in range(1, 41):
            sent[case_id] = time.time()
            print(
                json.dumps({"id": case_id, "words": "x" * 350}, separators=(",", ":")),
                file=server.stdin,
                flush=True,
            )
            time.sleep(random.uniform(0.1, 0.5))
        return sent

    late, _ = _listened(PORT, ["/"] * CLIENTS, folder, send)
    server.terminate()
    server.wait(10)
    return _p95(late)


def _trigger() -> None:
    """In turns, so that what else the machine does touches both alike."""
    alone = {switch: [0.0] for switch in ("ENABLE", "DISABLE")}
    together = {switch: [0.0] for switch in alone}
    for _ in range(8):
        for switch in alone:
            _switch(switch)
            alone[switch] += [_timed(lambda: _some_steps(1)) * 1000 for _ in range(40)]
            with ThreadPoolExecutor(8) as pool:
                took = _timed(lambda: list(pool.map(_some_steps, [10] * 8)))
            together[switch].append(80 / took)
    _switch("ENABLE")
    told, untold = (statistics.median(alone[switch][1:]) for switch in ("ENABLE", "DISABLE"))
    _node.tell("step-told-p50", told, "ms", "the same step without the trigger", untold)
    told, untold = (statistics.median(together[switch][1:]) for switch in ("ENABLE", "DISABLE"))
    _node.tell(
        "steps-told-rate", told, "steps/s", "the same steps without the trigger, eight at once", untold
    )


def _switch(switch: str) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE cases_caseevent {switch} TRIGGER cases_tell")


def _some_steps(number: int) -> None:
    _steps(number, 0)


def _timed(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
