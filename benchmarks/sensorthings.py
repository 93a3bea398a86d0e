"""Data arrays of SensorThings: how fast bytes become columns, and observations a second over HTTP until they are kept.

    python benchmarks/sensorthings.py [--peer FOLDER] [--seconds 8]

`--peer`: a folder with django-ogc-sensorthings 1.2 and gunicorn (pip install --target); both nodes are then asked with
the same data in one run. Without it the last figure measured on a like machine stands in.
"""

import argparse
import gc
import json
import multiprocessing
import os
import socket
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import _node

ROWS = 5000  # of a body
STREAMS = 50  # of our node, in turn in each body
CLIENTS = 2
MOST = 300_000  # observations a second for which a client has bodies
PEER = "django-ogc-sensorthings 1.2.0, gunicorn with two workers"
PEER_RATE = 15_600.0  # observations/s with two clients, measured on a like machine
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def body(streams: list[object], first: int) -> bytes:
    """`ROWS` new observations, from the minute `first` on."""
    each = ROWS // len(streams)
    groups = []
    for at, stream in enumerate(streams):
        rows = [[_time(first * each + row), 20 + (row * 7 + at) % 97 / 10] for row in range(each)]
        groups.append({"Datastream": {"@iot.id": stream}, "components": ["phenomenonTime", "result"],
                       "dataArray@iot.count": each, "dataArray": rows})  # fmt: skip
    return json.dumps(groups).encode()


def _time(second: int) -> str:
    return (BEGIN + timedelta(seconds=second)).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer", type=Path)
    parser.add_argument("--seconds", type=float, default=8.0)
    asked = parser.parse_args()
    folder = _node.start()
    _parsing()
    key, streams = _things()
    with _node.serving(folder, "--no-worker") as port:
        ours, wrong = _drive(
            port, "/api/sensorthings/v1.1/CreateObservations", key, [streams] * CLIENTS, asked.seconds
        )
    assert not wrong, f"{wrong} answers were not 201"
    print(f"ours: {ours:,.0f} observations/s", flush=True)
    theirs = _peer(asked.peer, asked.seconds) if asked.peer else PEER_RATE
    _node.tell(
        "sensorthings-data-arrays", ours, "observations/s", PEER, theirs, rows=ROWS, clients=CLIENTS,
        same_run=bool(asked.peer), processors=os.cpu_count(),
    )  # fmt: skip


def _parsing() -> None:
    """The half before the door; the peer reads JSON and each time as Python's own library does."""
    import numpy as np
    import orjson

    from gezhi.exchange.sensorthings.arrays import answer_to, arrays_in

    text = body([*range(1, STREAMS + 1)], 0)

    def ours() -> None:
        found = arrays_in(orjson.loads(text), 0)
        answer_to(found, np.zeros(len(found.columns), np.int8), "http://localhost/api/sensorthings/v1.1")

    def plain() -> None:
        found = [
            (group["Datastream"]["@iot.id"], datetime.fromisoformat(row[0]).timestamp(), float(row[1]))
            for group in json.loads(text)
            for row in group["dataArray"]
        ]
        json.dumps([f"http://localhost/Observations({one[0]})" for one in found])

    _node.tell(
        "sensorthings-parse", _rate(ours), "observations/s", "json and datetime.fromisoformat", _rate(plain)
    )


def _rate(work: Any) -> float:
    """A second of processor time, with what is loaded frozen as the web server does it."""
    work()
    gc.freeze()
    turns, begun = 0, time.process_time()
    while time.process_time() - begun < 1.0:
        work()
        turns += 1
    return turns * ROWS / (time.process_time() - begun)


