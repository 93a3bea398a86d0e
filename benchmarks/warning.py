"""From a reading over a limit to the case on the phone of the grid's worker, under full load; each stage by itself.

    python benchmarks/warning.py [--alarms 120] [--workers 12] [--search 4]

A node as `gezhi serve` runs it, over a city of 105,000 grids, with a broker (mosquitto). The load: mixed traffic as
benchmarks/load.py has it at 70 % of what the machine bears, looked for while the platform's design rate of readings
comes by the broker. Detectors in homes of so many grids then tell smoke by the broker, one after the other, each at its
own time whatever became of those before. Every grid has a worker of its own whose phone listens (_phone.py); an alarm
has arrived when that phone was told of its case and the case stands in the day's work that it reads then.

Stages: published to kept (with the alarm, one transaction), kept to the turn of the monitors' clock that raises the
warning, that turn to the case (raised, opened, committed), case to told, told to listed.
"""

import argparse
import multiprocessing
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import _node
import _phone

LIMIT = 2.0  # seconds, p95
RATE = 1_389  # readings a second: 120 million a day
SERIES = 2_000
TOGETHER = 10  # readings in a message
OPEN = 50_000  # cases
GAP = (0.9, 1.9)  # seconds between two alarms: least and most
PATIENCE = 20.0  # seconds after the last alarm
MONITOR = "hs-smoke"
STAGES = ("kept", "turn", "case", "told", "listed")
MAPPINGS = [
    {"filter": "air/#", "form": "json", "key": "{device}", "values": {"o3": "v"}, "time": "t", "clock": "ms"},
    {"filter": "homes/+", "form": "json", "key": "{1}", "values": {"smoke": "smoke"}, "time": "t", "clock": "ms"},
]  # fmt: skip


@dataclass
class Seen:
    """What became of each detector's alarm, by its series. `kept`, `case`: when it was seen to be committed."""

    kept: dict[int, float] = field(default_factory=dict)
    case: dict[int, float] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--alarms", type=int, default=120)
    parser.add_argument("--workers", type=int, default=12, help="Grids, each with one.")
    parser.add_argument("--search", type=float, default=4.0, help="Seconds of each rate that is tried.")
    asked = parser.parse_args()
    folder = _node.start()
    from tests.exchange.mosquitto import Mosquitto

    homes = _built(asked.workers, asked.alarms)
    with (
        tempfile.TemporaryDirectory() as own,
        _broker(Mosquitto(Path(own))) as broker,
        _node.serving(folder, "--live-port", str(_node.free_port())) as port,
        _readings(broker.port),
    ):
        phones = _phones(port, asked.workers)
        with _traffic(port) as pipe:
            limit = _limit(pipe, asked.search)
            pipe.send(("drive", 0.7 * limit))
            time.sleep(5)
            found = _measured(broker.port, homes, phones)
            pipe.send(None)
            load = pipe.recv()
    _tell(asked, homes, phones, found, {"limit": limit} | load)


def _built(workers: int, alarms: int) -> list[tuple[int, str, int]]:
    """(series, key of the detector, number of its worker): in homes of as many grids as there are workers."""
    import _city
    import _sensing_node as sensing

    _city.OPEN, _city.CLOSED = OPEN, OPEN // 10
    _city.build()
    from tests.sensing.things import with_packs

    with_packs("home-smoke", "air")
    sensing.made_series(SERIES)
    grids = _grids(workers)
    _hired(grids)
    return [(*_detector(number, grids[number % workers]), number % workers) for number in range(alarms)]


def _grids(workers: int) -> list[str]:
    """Not of one village, and as busy as a city's grids are."""
    from gezhi.cases.models import Case

    found = Case.objects.filter(is_open=True).values_list("place_code", flat=True).distinct()
    return random.Random(7).sample(sorted(one for one in found if len(one) == 15), workers)


def _hired(grids: list[str]) -> None:
    from gezhi.people.actions import load_people
    from gezhi.people.models import Account, Post, Unit
    from tests import cast

    password = Account.objects.get(username="grid-worker").password
    unit = Unit.objects.get(code="wanan")
    accounts = [
        Account(username=f"worker-{n}", name=f"网格员{n}", password=password) for n in range(len(grids))
    ]
    posts = [
        Post(account=one, unit=unit, role="grid-worker", place_code=grid, valid_from=cast.SINCE)
        for one, grid in zip(accounts, grids, strict=True)
    ]
    load_people(accounts, [], posts)


def _detector(number: int, grid: str) -> tuple[int, str]:
    from gezhi.sensing.models import Thing
    from tests.sensing.things import a_series

    key = f"home-{number}"
    thing = Thing.objects.create(key=key, name=f"{key}号烟感", kind="home-smoke-alarm", place_code=grid)
    return a_series(thing, "smoke", "1"), key


