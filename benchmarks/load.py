"""Mixed traffic over time: the node's limit, then minutes at 70 % of it, then three times as much as it can carry.

    python benchmarks/load.py --minutes 60

At 70 %: no error, memory flat, p99 steady (the last quarter against the second). At 300 %: intake is answered or told
when to come again, and everything that was acknowledged is there once. Requests begin when their time has come,
whatever became of those before (an open loop); a request that waited counts from the moment when it was due.
"""

import argparse
import json
import os
import random
import socket
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import _node

HANDS, MANY_HANDS = 96, 400  # connections at most, and under overload
LATE = 2.0  # seconds; under overload, what could not even be sent by then is left out and counted
DONE = (200, 201, 409, 422)  # the last two: somebody was faster, or the procedure has no such step now
PLACE = "330203"  # the county whose cases the keys may see
MIX = (  # share, kind
    (0.40, "report"),
    (0.15, "step"),
    (0.20, "list"),
    (0.15, "case"),
    (0.05, "categories"),
    (0.05, "heavy"),
)
numbers = count(1)


@dataclass
class Answer:
    kind: str
    due: float
    took: float
    answered_in: float
    status: int
    polite: bool
    why: str = ""


@dataclass
class Traffic:
    """What is known of cases and reports so far, for requests that need some."""

    keys: dict[str, str]
    unit: int
    port: int
    run: str = ""
    known: deque[str] = field(default_factory=lambda: deque(maxlen=2000))
    acknowledged: dict[str, str] = field(default_factory=dict)
    twice: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def request(self, chance: random.Random) -> tuple[str, str, bytes]:
        """Kind, source id and bytes."""
        (kind,) = chance.choices([kind for _, kind in MIX], [share for share, _ in MIX])
        if kind == "report" or not self.known:
            return self._report(chance)
        number = chance.choice(self.known)
        if kind == "step":
            step = chance.choice(("accept", "dispatch"))
            more = {"unit_id": self.unit} if step == "dispatch" else {"text": "请核实"}
            body = json.dumps({"version": chance.choice((1, 2, 3)), **more})
            return kind, "", self._bytes("POST", f"/api/v1/cases/{number}/steps/{step}", "act", body)
        path = {
            "list": "/api/v1/cases",
            "case": f"/api/v1/cases/{number}",
            "categories": "/api/v1/categories",
            "heavy": "/api/v1/command/counters",
        }[kind]
        return kind, "", self._bytes("GET", path, "read", "")

    def _report(self, chance: random.Random) -> tuple[str, str, bytes]:
        import _intake

        number = next(numbers)
        raw = _intake.fields(chance, number)
        raw["source_id"] = f"load-{self.run}-{number}"
        body = json.dumps(raw)
        return "report", str(raw["source_id"]), self._bytes("POST", "/api/v1/reports", "report", body)

    def _bytes(self, method: str, path: str, key: str, body: str) -> bytes:
        data = body.encode()
        head = (
            f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {self.keys[key]}\r\nContent-Length: {len(data)}\r\n\r\n"
        )
        return head.encode() + data

    def learn(self, source_id: str, body: bytes) -> None:
        receipt = json.loads(body)
        with self.lock:
            self.twice += source_id in self.acknowledged
            self.acknowledged[source_id] = receipt["tracking_code"]
            if receipt["place_code"].startswith(PLACE):
                self.known.append(receipt["case_number"])


class Hand(threading.Thread):
    """Takes the next moment at which something is due and sends it."""

    def __init__(self, traffic: Traffic, due: Callable[[], float | None], seed: int) -> None:
        super().__init__(daemon=True)
        self._traffic, self._due, self._chance = traffic, due, random.Random(seed)
        self._connection: socket.socket | None = None
        self.answers: list[Answer] = []

    def run(self) -> None:
        while (due := self._due()) is not None:
            if (pause := due - time.perf_counter()) > 0:
                time.sleep(pause)
            sent = time.perf_counter()
            kind, source_id, data = self._traffic.request(self._chance)
            try:
                status, head, body = self._exchange(data)
            except (OSError, ValueError) as broken:
                self._connection, status, head, body = None, 0, b"", repr(broken).encode()
            if kind == "report" and status in (200, 201):
                self._traffic.learn(source_id, body)
            polite = status not in (429, 503) or b"\r\nretry-after:" in head
            now = time.perf_counter()
            why = "" if status else body.decode()
            self.answers.append(Answer(kind, due, now - due, now - sent, status, polite, why))

    def _exchange(self, data: bytes) -> tuple[int, bytes, bytes]:
        if self._connection is None:
            self._connection = socket.create_connection(("127.0.0.1", self._traffic.port), 30)
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._connection.sendall(data)
        held = b""
        while (split := held.find(b"\r\n\r\n")) < 0:
            held += self._more()
        head = held[:split].lower() + b"\r\n"
        length = int(head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)
        while len(held) < split + 4 + length:
            held += self._more()
        return int(head[9:12]), head, held[split + 4 :]

    def _more(self) -> bytes:
        assert self._connection is not None
        data = self._connection.recv(65536)
        if not data:
            raise ConnectionError("closed in the middle of an answer")
        return data


