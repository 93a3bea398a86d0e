"""One report by HTTP with everything done, against the real server with two processes: rate, p99, SQL statements.

`peer` is the nearest peer, measured on a like machine. `empty_view_share` is our rate as a share of an empty
view's on the same server in the same run. `--cases` chooses how many cases exist already.
"""

import argparse
import json
import os
import random
import socket
import threading
import time
from collections.abc import Callable, Iterator
from itertools import count

import _intake
import _node

PEER = "35 reports/s with 45 SQL statements (nearest peer, measured on a like machine)"
PEER_RATE = 35.0
CONNECTIONS = 16
SECONDS = 8.0
numbers = count(1)
Answers = list[tuple[float, int]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", default="10000,100000,1000000")
    sizes = [int(size) for size in parser.parse_args().cases.split(",")]
    folder = _node.start()
    key = _key()
    _fill()
    statements = _statements(key)
    with _node.serving(folder, "--no-worker") as port:
        for size in sizes:
            _intake.grow(size)
            _measure(port, key, size, statements)


def _key() -> str:
    from django.utils import timezone

    from gezhi.people.actions import issue_token
    from tests import cast

    return issue_token(cast.here().account("operator"), "bench", ["report"], timezone.now())


def _fill() -> None:
    """A thousand real cases to begin with."""
    from gezhi.cases.intake.door import accept
    from gezhi.cases.intake.reading import read_report

    edge = _intake.edge()
    accept([read_report(raw, edge) for raw in _intake.many_fields(10**9, 1000)])  # type: ignore[arg-type]


def _statements(key: str) -> int:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost", "Authorization": f"Bearer {key}"})
    bodies = [json.dumps(_intake.fields(random.Random(n), 10**8 + n)) for n in range(2)]
    client.post("/api/v1/reports", bodies[0], content_type="application/json")
    with CaptureQueriesContext(connection) as counted:
        answer = client.post("/api/v1/reports", bodies[1], content_type="application/json")
    assert answer.status_code == 201, answer.content
    return len(counted)


def _measure(port: int, key: str, size: int, statements: int) -> None:
    _drive(port, lambda: _report(key), 2.0)
    taken = _drive(port, lambda: _report(key), SECONDS)
    empty = _drive(port, lambda: b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", 3.0)
    wrong = [status for _, status in taken if status != 201]
    assert not wrong, f"{len(wrong)} answers were not 201, the first {wrong[0]}"
    rate, empty_rate = len(taken) / SECONDS, len(empty) / 3.0
    times = sorted(took * 1000 for took, _ in taken)
    _node.tell(
        "http-intake",
        rate,
        "reports/s",
        PEER,
        PEER_RATE,
        cases=size,
        p50_ms=round(times[len(times) // 2], 1),
        p99_ms=round(times[int(len(times) * 0.99)], 1),
        statements=statements,
        empty_view_per_s=round(empty_rate),
        empty_view_share=round(rate / empty_rate, 3),
        processors=os.cpu_count(),
    )


def _report(key: str) -> bytes:
    number = next(numbers)
    body = json.dumps(_intake.fields(random.Random(number), number)).encode()
    head = (
        "POST /api/v1/reports HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _drive(port: int, request: Callable[[], bytes], seconds: float) -> Answers:
    """Each connection sends its next request when its last is answered."""
    answers: list[Answers] = [[] for _ in range(CONNECTIONS)]
    end = time.perf_counter() + seconds
    threads = [threading.Thread(target=_send, args=(port, request, end, mine)) for mine in answers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for mine in answers for answer in mine]


def _send(port: int, request: Callable[[], bytes], end: float, mine: Answers) -> None:
    with socket.create_connection(("127.0.0.1", port), 30) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answers = _answers(connection)
        while time.perf_counter() < end:
            data, begun = request(), time.perf_counter()
            connection.sendall(data)
            status = next(answers)
            mine.append((time.perf_counter() - begun, status))


def _answers(connection: socket.socket) -> Iterator[int]:
    """The status of each answer on a kept connection."""
    held = b""
    while True:
        while (split := held.find(b"\r\n\r\n")) < 0:
            held += connection.recv(65536) or _closed()
        head = held[:split].lower()
        length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0)
        while len(held) < split + 4 + length:
            held += connection.recv(65536) or _closed()
        held = held[split + 4 + length :]
        yield int(head[9:12])


def _closed() -> bytes:
    raise ConnectionError("The server closed the connection in the middle of an answer.")


if __name__ == "__main__":
    main()
