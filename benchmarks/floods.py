"""What senders that do no wrong feel of one that floods: acknowledgements with and without, by kind of bad input.

    python benchmarks/floods.py [--seconds 8] [--quiet 4] [--only KIND ...]

A node as `gezhi serve` runs it, with a broker (mosquitto). Three good senders at a steady pace: a station of HJ 212
(10 frames a second, until 9014), data arrays of SensorThings (5 a second, until 201), a device at the broker
(10 messages a second, until its reading is in the table). Beside them one other device sends each kind of bad input in
turn as fast as it is taken, from an address and with a key of its own, at the lowest priority, since its own work
would be that of another machine. A kind slows a good sender when its p95 is more than doubled and 50 ms longer.

Told by kind: what was sent, refused and marked as the node counted it, and each sender's times; then whether every
reading that was acknowledged is there once.
"""

import argparse
import base64
import json
import multiprocessing
import os
import socket
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import _node

ELSEWHERE = "127.0.0.2"  # where the flood comes from
LINES = 4  # on which one kind is sent at once
SLOWED, SLACK = 2.0, 0.05  # times, and seconds
GOOD_MN, BAD_MN = "010000A8900016F000169DC0", "010000A8900016F000169DC1"
MAPPINGS = [
    {"filter": "good/+", "form": "json", "key": "{1}", "values": {"o3": "v"}, "time": "t", "clock": "ms"},
    {"filter": "bad/#", "form": "json", "key": "{1}", "values": {"o3": "v"}, "time": "t", "clock": "ms"},
]
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


class Sender(threading.Thread):
    """`times`: (when it was acknowledged, seconds that it took). `kept`: (series, ms) of what was acknowledged."""

    def __init__(self, name: str, pace: float, send: Callable[[int], list[tuple[int, int]]]) -> None:
        super().__init__(name=name, daemon=True)
        self.pace, self.send = pace, send
        self.times: list[tuple[float, float]] = []
        self.kept: set[tuple[int, int]] = set()
        self.failed: list[str] = []
        self.ended = threading.Event()

    def run(self) -> None:
        number, due = 0, time.perf_counter()
        while not self.ended.is_set():
            time.sleep(max(0.0, due - time.perf_counter()))
            begun = time.perf_counter()
            try:
                self.kept.update(self.send(number))
                self.times.append((time.perf_counter(), time.perf_counter() - begun))
            except (OSError, AssertionError) as error:
                self.failed.append(repr(error)[:200])
                self.times.append((time.perf_counter(), time.perf_counter() - begun))
            number, due = number + 1, max(due + 1 / self.pace, time.perf_counter())


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--quiet", type=float, default=4.0)
    parser.add_argument("--only", nargs="*", choices=[*FLOODS], default=[*FLOODS])
    asked = parser.parse_args()
    folder = _node.start()
    station = _node.free_port()
    os.environ["GEZHI_HJ212_LISTEN"] = f"127.0.0.1:{station}"
    from tests.exchange.mosquitto import Mosquitto
    from tests.sensing.heard import frame

    with tempfile.TemporaryDirectory() as own:
        broker = Mosquitto(Path(own)).start()
        keys = _built(broker.port)
        try:
            with _node.serving(folder, "--live-port", str(_node.free_port())) as port:
                _wait_for(station)
                sys.exit(not _measured(Node(port, station, broker.port, *keys, frame(1, mn=BAD_MN)), asked))
        finally:
            broker.kill()


def _built(broker: int) -> tuple[str, str, str, int, int, int]:
    """The rest of a Node."""
    import _sensing_node as sensing
    from django.utils import timezone

    from gezhi.exchange.feeds.adding import add_broker, add_station
    from gezhi.people.actions import issue_token, open_account
    from gezhi.sensing.actions.sources import NewSource, register_source
    from gezhi.sensing.models import EventWay, Location, Thing
    from tests import cast
    from tests.sensing.heard import PASSWORD, station_thing
    from tests.sensing.things import with_packs

    with_packs("air")
    now, city = timezone.now(), cast.here()
    station_thing()
    options = {"stations": ["22"], "sent_in": {"a21026": "mg/m3"}}
    add_station(GOOD_MN, "好站", "air-1", options, {"password": PASSWORD}, now)
    good, bad, by_broker, _ = sensing.made_series(4, prefix="flood")
    here = Location.objects.create(
        name="街口", description="", encoding_type="application/geo+json",
        location={"type": "Point", "coordinates": [121.505, 29.805]}, place_code=f"{cast.WANAN}001",
    )  # fmt: skip
    for thing in Thing.objects.filter(key__startswith="flood-"):
        thing.locations.add(here)
    other = Thing.objects.get(key="flood-1")
    other.datastreams.update(code="a05024")
    add_station(BAD_MN, "坏站", "flood-1", {}, {"password": PASSWORD}, now)
    url = f"mqtt://127.0.0.1:{broker}"
    add_broker("city", "城市物联网平台", {"url": url, "subscriptions": MAPPINGS}, "", now)
    cameras = open_account("cameras", "视频平台", None, is_system=True)
    register_source(NewSource("camera-1", "路口", EventWay.CAMERA, cameras, "", f"{cast.WANAN}001"), now)
    owners = city.account("leader"), city.account("dispatcher"), cameras
    keys = [issue_token(one, "floods", ["sense"], now) for one in owners]
    return keys[0], keys[1], keys[2], good, bad, by_broker


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("The process that senses did not answer within a minute.")