def _thing(name: str) -> dict[str, Any]:
    unit = {"name": "metre", "symbol": "m", "definition": "http://qudt.org/vocab/unit/M"}
    place = {"name": name, "description": name, "encodingType": "application/geo+json",
             "location": {"type": "Point", "coordinates": [121.505, 29.805]}}  # fmt: skip
    stream = {
        "name": name, "description": name, "unitOfMeasurement": unit,
        "observationType": "http://www.opengis.net/def/observationType/OGC-OM/2.0/OM_Measurement",
        "Sensor": {"name": "a", "description": "a", "encodingType": "text/html", "metadata": "http://a"},
        "ObservedProperty": {"name": "level", "definition": "http://a", "description": "a"},
    }  # fmt: skip
    return {"name": name, "description": name, "Locations": [place], "Datastreams": [stream]}


def _things() -> tuple[str, list[object]]:
    from django.test import Client
    from django.utils import timezone

    from gezhi.people.actions import issue_token
    from gezhi.sensing.models import Datastream
    from tests import cast

    key = issue_token(cast.here().account("leader"), "bench", ["read", "sense"], timezone.now())
    client = Client(headers={"host": "localhost", "Authorization": f"Bearer {key}"})
    for number in range(STREAMS):
        answer = client.post(
            "/api/sensorthings/v1.1/Things", json.dumps(_thing(f"t{number}")), content_type="application/json"
        )
        assert answer.status_code == 201, answer.content
    made = Datastream.objects.filter(thing__name__in=[f"t{number}" for number in range(STREAMS)])
    return key, list(made.order_by("pk").values_list("pk", flat=True))


def _peer(site: Path, seconds: float) -> float:
    import _sta_peer

    with _sta_peer.serving(site) as port:
        streams: list[list[object]] = [
            [_sta_peer.stream(port, _thing(f"p{number}"))] for number in range(CLIENTS)
        ]
        rate, wrong = _drive(port, "/sensorthings/v1.1/CreateObservations", "", streams, seconds)
    if wrong:
        raise SystemExit(f"The peer refused {wrong} bodies.")
    return rate


def _drive(port: int, path: str, key: str, streams: list[list[object]], seconds: float) -> tuple[float, int]:
    """Each client a process with bodies of its own, made before the clock starts. Rate and refused bodies."""
    with multiprocessing.Pool(len(streams)) as pool:
        jobs = [(port, path, key, mine, turn, seconds) for turn, mine in enumerate(streams)]
        found = pool.starmap(_client, jobs, chunksize=1)
    return sum(rows for rows, _ in found) / seconds, sum(wrong for _, wrong in found)


def _client(
    port: int, path: str, key: str, streams: list[object], turn: int, seconds: float
) -> tuple[int, int]:
    bodies = [body(streams, turn * 10_000 + number) for number in range(int(min(40, MOST // ROWS) * seconds))]
    rows = wrong = 0
    wire, end = _wire(port), float("inf")
    for number, text in enumerate(bodies):
        wire.sendall(_head(path, key, len(text)) + text)
        status, stays = _answered(wire)
        if time.perf_counter() > end:
            return rows, wrong
        if number:  # the first body finds the server cold
            rows, wrong = rows + ROWS * (status == 201), wrong + (status != 201)
        else:
            end = time.perf_counter() + seconds
        wire = wire if stays else _wire(port)
    raise SystemExit("There are too few bodies for so many seconds.")


def _wire(port: int) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", port), 60)
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return wire


def _head(path: str, key: str, length: int) -> bytes:
    held = f"Authorization: Bearer {key}\r\n" if key else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n{held}"
        f"Content-Length: {length}\r\n\r\n"
    ).encode()


def _answered(wire: socket.socket) -> tuple[int, bool]:
    """The status, and whether the connection stays open."""
    held = b""
    while (split := held.find(b"\r\n\r\n")) < 0:
        held += wire.recv(65536) or _closed()
    head = held[:split].lower()
    left = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0] or 0) - len(held) + split + 4
    while left > 0:
        left -= len(wire.recv(min(left, 1 << 20)) or _closed())
    return int(head[9:12]), b"connection: close" not in head


def _closed() -> bytes:
    raise ConnectionError("The server closed the connection in the middle of an answer.")


if __name__ == "__main__":
    main()
