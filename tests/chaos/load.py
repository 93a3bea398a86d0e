"""Clients that report over HTTP and remember what the server acknowledged, whatever dies meanwhile."""

import base64
import http.client
import json
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests import cast

PAUSE = 0.02  # seconds between two requests of a client
ERRORS = (OSError, http.client.HTTPException, ValueError)
TEXTS = (
    "路灯不亮了",
    "垃圾成堆没人清理",
    "井盖破损很危险",
    "自来水管漏水",
    "绿化带树木倒伏",
    "小广告贴满墙面",
)


@dataclass
class Book:
    """`asked`: every source id ever sent. `acknowledged`: source id -> tracking code. `steps`: acknowledged steps.
    `taken`: case number and version after -> the acknowledged step. `busy`: answers that said when to come again;
    `rude`: that should have. `when` an acknowledgement came. Clients wait at the `gate`."""

    asked: set[str] = field(default_factory=set)
    acknowledged: dict[str, str] = field(default_factory=dict)
    numbers: list[str] = field(default_factory=list)
    steps: int = 0
    taken: dict[tuple[str, int], str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    busy: int = 0
    rude: list[str] = field(default_factory=list)
    when: dict[str, float] = field(default_factory=dict)
    gate: threading.Event = field(default_factory=threading.Event)
    under_way: int = 0
    calm: float = 1.0  # times the pauses between requests

    def __post_init__(self) -> None:
        self.gate.set()

    def quiet(self, within: float = 20.0) -> bool:
        """Nobody begins anything new; whether everything that was begun ended."""
        self.gate.clear()
        end = time.monotonic() + within
        while self.under_way and time.monotonic() < end:
            time.sleep(0.02)
        return not self.under_way

    lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledge_step(self, number: str, step: str, version: int) -> None:
        with self.lock:
            self.steps += 1
            before = self.taken.setdefault((number, version), step)
            self.when.setdefault(f"{number} {version}", time.time())
            if before != step:
                self.contradictions.append(f"{number} {version}: {before}, then {step}")

    def acknowledge(self, source_id: str, receipt: Mapping[str, str]) -> None:
        with self.lock:
            before = self.acknowledged.setdefault(source_id, receipt["tracking_code"])
            self.when.setdefault(source_id, time.time())
            if before != receipt["tracking_code"]:
                self.contradictions.append(f"{source_id}: {before}, then {receipt['tracking_code']}")
            self.numbers.append(receipt["case_number"])


class Client(threading.Thread):
    """Reports until stopped. An answer that never came is asked for again three times out of four."""

    def __init__(self, number: int, port: int, key: str, book: Book, seed: int) -> None:
        super().__init__(daemon=True)
        self.stopping = threading.Event()
        self._number, self._port, self._key, self.book = number, port, key, book
        self._chance = random.Random(f"{seed}-{number}")
        self._connection: http.client.HTTPConnection | None = None

    def run(self) -> None:
        count = 0
        while not self.stopping.wait(PAUSE * self.book.calm):
            count += 1
            if self._chance.random() < 0.05:
                self._until_answered(
                    "/api/v1/reports/batch", [self._report(count, f"b{n}") for n in range(8)]
                )
            else:
                self._until_answered("/api/v1/reports", self._report(count, "r"))

    def _report(self, count: int, part: str) -> dict[str, object]:
        lon, lat = cast.centre_of(self._chance.choice(list(cast.WEST)))
        source_id = f"{self._number}-{count}-{part}"
        self.book.asked.add(source_id)
        photos = [PHOTO] if self._chance.random() < 0.1 else []
        return {
            "source_id": source_id,
            "text": self._chance.choice(TEXTS),
            "lon": lon + self._chance.uniform(-0.0015, 0.0015),
            "lat": lat + self._chance.uniform(-0.0015, 0.0015),
            "reporter_phone": f"1380000{self._chance.randrange(10_000):04}",
            "photos_base64": photos,
        }

    def _until_answered(self, path: str, body: object) -> None:
        while not self.stopping.is_set():
            try:
                status, answer = self.post(path, body)
            except ERRORS:
                if self._chance.random() < 0.25:
                    return
                time.sleep(0.1)
                continue
            self._note(status, body, answer)
            return

    def _note(self, status: int, body: object, answer: dict[str, object]) -> None:
        if status >= 500 or status == 429:
            self.book.busy += status != 500
            return
        if status not in (200, 201):
            self.book.refused.append(f"{status} {answer}")
        elif isinstance(body, list):
            for one, result in zip(body, answer["results"], strict=True):  # type: ignore[call-overload]
                self.book.acknowledge(one["source_id"], result["receipt"])
        elif isinstance(body, dict):
            self.book.acknowledge(str(body["source_id"]), answer)  # type: ignore[arg-type]

    def post(self, path: str, body: object) -> tuple[int, dict[str, object]]:
        self.book.gate.wait()
        with self.book.lock:
            self.book.under_way += 1
        try:
            return self._exchange(path, body)
        finally:
            with self.book.lock:
                self.book.under_way -= 1

    def _exchange(self, path: str, body: object) -> tuple[int, dict[str, object]]:
        connection = self._connection or http.client.HTTPConnection("127.0.0.1", self._port, timeout=15)
        self._connection = None
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        connection.request("POST", path, json.dumps(body), headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        self._connection = connection
        if response.status in (429, 503) and not response.headers.get("Retry-After"):
            self.book.rude.append(f"{response.status} {path} without Retry-After")
        if response.status == 500:
            self.book.rude.append(f"500 {path} {answer}")
        return response.status, answer


class Dispatcher(Client):
    """Dispatches cases that the others opened, so that steps and joining reports meet on the same case."""

    unit_id = 0

    def run(self) -> None:
        while not self.stopping.wait(PAUSE * 3 * self.book.calm):
            if not self.book.numbers:
                continue
            number = self._chance.choice(self.book.numbers[-200:])
            step = self._chance.choice(["accept", "dispatch", "correct"])
            given = {"unit_id": self.unit_id} if step == "dispatch" else {"text": "请核实"}
            try:
                status, answer = self.post(f"/api/v1/cases/{number}/steps/{step}", {"version": 0, **given})
                if status == 409:
                    newer = {"version": answer["version"], **given}
                    status, answer = self.post(f"/api/v1/cases/{number}/steps/{step}", newer)
            except ERRORS:
                continue
            if status == 200:
                self.book.acknowledge_step(number, step, int(str(answer["version"])))


PHOTO = base64.b64encode(cast.picture(64, 48)).decode()