@contextmanager
def _broker(broker: Any) -> Iterator[Any]:
    from gezhi.exchange.feeds.adding import add_broker

    broker.start()
    url = f"mqtt://127.0.0.1:{broker.port}"
    add_broker("city", "城市物联网平台", {"url": url, "subscriptions": MAPPINGS}, "", datetime.now(UTC))
    try:
        yield broker
    finally:
        broker.kill()


@contextmanager
def _readings(port: int) -> Iterator[None]:
    """The platform's design rate, from a process of its own."""
    sending = multiprocessing.get_context("spawn").Process(target=_send_readings, args=(port,), daemon=True)
    sending.start()
    try:
        yield
    finally:
        sending.kill()
        sending.join()


def _send_readings(port: int) -> None:
    import json

    client, chance = _connected(port), random.Random(3)
    begun, sent = time.perf_counter(), 0
    while True:
        due = begun + sent / RATE
        if (pause := due - time.perf_counter()) > 0:
            time.sleep(pause)
        now = int(time.time() * 1000)
        rows = [
            {"device": f"bench-{(sent + one) % SERIES}", "v": round(60 + chance.gauss(0, 5), 1), "t": now}
            for one in range(TOGETHER)
        ]
        client.publish("air/city", json.dumps(rows), qos=1)
        sent += TOGETHER


def _connected(port: int) -> Any:
    import paho.mqtt.client as paho

    client = paho.Client(paho.CallbackAPIVersion.VERSION2)
    client.max_queued_messages_set(0)
    client.max_inflight_messages_set(1000)
    client.connect("127.0.0.1", port)
    client.loop_start()
    return client


def _phones(port: int, workers: int) -> list[_phone.Phone]:
    from tests.cast import PASSWORD

    found = [_phone.Phone(f"http://localhost:{port}", f"worker-{n}", PASSWORD) for n in range(workers)]
    for one in found:
        one.start()
    for one in found:
        assert one.ready.wait(30), "the stream does not answer"
    return found


@contextmanager
def _traffic(port: int) -> Iterator[Connection]:
    """Mixed traffic from a process of its own; see `_drives` for what it is told."""
    import load

    traffic = load._traffic()
    here, there = multiprocessing.Pipe()
    words = (there, traffic.keys, traffic.unit, port, traffic.run)
    driving = multiprocessing.get_context("spawn").Process(target=_drives, args=words, daemon=True)
    driving.start()
    try:
        yield here
    finally:
        driving.kill()
        driving.join()


def _drives(pipe: Connection, keys: dict[str, str], unit: int, port: int, run: str) -> None:
    """("limit", seconds) is answered with requests a second; ("drive", rate) goes on until None, which is answered with
    what became of them."""
    from gezhi.config.cli import prepare

    prepare()
    import load

    traffic = load.Traffic(keys, unit, port, run)
    load._closed(traffic, 4, 4)  # everything is loaded
    answers: list[load.Answer] = []
    seconds = 0.0
    while asked := pipe.recv():
        what, value = asked
        if what == "limit":
            pipe.send(load.limit_of(traffic, value))
            continue
        while not pipe.poll():
            answers += load.drive(traffic, value, 5)
            seconds += 5
    wrong = sum(one.status not in load.DONE for one in answers)
    pipe.send({**load.summary(answers, seconds), "wrong": wrong})


def _limit(pipe: Connection, seconds: float) -> float:
    pipe.send(("limit", seconds))
    return float(pipe.recv())


def _measured(
    port: int, homes: list[tuple[int, str, int]], phones: list[_phone.Phone]
) -> dict[int, dict[str, float]]:
    """By series, when each stage was reached; `published` with them."""
    import json

    seen, client, chance = Seen(), _connected(port), random.Random(5)
    observer = threading.Thread(target=_observe, args=(seen,), daemon=True)
    observer.start()
    time.sleep(1)
    published: dict[int, float] = {}
    for series, key, _ in homes:
        published[series] = now = time.time()
        client.publish(f"homes/{key}", json.dumps({"smoke": 1, "t": int(now * 1000)}), qos=1)
        time.sleep(chance.uniform(*GAP))
    _until_all_came(homes, phones)
    seen.ended.set()
    observer.join(5)
    return _together(homes, phones, published, seen)


def _until_all_came(homes: list[tuple[int, str, int]], phones: list[_phone.Phone]) -> None:
    end, wanted = time.time() + PATIENCE, {series for series, _, _ in homes}
    while time.time() < end:
        cases = _cases()
        if wanted <= cases.keys() and all(cases[s][1] in phones[w].listed for s, _, w in homes):
            return
        time.sleep(0.5)