def _measured(node: Node, asked: argparse.Namespace) -> bool:
    senders = [_station(node), _arrays(node), _device(node)]
    for one in senders:
        one.start()
    time.sleep(asked.quiet + 4)  # everything is loaded
    for one in senders:
        one.times.clear()
    quiet, well = dict[str, list[float]](), True
    for kind in asked.only:
        well &= _told(kind, *_under(kind, node, senders, asked, quiet), quiet)
    for one in senders:
        one.ended.set()
    for one in senders:
        one.join(30)
    return _nothing_lost(senders) and well


Times = dict[str, list[float]]


def _under(
    kind: str, node: Node, senders: list[Sender], asked: argparse.Namespace, quiet: Times
) -> tuple[Times, dict[str, int]]:
    """Seconds of each sender under this flood, and what the node counted. Adds to `quiet`."""
    begun = time.perf_counter()
    time.sleep(asked.quiet)
    for name, times in _between(senders, begun, time.perf_counter()).items():
        quiet.setdefault(name, []).extend(times)
    before = _counted()
    context = multiprocessing.get_context("spawn")
    sent = context.Value("q", 0)
    flooding = context.Process(target=_flood, args=(kind, node, sent), daemon=True)
    flooding.start()
    while not sent.value:
        assert flooding.is_alive(), "the flood could not begin"
        time.sleep(0.05)
    begun = time.perf_counter()
    time.sleep(asked.seconds)
    found = _between(senders, begun, time.perf_counter())
    flooding.kill()
    flooding.join()
    time.sleep(2.5)  # counts are written once a second
    after = _counted()
    counts = {name: after[name] - before.get(name, 0) for name in after if after[name] != before.get(name, 0)}
    return found, {"sent": sent.value, **counts}


def _between(senders: list[Sender], begun: float, ended: float) -> Times:
    return {one.name: [took for at, took in list(one.times) if begun <= at <= ended] for one in senders}


