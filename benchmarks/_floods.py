"""What benchmarks/floods.py and its floods share: where the node is, how it is written to, each kind of bad input."""

import base64
import json
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

ELSEWHERE = "127.0.0.2"  # where the flood comes from
LINES = 4  # on which one kind is sent at once
ARRAYS = "/api/sensorthings/v1.1/CreateObservations"


@dataclass(frozen=True)
class Node:
    """Where the node is, keys and series of the good and the bad, and a sound frame of the bad one's station."""

    http: int
    hj212: int
    broker: int
    good_key: str
    bad_key: str
    camera_key: str
    good: int
    bad: int
    by_broker: int
    frame: bytes


def array(series: int, rows: list[list[object]]) -> bytes:
    one = {"Datastream": {"@iot.id": series}, "components": ["phenomenonTime", "result"], "dataArray": rows}
    return json.dumps([one]).encode()


def iso(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def post(
    wire: list[socket.socket], port: int, path: str, key: str, body: bytes, source: str = "127.0.0.1"
) -> int:
    """Over the line in `wire`, or a new one."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {key}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    if not wire:
        made = socket.create_connection(("127.0.0.1", port), 30, (source, 0))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        wire.append(made)
    try:
        wire[0].sendall(head.encode() + body)
        status, stays = _answered(wire[0])
    except OSError:
        wire.pop().close()
        raise
    if not stays:
        wire.pop().close()
    return status


def _answered(wire: socket.socket) -> tuple[int, bool]:
    import sensorthings

    return sensorthings._answered(wire)


def mqtt(port: int) -> Any:
    import paho.mqtt.client as paho

    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(200)
    client.connect("127.0.0.1", port)
    client.loop_start()
    return client


@dataclass(frozen=True)
class Flood:
    """`begin`: makes what sends once and tells how many pieces. `uncounted`: nothing is refused, it is only held."""

    begin: Callable[[Node], Callable[[], int]]
    uncounted: bool = False


def flood(kind: str, node: Node, sent: Any) -> None:
    """On several lines until killed."""
    os.nice(19)

    def go() -> None:
        send = FLOODS[kind].begin(node)
        while True:
            try:
                count = send()
            except (OSError, ConnectionError):
                time.sleep(0.001)
                continue
            with sent.get_lock():
                sent.value += count

    threads = [threading.Thread(target=go, daemon=True) for _ in range(LINES)]
    for one in threads:
        one.start()
    while all(one.is_alive() for one in threads):
        time.sleep(0.5)


def _pushing(count: int, data: Callable[[], bytes], node: Node) -> Callable[[], int]:
    """The same bytes again and again to the port of HJ 212; a line that is cut is taken up at once."""
    line: list[socket.socket] = []
    ready = data()

    def send() -> int:
        if not line:
            line.append(socket.create_connection(("127.0.0.1", node.hj212), 10, (ELSEWHERE, 0)))
        try:
            line[0].sendall(ready)
        except OSError:
            line.pop().close()
            raise
        return count

    return send


def _broken(node: Node) -> Callable[[], int]:
    """Frames of a registered station whose checksum is another."""
    end = b"0001\r\n" if node.frame.endswith(b"0000\r\n") else b"0000\r\n"
    return _pushing(50, lambda: (node.frame[:-6] + end) * 50, node)


def _garbage(node: Node) -> Callable[[], int]:
    def data() -> bytes:
        return b"\r\n".join(os.urandom(200).replace(b"\r\n", b"  ") for _ in range(100)) + b"\r\n"

    return _pushing(100, data, node)


def _oversized(node: Node) -> Callable[[], int]:
    return _pushing(1, lambda: b"##9999" + b"A" * 200_000 + b"\r\n", node)


def _silent(node: Node) -> Callable[[], int]:
    """Lines that never speak, as many as it may hold; further ones are refused and tried again."""
    held: list[socket.socket] = []

    def send() -> int:
        if len(held) >= 4_000:
            held.pop(0).close()
        held.append(socket.create_connection(("127.0.0.1", node.hj212), 5, (ELSEWHERE, 0)))
        return 1

    return send


def _slow_web(node: Node) -> Callable[[], int]:
    """Requests that never end."""
    held: list[socket.socket] = []

    def send() -> int:
        if len(held) >= 100:
            time.sleep(0.2)
            held.pop(0).close()
        line = socket.create_connection(("127.0.0.1", node.http), 5, (ELSEWHERE, 0))
        line.sendall(f"POST {ARRAYS} HTTP/1.1\r\nHost: localhost\r\nContent-Le".encode())
        held.append(line)
        return 1

    return send


def _messages(make: Callable[[int], bytes], node: Node) -> Callable[[], int]:
    client, turn = mqtt(node.broker), [0]

    def send() -> int:
        turn[0] += 1
        told = client.publish("bad/flood-1", make(turn[0]), qos=1)
        if turn[0] % 100 == 0:
            with suppress(RuntimeError, ValueError):
                told.wait_for_publish(5)
        return 1

    return send


def _message_garbage(turn: int) -> bytes:
    return b"\xff\x00{" + str(turn).encode() * 40


def _wrong_reading(turn: int) -> bytes:
    """Not numbers, infinities, clocks of 1970 and 2099, milligrams for micrograms, by turns."""
    now = int(time.time() * 1000)
    wrong = (
        ("NaN", now),
        ("1e999", now),
        ('"Infinity"', now),
        ("50", turn % 1000),
        ("50", 4_070_908_800_000),
        ("60000", now),
    )
    value, at = wrong[turn % len(wrong)]
    return f'{{"v": {value}, "t": {at}}}'.encode()


def _wrong_arrays(node: Node) -> Callable[[], int]:
    """A thousand rows each: 1970, 2099, null, and values a thousand times too high."""
    wire: list[socket.socket] = []

    def send() -> int:
        now = int(time.time() * 1000)
        rows: list[list[object]] = [
            ["1970-01-01T00:00:07Z", 50],
            ["2099-01-01T00:00:00Z", 50],
            [iso(now), None],
        ]
        body = array(node.bad, [*rows * 330, *([iso(now - one), 60_000] for one in range(10))])
        post(wire, node.http, ARRAYS, node.bad_key, body, ELSEWHERE)
        return 1000

    return send


def _posted(node: Node, path: str, key: str, body: bytes) -> Callable[[], int]:
    wire: list[socket.socket] = []

    def send() -> int:
        post(wire, node.http, path, key, body, ELSEWHERE)
        return 1

    return send


def _broken_json(node: Node) -> Callable[[], int]:
    return _posted(
        node, ARRAYS, node.bad_key, b'[{"Datastream": {"@iot.id": 1}, "dataArray": [[' + b"NaN, " * 2_000
    )


def _face(node: Node) -> Callable[[], int]:
    """A camera sends whom it saw."""
    event = {
        "id": "1", "source": "camera-1", "kind": "fire", "at": datetime.now(UTC).isoformat(),
        "faceImage": base64.b64encode(os.urandom(60_000)).decode(), "age": 34, "gender": "female",
    }  # fmt: skip
    return _posted(node, "/api/v1/sensing/hazards", node.camera_key, json.dumps(event).encode())


FLOODS = {
    "broken frames": Flood(_broken),
    "garbage": Flood(_garbage),
    "oversized frames": Flood(_oversized),
    "silent lines": Flood(_silent, uncounted=True),
    "requests without end": Flood(_slow_web, uncounted=True),
    "messages that are no JSON": Flood(partial(_messages, _message_garbage)),
    "wrong readings by broker": Flood(partial(_messages, _wrong_reading)),
    "wrong data arrays": Flood(_wrong_arrays),
    "bodies that are no JSON": Flood(_broken_json, uncounted=True),
    "faces": Flood(_face),
}