def _cases() -> dict[int, tuple[int, str, float]]:
    """By series: its case, the case's number, and when the turn began that raised the warning."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.datastream_id, c.id, c.number, w.raised_at FROM sensing_sensedwarning w"
            " JOIN sensing_warningmember m ON m.warning_id = w.id JOIN cases_case c ON c.id = w.case_id"
            " WHERE w.monitor = %s",
            [MONITOR],
        )
        return {series: (pk, number, at.timestamp()) for series, pk, number, at in cursor.fetchall()}


def _observe(seen: Seen) -> None:
    """PostgreSQL tells at the commit; what was committed is looked up."""
    import psycopg
    from django.db import connection

    words = connection.get_connection_params()
    with psycopg.connect(**words, autocommit=True) as ear, psycopg.connect(**words, autocommit=True) as eye:
        ear.execute("LISTEN gezhi_sensing")
        ear.execute("LISTEN case_events")
        while not seen.ended.is_set():
            for told in ear.notifies(timeout=0.5, stop_after=1):
                now = time.time()
                if told.channel == "gezhi_sensing":
                    _note(
                        seen.kept,
                        eye,
                        "SELECT datastream_id FROM sensing_alarm WHERE monitor = %s",
                        now,
                        MONITOR,
                    )
                else:
                    low, high = told.payload.split()
                    _note(seen.case, eye, _OPENED, now, low, high)


_OPENED = """
SELECT DISTINCT c.id FROM cases_caseevent e JOIN cases_case c ON c.id = e.case_id
WHERE e.id BETWEEN %s::bigint AND %s::bigint AND e.seq = 1 AND c.category = 'hs-alarm'
"""


def _note(found: dict[int, float], eye: Any, statement: str, now: float, *values: object) -> None:
    for (key,) in eye.execute(statement, values).fetchall():
        found.setdefault(key, now)


def _together(
    homes: list[tuple[int, str, int]], phones: list[_phone.Phone], published: dict[int, float], seen: Seen
) -> dict[int, dict[str, float]]:
    cases, found = _cases(), {}
    for series, _, worker in homes:
        times = {"published": published[series], "kept": seen.kept.get(series, 0.0)}
        if series in cases:
            case, number, turn = cases[series]
            phone = phones[worker]
            times |= {"turn": turn, "case": seen.case.get(case, 0.0)}
            times |= {"told": phone.told.get(case, 0.0), "listed": phone.listed.get(number, 0.0)}
        found[series] = times
    return found


def _tell(
    asked: argparse.Namespace,
    homes: list[tuple[int, str, int]],
    phones: list[_phone.Phone],
    found: dict[int, dict[str, float]],
    load: dict[str, Any],
) -> None:
    came = [one for one in found.values() if one.get("told") and one.get("listed")]
    never = len(homes) - len(came)
    whole = sorted(max(one["told"], one["listed"]) - one["published"] for one in came) or [float("inf")]
    fetched = sorted(seconds for phone in phones for seconds in phone.fetched)
    _node.tell(
        "warning-on-phone-p95", _p95(whole), "s", "the limit of two seconds", LIMIT,
        alarms=len(homes), never=never, strangers=_strangers(homes, phones), p50=round(statistics.median(whole), 3),
        longest=round(whole[-1], 3), workers=asked.workers, readings_per_s=RATE,
        day_p95=round(_p95(fetched), 3), troubles=sum(len(phone.troubles) for phone in phones),
        processors=os.cpu_count(), load={key: value for key, value in load.items() if value is not None},
    )  # fmt: skip
    for before, after in zip(("published", *STAGES), STAGES, strict=False):
        spans = sorted(
            max(0.0, one[after] - one[before]) for one in came if one.get(after) and one.get(before)
        )
        if spans:
            share = statistics.fmean(spans) / statistics.fmean(whole)
            _node.tell(
                f"warning-stage {before} to {after}", _p95(spans), "s p95", "the whole way", _p95(whole),
                p50=round(statistics.median(spans), 3), longest=round(spans[-1], 3), share=round(share, 3),
            )  # fmt: skip
    if never or _p95(whole) > LIMIT:
        sys.exit(1)


def _strangers(homes: list[tuple[int, str, int]], phones: list[_phone.Phone]) -> int:
    """Cases of alarms on phones of other grids."""
    cases = _cases()
    own = [{cases[s][0] for s, _, w in homes if w == n and s in cases} for n in range(len(phones))]
    alarms = set().union(*own)
    return sum(len((alarms - own[n]) & phone.told.keys()) for n, phone in enumerate(phones))


def _p95(times: list[float]) -> float:
    """Of sorted ones."""
    return times[min(len(times) - 1, int(len(times) * 0.95))] if times else float("nan")


if __name__ == "__main__":
    main()