def _counted() -> dict[str, int]:
    """Refused by source and reason, events by fate, readings that are marked."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT source || ' ' || reason, sum(count)::bigint FROM sensing_refusal GROUP BY 1")
        found = dict(cursor.fetchall())
        cursor.execute("SELECT 'event ' || fate, sum(count)::bigint FROM sensing_eventtally GROUP BY 1")
        found |= dict(cursor.fetchall())
        cursor.execute("SELECT count(*) FROM sensing_reading WHERE mark <> 0")
        return {**found, "marked": cursor.fetchone()[0]}


def _told(kind: str, found: Times, counts: dict[str, int], quiet: Times) -> bool:
    stopped = FLOODS[kind].uncounted or any(
        name.partition(" ")[2] or name == "marked"
        for name, count in counts.items()
        if count and name != "sent"
    )
    well = stopped
    for name, times in found.items():
        with_it, without = _p95(times), _p95(quiet[name])
        slowed = with_it > SLOWED * without and with_it > without + SLACK
        well &= not slowed
        _node.tell(
            f"flood {kind}: {name}", with_it * 1000, "ms p95", "the same without the flood", without * 1000,
            p50=_ms(statistics.median(times)) if times else None, p50_without=_ms(statistics.median(quiet[name])),
            longest=_ms(max(times, default=0.0)), answers=len(times), slowed=slowed,
        )  # fmt: skip
    print(
        json.dumps({"name": f"flood {kind}: counted", "stopped": stopped, **counts}, ensure_ascii=False),
        flush=True,
    )
    return well


def _ms(seconds: float) -> float:
    return round(seconds * 1000, 1)


def _p95(times: list[float]) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * 0.95))] if times else float("inf")


def _nothing_lost(senders: list[Sender]) -> bool:
    from django.db import connection

    kept = set().union(*(one.kept for one in senders))
    series = sorted({one for one, _ in kept})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datastream_id, round(extract(epoch FROM at) * 1000)::bigint FROM sensing_reading"
            " WHERE datastream_id = ANY(%s)",
            [series],
        )
        rows = cursor.fetchall()
    lost, doubled = len(kept - set(rows)), len(rows) - len(set(rows))
    failed = {one.name: one.failed[:3] for one in senders if one.failed}
    _node.tell(
        "floods-kept", len(kept) - lost, "good readings", "acknowledged", max(1, len(kept)),
        lost=lost, doubled=doubled, not_acknowledged=sum(len(one.failed) for one in senders), examples=failed,
    )  # fmt: skip
    return not lost and not doubled and not failed


# the good


def _station(node: Node) -> Sender:
    """Seconds of the past in turn, so that each frame is a reading of its own."""
    from gezhi.exchange.hj212.clock import written
    from gezhi.sensing.models import Datastream
    from tests.sensing.heard import Line, frame

    line, begin = Line(node.hj212), datetime.now(UTC).replace(microsecond=0) - timedelta(hours=3)
    series = list(Datastream.objects.filter(thing__key="air-1").values_list("pk", flat=True))

    def send(number: int) -> list[tuple[int, int]]:
        at = begin + timedelta(seconds=number)
        minutes = (datetime.now(UTC) - at).total_seconds() / 60
        raw = frame(minutes, pm25=35 + number % 50 / 10)
        said = raw.partition(b"DataTime=")[2][:14]
        line.send(raw)
        answer = line.answer(10)
        assert b"CN=9014" in answer, answer
        ms = int(datetime.strptime(said.decode() + "+0800", "%Y%m%d%H%M%S%z").timestamp() * 1000)
        assert written(datetime.fromtimestamp(ms / 1000, UTC))[:14] == said
        return [(one, ms) for one in series]

    return Sender("station of HJ 212", 10, send)


def _arrays(node: Node) -> Sender:
    begin = int(time.time() * 1000) - 2 * 3_600_000
    wire: list[socket.socket] = []

    def send(number: int) -> list[tuple[int, int]]:
        at = [begin + (number * 20 + one) * 100 for one in range(20)]
        body = _array(node.good, [[_iso(ms), 40 + ms % 900 / 100] for ms in at])
        status = _post(wire, node.http, ARRAYS, node.good_key, body)
        assert status == 201, status
        return [(node.good, ms) for ms in at]

    return Sender("data arrays", 5, send)


def _device(node: Node) -> Sender:
    """Acknowledged when it is seen in the table."""
    import psycopg
    from django.db import connection

    client = _mqtt(node.broker)
    eye = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    seen = "SELECT 1 FROM sensing_reading WHERE datastream_id = %s AND at = to_timestamp(%s / 1000.0)"

    def send(number: int) -> list[tuple[int, int]]:
        ms = int(time.time() * 1000)
        client.publish("good/flood-2", json.dumps({"v": 50 + number % 100 / 10, "t": ms}), qos=1)
        end = time.perf_counter() + 10
        while eye.execute(seen, [node.by_broker, ms]).fetchone() is None:
            assert time.perf_counter() < end, "not kept within ten seconds"
            time.sleep(0.004)
        return [(node.by_broker, ms)]

    return Sender("device at the broker", 10, send)


def _array(series: int, rows: list[list[object]]) -> bytes:
    one = {"Datastream": {"@iot.id": series}, "components": ["phenomenonTime", "result"], "dataArray": rows}
    return json.dumps([one]).encode()


def _iso(ms: int) -> str:
    return f"{datetime.fromtimestamp(ms // 1000, UTC):%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def _post(
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


def _mqtt(port: int) -> Any:
    import paho.mqtt.client as paho

    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.max_inflight_messages_set(200)
    client.connect("127.0.0.1", port)
    client.loop_start()
    return client


# the bad


@dataclass(frozen=True)
class Flood:
    """`begin`: makes what sends once and tells how many pieces. `uncounted`: nothing is refused, it is only held."""

    begin: Callable[[Node], Callable[[], int]]
    uncounted: bool = False


def _flood(kind: str, node: Node, sent: Any) -> None:
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
    client, turn = _mqtt(node.broker), [0]

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
            [_iso(now), None],
        ]
        body = _array(node.bad, [*rows * 330, *([_iso(now - one), 60_000] for one in range(10))])
        _post(wire, node.http, ARRAYS, node.bad_key, body, ELSEWHERE)
        return 1000

    return send


def _posted(node: Node, path: str, key: str, body: bytes) -> Callable[[], int]:
    wire: list[socket.socket] = []

    def send() -> int:
        _post(wire, node.http, path, key, body, ELSEWHERE)
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


if __name__ == "__main__":
    main()