def drive(traffic: Traffic, rate: float, seconds: float, hands: int = HANDS, late: float = 0) -> list[Answer]:
    """`rate` a second, evenly. `late`: what is more seconds behind is not sent any more; 0: everything is."""
    begun, lock, step = time.perf_counter(), threading.Lock(), count()
    total = int(rate * seconds)

    def due() -> float | None:
        with lock:
            for number in step:
                at = begun + number / rate
                if number >= total or not late or time.perf_counter() - at < late:
                    return at if number < total else None
        return None

    threads = [Hand(traffic, due, number) for number in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for thread in threads for answer in thread.answers]


def limit_of(traffic: Traffic, seconds: float) -> float:
    """The highest rate that was carried for `seconds`: nobody sent away, 99 of 100 answered within a second."""
    rate, carried = 20.0, 0.0
    while rate < 5000:
        answers = drive(traffic, rate, seconds)
        done = sorted(answer.took for answer in answers if answer.status in DONE)
        if len(done) < 0.99 * len(answers) or done[int(len(done) * 0.99)] > 1.0:
            if carried:
                return carried
            rate /= 2
            continue
        carried, rate = rate, rate * 1.25
    return carried


def _closed(traffic: Traffic, hands: int, seconds: float) -> list[Answer]:
    end = time.perf_counter() + seconds
    threads = [Hand(traffic, lambda: _now_until(end), number) for number in range(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for thread in threads for answer in thread.answers]


def _now_until(end: float) -> float | None:
    now = time.perf_counter()
    return now if now < end else None


def summary(answers: list[Answer], seconds: float) -> dict[str, object]:
    times = sorted(answer.took * 1000 for answer in answers if answer.status in (200, 201))
    return {
        "asked_per_s": round(len(answers) / seconds, 1),
        "statuses": dict(sorted(Counter(answer.status for answer in answers).items())),
        "impolite": sum(not answer.polite for answer in answers),
        "p50_ms": round(times[len(times) // 2], 1) if times else None,
        "p99_ms": round(times[int(len(times) * 0.99)], 1) if times else None,
    }


def quarters(answers: list[Answer]) -> list[float]:
    """p99 of each quarter of the time, ms."""
    first, last = min(a.due for a in answers), max(a.due for a in answers)
    found = []
    for n in range(4):
        low, high = first + (last - first) * n / 4, first + (last - first) * (n + 1) / 4
        times = sorted(a.took * 1000 for a in answers if low <= a.due <= high and a.status in (200, 201))
        found.append(round(times[int(len(times) * 0.99)], 1) if times else 0.0)
    return found


class Memory(threading.Thread):
    """What the node's processes hold, MB, every few seconds (proportional set: shared pages count once)."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self._folder, self.ended, self.held = folder, threading.Event(), list[float]()

    def run(self) -> None:
        while not self.ended.wait(5):
            self.held.append(sum(map(_megabytes, _processes(self._folder))))


def _processes(folder: Path) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "environ").read_bytes()
        except OSError:
            continue
        if f"GEZHI_DATA_DIR={folder}".encode() in words and int(path.name) != os.getpid():
            found.append(int(path.name))
    return found


def _megabytes(pid: int) -> float:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return int(text.partition("\nPss:")[2].split()[0]) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=2.0, help="At 70 %.")
    parser.add_argument("--overload", type=float, default=1.0, help="Minutes at 300 %.")
    parser.add_argument(
        "--warm", type=float, default=8.0, help="Seconds of each rate tried while the limit is looked for."
    )
    asked = parser.parse_args()
    folder = _node.start()
    traffic = _traffic()
    broken = list[str]()
    with _node.serving(folder) as port:
        traffic.port = port
        _closed(traffic, 4, 8)  # everything is loaded
        limit = limit_of(traffic, asked.warm)
        _node.tell("load-limit", limit, "requests/s", "none known", 1.0, processors=os.cpu_count())
        broken += _steadily(traffic, folder, limit * 0.7, asked.minutes * 60)
        broken += _too_much(traffic, limit * 3, asked.overload * 60)
        broken += _kept(traffic)
    if broken:
        print("\n".join(broken), file=sys.stderr)
        sys.exit(1)


def _traffic() -> Traffic:
    from django.utils import timezone

    from gezhi.people.actions import issue_token
    from tests import cast

    city = cast.here()
    holders = {"report": "operator", "act": "dispatcher", "read": "dispatcher"}
    keys = {
        scope: issue_token(city.account(name), "load", [scope], timezone.now())
        for scope, name in holders.items()
    }
    return Traffic(keys, city.units["haishu-works"], 0, run=f"{time.time_ns():x}")


def _steadily(traffic: Traffic, folder: Path, rate: float, seconds: float) -> list[str]:
    memory = Memory(folder)
    memory.start()
    answers = drive(traffic, rate, seconds)
    memory.ended.set()
    found, p99 = summary(answers, seconds), quarters(answers)
    held = memory.held or [0.0]
    middle, late = _mean(held[len(held) // 4 : len(held) // 2]), _mean(held[3 * len(held) // 4 :])
    wrong = sum(1 for one in answers if one.status not in DONE)
    _node.tell(
        "load-70", rate, "requests/s", "none known", 1.0, minutes=round(seconds / 60, 1), errors=wrong,
        p99_by_quarter_ms=p99, memory_mb={"second_quarter": round(middle), "last": round(late)}, **found,
    )  # fmt: skip
    broken = [f"{wrong} of {len(answers)} answers at 70 % were errors: {found['statuses']}"] if wrong else []
    if late > middle * 1.15 + 30:
        broken.append(f"memory grew from {middle:.0f} to {late:.0f} MB")
    if p99[3] > 2 * max(p99[1], 50):
        broken.append(f"p99 grew: {p99}")
    return broken


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _too_much(traffic: Traffic, rate: float, seconds: float) -> list[str]:
    """Times are those since the request was sent: whoever is not even connected waits in the network."""
    answers = drive(traffic, rate, seconds, MANY_HANDS, LATE)
    for one in answers:
        one.took = one.answered_in
    by_kind = {kind: summary([one for one in answers if one.kind == kind], seconds) for _, kind in MIX}
    odd = [one for one in answers if one.status not in (*DONE, 429, 503)]
    rude = sum(not one.polite for one in answers)
    refused = sorted(one.answered_in * 1000 for one in answers if one.status in (429, 503))
    _node.tell(
        "load-300", rate, "requests/s", "none known", 1.0, minutes=round(seconds / 60, 1), odd=len(odd), rude=rude,
        unsent=int(rate * seconds) - len(answers), refused=len(refused),
        refused_p50_ms=round(refused[len(refused) // 2], 1) if refused else None,
        intake=by_kind["report"], heavy=by_kind["heavy"], reading=by_kind["list"],
    )  # fmt: skip
    broken = (
        [f"{len(odd)} answers at 300 % were neither done nor told to come again, e.g. {odd[0]}"]
        if odd
        else []
    )
    return [*broken, *([f"{rude} refusals did not say when to come again"] if rude else [])]


def _kept(traffic: Traffic) -> list[str]:
    """Everything that was acknowledged is there once."""
    from django.db import connections

    from gezhi.cases.models import Report
    from gezhi.ledger import queries

    connections.close_all()
    rows = Report.objects.filter(source_id__startswith=f"load-{traffic.run}-").values_list(
        "source_id", "tracking_code"
    )
    kept, times = dict(rows), Counter(source_id for source_id, _ in rows)
    lost = [one for one, code in traffic.acknowledged.items() if kept.get(one) != code]
    doubled = [one for one, many in times.items() if many > 1]
    verdict = queries.verify(files=False)
    acknowledged = len(traffic.acknowledged)
    _node.tell(
        "load-kept", acknowledged - len(lost), "reports", "acknowledged", max(acknowledged, 1),
        lost=len(lost), doubled=len(doubled), entries=verdict.entries, findings=len(verdict.findings),
    )  # fmt: skip
    broken = [f"{len(lost)} lost, {len(doubled)} doubled"] if lost or doubled else []
    return [*broken, *(f"ledger: {finding}" for finding in verdict.findings[:5])]


if __name__ == "__main__":
    main()
