"""Kill -9 under load: the real server, its workers, or all of it, at seeded random moments.

    python tests/chaos/kill.py --kills 100

prints one line of JSON; exit code 1 when a promise was broken.
"""

import argparse
import atexit
import json
import os
import random
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

if TYPE_CHECKING:
    from tests.chaos.gateway import Gateway
    from tests.chaos.load import Book, Client
    from tests.chaos.server import Server

CLIENTS = 6
KEPT = "kept-for-a-look"
VICTIMS = ["web"] * 6 + ["worker"] * 3 + ["all"]
SETTLE = 90.0  # seconds for what still waits to be sent; the retry runs every minute


@dataclass
class Summary:
    kills: dict[str, int] = field(default_factory=lambda: {"web": 0, "worker": 0, "all": 0})
    broken: list[str] = field(default_factory=list)
    facts: dict[str, float] = field(default_factory=dict)

    def line(self) -> str:
        shown = {"kills": sum(self.kills.values()), "of": self.kills, **self.facts}
        return json.dumps(
            {**shown, "broken": len(self.broken), "first": self.broken[:10]}, ensure_ascii=False
        )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--settle", type=float, default=SETTLE)
    asked = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="gezhi-kill-"))
    atexit.register(_remove, folder)  # runs after the database of the folder has stopped
    summary = run(folder, asked.kills, asked.seed, asked.settle)
    print(summary.line())
    if summary.broken:
        (folder / KEPT).touch()
    return 1 if summary.broken else 0


def _remove(folder: Path) -> None:
    if not (folder / KEPT).exists():
        shutil.rmtree(folder, ignore_errors=True)


def run(data: Path, kills: int, seed: int, settle: float) -> Summary:
    from tests.chaos.gateway import Gateway
    from tests.chaos.server import Server

    begun = time.monotonic()
    _prepare(data)
    summary = Summary()
    with Gateway(refuse_every=50) as gateway:
        server = Server(data, gateway.url)
        server.start()
        try:
            book = _drive(server, summary, kills, seed)
            _wait_for_notices(settle)
            summary.facts["restarts"] = server.restarts
        finally:
            server.stop()
        _check(summary, book, gateway)
    summary.facts["seconds"] = round(time.monotonic() - begun, 1)
    return summary


def _prepare(data: Path) -> None:
    """The cast in a database of its own, on the embedded server that the node finds in its folder."""
    os.environ["GEZHI_DATA_DIR"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = "gezhi.config.settings"
    os.environ.pop("DATABASE_URL", None)
    from gezhi.config.cli import prepare

    prepare()
    from tests import cast

    cast.settle()


def _drive(server: "Server", summary: Summary, kills: int, seed: int) -> "Book":
    from tests.chaos.load import Book

    book = Book()
    server.wait_ready()
    clients = _clients(server.port, book, seed)
    for client in clients:
        client.start()
    chance = random.Random(seed)
    for _ in range(kills):
        time.sleep(chance.uniform(0.1, 2.0))
        _kill(server, chance, summary)
    time.sleep(1)
    for client in clients:
        client.stopping.set()
    for client in clients:
        client.join(20)
    server.wait_ready()
    return book


def _clients(port: int, book: "Book", seed: int) -> list["Client"]:
    from django.utils import timezone

    from gezhi.people.actions import issue_token
    from tests import cast
    from tests.chaos.load import Client, Dispatcher

    city = cast.here()
    report = issue_token(city.account("operator"), "chaos", ["report"], timezone.now())
    act = issue_token(city.account("dispatcher"), "chaos", ["act"], timezone.now())
    dispatcher = Dispatcher(CLIENTS, port, act, book, seed)
    dispatcher.unit_id = city.units["haishu-works"]
    return [*(Client(number, port, report, book, seed) for number in range(CLIENTS)), dispatcher]


def _kill(server: "Server", chance: random.Random, summary: Summary) -> None:
    """What does not start itself again is started again by us, as systemd would."""
    victim = chance.choice(VICTIMS)
    if victim == "all":
        server.kill_all()
        server.start()
        server.wait_ready()
    else:
        alive = _wait_alive(server, victim)
        server.kill([chance.choice(alive)])
    summary.kills[victim] += 1


def _wait_alive(server: "Server", victim: str) -> list[int]:
    for _ in range(300):
        alive = server.processes()[victim]
        if alive:
            return alive
        time.sleep(0.1)
        server.wait_ready()
    raise RuntimeError(f"No {victim} process came back within 30 s; see {server.data / 'server.log'}.")


def _wait_for_notices(limit: float) -> None:
    from tests.chaos.checks import left_waiting

    end = time.monotonic() + limit
    while time.monotonic() < end and left_waiting():
        time.sleep(1)


def _check(summary: Summary, book: "Book", gateway: "Gateway") -> None:
    from gezhi.cases.models import Case, CaseEvent, Evidence, Report
    from gezhi.notices.models import Notice
    from tests.chaos.checks import broken_promises

    summary.broken = broken_promises(book, gateway)
    repeated = sum(len(bodies) - 1 for bodies in gateway.taken.values())
    summary.facts |= {
        "asked": len(book.asked),
        "acknowledged": len(book.acknowledged),
        "reports": Report.objects.count(),
        "cases": Case.objects.count(),
        "events": CaseEvent.objects.count(),
        "steps": book.steps,
        "photos": Evidence.objects.count(),
        "notices": Notice.objects.count(),
        "sent": len(gateway.taken),
        "sent_again_with_its_key": repeated,
        "refused_by_gateway": gateway.refused,
        "still_queued": Notice.objects.filter(sent_at=None).count(),
    }


if __name__ == "__main__":
    sys.exit(main())
