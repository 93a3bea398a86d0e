"""Deliveries that come twice, at once and out of order: what a bad network makes of honest clients."""

import threading
from collections.abc import Callable
from typing import cast as typed

from tests.chaos.load import ERRORS, Book, Client


class Stutterer(Client):
    """Sends each of its reports three times: twice in one instant on two connections, and once more after later ones.
    `ports`: two ways to the server, one of which may be a line that is cut."""

    def __init__(self, number: int, ports: tuple[int, int], key: str, book: Book, seed: int) -> None:
        super().__init__(number, ports[0], key, book, seed)
        self._twin = Client(number, ports[1], key, book, seed)

    def run(self) -> None:
        count = 0
        while not self.stopping.wait(0.05 * self.book.calm):
            reports = [self._report(count := count + 1, "d") for _ in range(4)]
            self._chance.shuffle(reports)
            for report in reports:
                self._twice(report)
            for report in reversed(reports):  # late, and the other way round
                self._send(self, report)

    def _twice(self, report: dict[str, object]) -> None:
        at_once(lambda: self._send(self, report), lambda: self._send(self._twin, report))

    def _send(self, client: Client, report: dict[str, object]) -> None:
        try:
            status, answer = client.post("/api/v1/reports", report)
        except ERRORS:
            return
        self._note(status, report, answer)


class TwinDispatchers(Client):
    """Two hands take the same step of the same case at the same version in one instant: one may, one is told."""

    unit_id = 0

    def __init__(self, number: int, ports: tuple[int, int], key: str, book: Book, seed: int) -> None:
        super().__init__(number, ports[0], key, book, seed)
        self._twin = Client(number, ports[1], key, book, seed)

    def run(self) -> None:
        while not self.stopping.wait(0.1 * self.book.calm):
            if not self.book.numbers:
                continue
            number = self._chance.choice(self.book.numbers[-100:])
            step = self._chance.choice(["accept", "dispatch", "correct"])
            version = self._version(number, step)
            if version:
                at_once(
                    lambda: self._take(self, number, step, version),  # noqa: B023 - called before the next
                    lambda: self._take(self._twin, number, step, version),  # noqa: B023
                )

    def _version(self, number: str, step: str) -> int:
        try:
            status, answer = self.post(f"/api/v1/cases/{number}/steps/{step}", self._given(step, 0))
        except ERRORS:
            return 0
        return int(typed(str, answer["version"])) if status == 409 and "version" in answer else 0

    def _take(self, client: Client, number: str, step: str, version: int) -> None:
        try:
            status, answer = client.post(f"/api/v1/cases/{number}/steps/{step}", self._given(step, version))
        except ERRORS:
            return
        if status == 200:
            with self.book.lock:
                twice = (number, int(str(answer["version"]))) in self.book.taken
            if twice:
                self.book.contradictions.append(f"{number}: {step} at version {version} was taken by both")
            self.book.acknowledge_step(number, step, int(str(answer["version"])))

    def _given(self, step: str, version: int) -> dict[str, object]:
        more = {"unit_id": self.unit_id} if step == "dispatch" else {"text": "请核实"}
        return {"version": version, **more}


def at_once(*calls: Callable[[], None]) -> None:
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
