"""Readings a second from a batch, an array, a message or a frame until they are kept once, ruled and acknowledged.

    python benchmarks/sensing.py [--only new resent late http mqtt hj212 archive rows] [--seconds 8] [--batch 20000]
        [--series 2000] [--archived 1000000] [--rows 100000000] [--minutes 14] [--peer FOLDER]

- new: batches of new readings through the door, against a bare binary COPY of the same rows into a table of the same
  days and key. late: readings behind what their series have, so that all go by staging, against staging and insert on
  conflict. resent: batches of which a tenth was sent before, against the same. Batches of both go in turn.
- http: data arrays of SensorThings, against django-ogc-sensorthings (`--peer`: its folder, see sensorthings.py).
- mqtt: messages of QoS 1, a reading each, acknowledged after the commit, against a client that discards.
- hj212: frames of ten factors over TCP, acknowledged after the commit, for a core of the server's process.
- archive: a day of so many readings into its file, checked and given up, against reading them out of the table alone.
- rows: a batch costs what it did when so many rows are there, a sixtieth of them a day: days at 10^6, 10^7, 10^8 rows
  against the first. It ends after `--minutes`, with what it came to; 10^8 rows are 10 to 15 GB, given back at the end.

One JSON line each, as soon as it is known; all of them in under 25 minutes. The rule engine is on: every series is
watched by two monitors of the air pack.
"""

import argparse
import os
import selectors
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import _node
import _sensing_node as node
import numpy as np

if TYPE_CHECKING:
    import psycopg

PARTS = ("new", "resent", "late", "http", "mqtt", "hj212", "archive", "rows")
DAY = 86_400_000  # ms
DAYS = 60
BYTES, SPARE = 150, 10 << 30  # of a row with its index and what is written ahead; that stay free
Cut = Callable[[int], Any]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="*", choices=PARTS, default=PARTS)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rows", type=int, default=100_000_000)
    parser.add_argument("--minutes", type=float, default=14.0)
    parser.add_argument("--archived", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=20_000)
    parser.add_argument("--series", type=int, default=2_000)
    parser.add_argument("--rows-of-array", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=2)
    parser.add_argument("--messages", type=int, default=150_000)
    parser.add_argument("--devices", type=int, default=400)
    parser.add_argument("--peer")
    asked = parser.parse_args()
    folder = _node.start()
    node.publish_packs()
    for part in asked.only:
        globals()[f"part_{part}"](asked, folder)


def part_new(asked: argparse.Namespace, _folder: object) -> None:
    series, begin = node.made_series(asked.series, prefix="new"), now_ms() - 2 * 3_600_000
    ours, theirs = in_turn(asked, lambda turn: columns(series, asked.batch, begin, turn), bare_copy)
    _node.tell("readings-new", ours, "readings/s", "bare binary COPY", theirs, **said(asked))


def part_late(asked: argparse.Namespace, _folder: object) -> None:
    series, begin = node.made_series(asked.series, prefix="late"), now_ms() - 2 * 3_600_000
    taken(columns(series, len(series), now_ms() - 60_000, 0))
    ours, theirs = in_turn(asked, lambda turn: columns(series, asked.batch, begin, turn), bare_staging)
    _node.tell(
        "readings-late", ours, "readings/s", "bare staging and on conflict", theirs, target=0.7, **said(asked)
    )


