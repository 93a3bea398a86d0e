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
from datetime import UTC, datetime, timedelta
from pathlib import Path

import _floods
import _node

SLOWED, SLACK = 2.0, 0.05  # times, and seconds
GOOD_MN, BAD_MN = "010000A8900016F000169DC0", "010000A8900016F000169DC1"
MAPPINGS = [
    {"filter": "good/+", "form": "json", "key": "{1}", "values": {"o3": "v"}, "time": "t", "clock": "ms"},
    {"filter": "bad/#", "form": "json", "key": "{1}", "values": {"o3": "v"}, "time": "t", "clock": "ms"},
]


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
    parser.add_argument("--only", nargs="*", choices=[*_floods.FLOODS], default=[*_floods.FLOODS])
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
                sys.exit(
                    not _measured(_floods.Node(port, station, broker.port, *keys, frame(1, mn=BAD_MN)), asked)
                )
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


def _measured(node: _floods.Node, asked: argparse.Namespace) -> bool:
    senders = [_station(node), _arrays(node), _device(node)]
    for one in senders:
        one.start()
    _until_loaded(senders)
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


def _until_loaded(senders: list[Sender]) -> None:
    for _ in range(600):
        if all(len(one.times) > 20 for one in senders):
            return
        time.sleep(0.1)
    raise SystemExit("A good sender was not answered within a minute.")


Times = dict[str, list[float]]


def _under(
    kind: str, node: _floods.Node, senders: list[Sender], asked: argparse.Namespace, quiet: Times
) -> tuple[Times, dict[str, int]]:
    """Seconds of each sender under this flood, and what the node counted. Adds to `quiet`."""
    begun = time.perf_counter()
    time.sleep(asked.quiet)
    for name, times in _between(senders, begun, time.perf_counter()).items():
        quiet.setdefault(name, []).extend(times)
    before = _counted()
    context = multiprocessing.get_context("spawn")
    sent = context.Value("q", 0)
    flooding = context.Process(target=_floods.flood, args=(kind, node, sent), daemon=True)
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
    stopped = _floods.FLOODS[kind].uncounted or any(
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
            p50=_ms(statistics.median(times or [0.0])), p50_without=_ms(statistics.median(quiet[name] or [0.0])),
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


def _station(node: _floods.Node) -> Sender:
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


def _arrays(node: _floods.Node) -> Sender:
    begin = int(time.time() * 1000) - 2 * 3_600_000
    wire: list[socket.socket] = []

    def send(number: int) -> list[tuple[int, int]]:
        at = [begin + (number * 20 + one) * 100 for one in range(20)]
        body = _floods.array(node.good, [[_floods.iso(ms), 40 + ms % 900 / 100] for ms in at])
        status = _floods.post(wire, node.http, _floods.ARRAYS, node.good_key, body)
        assert status == 201, status
        return [(node.good, ms) for ms in at]

    return Sender("data arrays", 5, send)


def _device(node: _floods.Node) -> Sender:
    """Acknowledged when it is seen in the table."""
    import psycopg
    from django.db import connection

    client = _floods.mqtt(node.broker)
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


if __name__ == "__main__":
    main()