def part_resent(asked: argparse.Namespace, _folder: object) -> None:
    from gezhi.sensing.columns import Columns

    series, begin = node.made_series(asked.series, prefix="resent"), now_ms() - 2 * 3_600_000

    def cut(turn: int) -> Columns:
        fresh = columns(series, asked.batch, begin, turn)
        if not turn:
            return fresh
        again = columns(series, asked.batch, begin, turn - 1)[: asked.batch // 10]
        return Columns.joined([again, fresh[asked.batch // 10 :]])

    ours, theirs = in_turn(asked, cut, bare_staging)
    _node.tell(
        "readings-resent",
        ours,
        "readings/s",
        "bare staging and on conflict",
        theirs,
        target=0.7,
        **said(asked),
    )


def part_http(asked: argparse.Namespace, folder: object) -> None:
    import sensorthings as sta

    sta.ROWS = asked.rows_of_array
    key, streams = sta._things()
    before = rows_kept()
    with _node.serving(folder, "--no-worker") as port:  # type: ignore[arg-type]
        path = "/api/sensorthings/v1.1/CreateObservations"
        ours, wrong = sta._drive(port, path, key, [streams] * asked.clients, asked.seconds)
    assert not wrong, f"{wrong} answers were not 201"
    assert rows_kept() - before >= ours * asked.seconds, "answers were 201, and rows were refused"
    sta.ROWS = 5_000
    theirs = sta._peer(asked.peer, asked.seconds) if asked.peer else sta.PEER_RATE
    more = {"rows": asked.rows_of_array, "clients": asked.clients, "same_run": bool(asked.peer)}
    _node.tell("sensorthings-kept", ours, "observations/s", sta.PEER, theirs, target=150_000, **more)


def rows_kept() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sensing_reading")
        return int(cursor.fetchone()[0])


def part_mqtt(asked: argparse.Namespace, folder: object) -> None:
    import mqtt

    node.made_series(1_000, prefix="well")
    runs: dict[str, list[mqtt.Run]] = {"kept": [], mqtt.PEER: []}
    reading = mqtt.reading
    mqtt.READERS["kept"] = mqtt.READERS["ours"]  # it tells its own times, too
    mqtt.reading = lambda name, port, count: (
        kept_reader(port, count) if name == "kept" else reading(name, port, count)
    )
    for _ in range(3):
        for name, found in runs.items():
            found.append(mqtt.run(name, asked.messages))
    ours, theirs = (median(asked.messages / one.seconds for one in runs[name]) for name in runs)
    core = median(asked.messages / one.reader for one in runs["kept"])
    broker = median(asked.messages / one.broker for one in runs[mqtt.PEER])
    more = {
        "core": round(core),
        "broker_core": round(broker),
        "core_ratio": round(core / broker, 2),
        "target": 0.8,
    }
    _node.tell("mqtt-kept", ours, "messages/s", "mosquitto to a client that discards", theirs, **more)


def kept_reader(port: int, count: int) -> "subprocess.Popen[bytes]":
    command = [sys.executable, node.__file__, str(port), "kept", str(count)]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert reader.stdout
    reader.stdout.readline()
    return reader


def part_hj212(asked: argparse.Namespace, _folder: object) -> None:
    import hj212

    from tests.exchange.hj212_cast import CODES

    node.made_series(asked.devices * len(CODES), CODES, prefix="stack")
    each = int(asked.seconds * 40_000 / asked.devices) + 40
    load = node.Load(node.frames_of(asked.devices, each), 10, asked.seconds)
    hj212.drive = drive
    ours = hj212.measured(node.hj212, load)  # type: ignore[arg-type]
    sent.clear()
    echo = hj212.measured(hj212.echoing, load._replace(again=True))  # type: ignore[arg-type]
    more = {"wall": round(ours.wall), "readings": round(len(CODES) * ours.wall), "target": 25_000}
    _node.tell("hj212-kept", ours.core, "frames/s of one core", "bare asyncio echo", echo.core, **more)


sent: dict[int, int] = {}  # by client: frames that were sent before the clock started are not sent again


def drive(port: int, load: node.Load) -> tuple[int, float]:
    """Each client sends its next frames when all before them were answered. Answers, and seconds."""
    selector, clients = selectors.DefaultSelector(), dict[socket.socket, list[int]]()
    for number in range(len(load.frames)):
        client = socket.create_connection(("127.0.0.1", port))
        clients[client] = [number, sent.get(number, 0), 0]  # whose, the next frame, answers that are missing
        selector.register(client, selectors.EVENT_READ)
        send(client, clients[client], load)
    answers, begun = 0, time.monotonic()
    while time.monotonic() - begun < load.seconds and selector.get_map():
        for ready, _ in selector.select(1.0):
            client = ready.fileobj
            assert isinstance(client, socket.socket)
            came = client.recv(1 << 16).count(b"\n")
            answers += came
            clients[client][2] -= came
            if clients[client][2] <= 0 and not send(client, clients[client], load):
                selector.unregister(client)
    took = time.monotonic() - begun
    for client, (number, at, _) in clients.items():
        sent[number] = at
        client.close()
    return answers, took


def send(client: socket.socket, state: list[int], load: node.Load) -> bool:
    """False: there is nothing more to send."""
    number, at, _ = state
    if load.again and at >= len(load.frames[number]):
        at = 0
    frames = load.frames[number][at : at + load.at_once]
    if frames:
        client.sendall(b"".join(frames))
        state[1], state[2] = at + len(frames), len(frames)
    return bool(frames)


def part_rows(asked: argparse.Namespace, folder: Path) -> None:
    """Sixty days, each holding a sixtieth of the rows, filled in the order of time. A line for the day in which a power
    of ten was reached, and for the last; the peer is the first day."""
    series = node.made_series(asked.series, prefix="rows")
    batches = max(DAYS, asked.rows // asked.batch)
    if shutil.disk_usage(folder).free < batches * asked.batch * BYTES + SPARE:
        raise SystemExit(f"{asked.rows} rows of {BYTES} bytes and {SPARE} to spare: the disk has less.")
    span, begin = DAYS * DAY // batches, now_ms() - DAYS * DAY
    from gezhi.sensing.actions.days import make_days_of

    make_days_of(np.arange(begin, now_ms() + DAY, DAY))
    each, until = batches // DAYS, time.monotonic() + 60 * asked.minutes
    first, rows = 0.0, 0
    for day in range(DAYS):
        times = [
            timed(columns(series, asked.batch, begin, turn, span))
            for turn in range(day * each, (day + 1) * each)
        ]
        rate, before, rows = asked.batch / median(times), rows, rows + each * asked.batch
        first = first or rate
        over = time.monotonic() > until
        if len(str(rows)) > max(6, len(str(before))) or day == DAYS - 1 or over:
            more = {"rows": rows, "day": day + 1, **said(asked)}
            _node.tell("readings-cost", rate, "readings/s", "the first day", first, **more)
        if over:
            return


def timed(rows: Any) -> float:
    clock = time.perf_counter()
    taken(rows)
    return time.perf_counter() - clock


def part_archive(asked: argparse.Namespace, _folder: object) -> None:
    from datetime import timedelta

    from gezhi.sensing.actions.archiving import archive_days
    from gezhi.sensing.models import ArchivedDay
    from gezhi.sensing.queries.archived import readings_of, rows_of_day

    series, now = node.made_series(asked.series, prefix="old"), datetime.now(UTC)
    begin, batches = (now_ms() // DAY - 40) * DAY, max(1, asked.archived // asked.batch)
    for turn in range(batches):
        taken(columns(series, asked.batch, begin, turn, DAY // batches))
    day, clock = datetime.fromtimestamp(begin / 1000, UTC).date(), time.perf_counter()
    rows = sum(len(piece) for piece in rows_of_day(day))
    bare, clock = time.perf_counter() - clock, time.perf_counter()
    assert archive_days(now, 30) == [day]
    spent, clock = time.perf_counter() - clock, time.perf_counter()
    readings_of(series[:1], now - timedelta(days=60), now)
    one = (time.perf_counter() - clock) * 1000
    kept = ArchivedDay.objects.get()
    more = {"rows": rows, "bytes_a_reading": round(kept.bytes / kept.rows, 2), "one_series_ms": round(one, 1)}
    _node.tell("readings-archived", rows / spent, "readings/s", "reading them alone", rows / bare, **more)


def in_turn(asked: argparse.Namespace, cut: Cut, peer: Callable[[Any], None]) -> tuple[float, float]:
    """Readings a second of ours and of the peer's, over the same batches, for about as long as was asked."""
    spent, turn = [0.0, 0.0], 0
    make_peer()
    while sum(spent) < 2 * asked.seconds:
        rows = cut(turn)
        for place, work in enumerate((taken, peer)):
            clock = time.perf_counter()
            work(rows)
            spent[place] += (time.perf_counter() - clock) if turn else 0.0  # the first batch finds both cold
        turn += 1
    drop_peer()
    return tuple(asked.batch * (turn - 1) / one for one in spent)  # type: ignore[return-value]


def columns(series: list[int], count: int, begin: int, turn: int, span: int | None = None) -> Any:
    """Each series in turn, later with each turn; sorted by nothing but time."""
    from gezhi.sensing.columns import Columns

    each = -(-count // len(series))
    step = (span // each) if span else 25
    numbers = np.tile(np.array(series, np.int32), each)[:count]
    at = begin + turn * (span or each * step) + np.repeat(np.arange(each), len(series))[:count] * step
    value = 40 + np.random.default_rng(turn).normal(0, 5, count).round(1)
    return Columns.of(numbers, at, value)


def taken(rows: Any) -> None:
    from gezhi.sensing.actions.taking import take

    take(rows, "bench", datetime.now(UTC))


def make_peer() -> None:
    """A table of the same columns, key and days; days of the last two months."""
    today = datetime.now(UTC).date().toordinal()
    with as_owner() as one:
        one.execute(
            "CREATE TABLE peer_reading (datastream_id int NOT NULL, at timestamptz NOT NULL, value float8 NOT NULL,"
            " mark int2 NOT NULL, PRIMARY KEY (datastream_id, at)) PARTITION BY RANGE (at)"
        )
        for day in range(today - 2, today + 2):
            low, high = (datetime.fromordinal(one).date().isoformat() for one in (day, day + 1))
            one.execute(
                f"CREATE TABLE peer_{day} PARTITION OF peer_reading"
                f" FOR VALUES FROM ('{low} 00:00+00') TO ('{high} 00:00+00')"
            )
        one.execute("GRANT ALL ON peer_reading TO PUBLIC")


def drop_peer() -> None:
    """Before a server starts, which wants to own every table."""
    with as_owner() as one:
        one.execute("DROP TABLE peer_reading")


def as_owner() -> "psycopg.Connection[Any]":
    import psycopg
    from _sta_peer import _wire
    from django.db import connection

    from gezhi.config.roles import SUPERUSER

    return psycopg.connect(**_wire({**connection.settings_dict, "USER": SUPERUSER}), autocommit=True)


def bare_copy(rows: Any) -> None:
    from django.db import transaction

    with transaction.atomic():
        copied("peer_reading (datastream_id, at, value, mark)", rows)


def bare_staging(rows: Any) -> None:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS peer_staging (datastream_id int, at timestamptz, value float8, mark int2)"
            " ON COMMIT DELETE ROWS"
        )
        copied("peer_staging", rows)
        cursor.execute(
            "INSERT INTO peer_reading SELECT * FROM peer_staging ORDER BY datastream_id, at ON CONFLICT DO NOTHING"
        )


def copied(target: str, rows: Any) -> None:
    from django.db import connection

    from gezhi.sensing.actions import copying

    binary = copying._filled(rows, copying._ROW, 4).tobytes()
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(f"COPY {target} FROM STDIN (FORMAT BINARY)") as copy,
    ):
        copy.write(copying._HEAD)
        copy.write(binary)
        copy.write(copying._END)


def now_ms() -> int:
    return int(time.time() * 1000)


def said(asked: argparse.Namespace) -> dict[str, object]:
    return {"batch": asked.batch, "series": asked.series, "processors": os.cpu_count()}


if __name__ == "__main__":
    main()
