"""Kill -9 of whatever hears, keeps or carries readings; none that was acknowledged may be lost or doubled, no alarm
lost or told twice, and a length of time that ran goes on where it was.

    python -m tests.chaos.sensed --rounds 100

prints a line of JSON for each round and one at the end; exit code 1 when a promise was broken. A station (HJ 212) and
devices at a broker (MQTT) send; in each round one of the process that senses, the database and the broker is killed at
a random instant. Series that are to warn by time alone get one reading over their limit right before it.
"""

import argparse
import json
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

WELLS, TIMERS = 40, 4  # things at the broker; those that warn by time alone
MN = "010000A8900016F000169DC0"
HOLD, KEEP = 3.0, 2.0  # seconds, as the pack below says
HIGH, LOW = 12.0, 1.0
UNSAVED = 2.0  # seconds in which a broker that is killed loses what it took: mosquitto saves once a second
VICTIMS = ("sense", "database", "broker")
PACK = {
    "pack.yaml": """\
name: probes
version: 1.0.0
title: {zh: 探头, en: Probes}
about: {zh: 试, en: For tests}
source: tests
needs: {city-management: 1.0.0}
""",
    "CHANGELOG.md": "# Probes\n\n## 1.0.0\n- Begun.\n",
    "things.yaml": """\
things:
  - key: probe
    title: {zh: 探头, en: Probe}
    function: municipal
    datastreams:
      - {property: depth, title: {zh: 水深, en: Depth}, unit: cm, high: 500,
         every: 1 minutes, silent: 1 days, keep: 30 days}
    source: tests
""",
    "monitors.yaml": """\
monitors:
  - key: probe-deep
    title: {zh: 水深, en: Deep}
    of: {kind: probe, property: depth}
    unit: cm
    levels: {yellow: value >= 5, orange: value >= 10}
    for: 3 seconds
    keep: 2 seconds
    group: {by: [thing], wait: at once}
    todo: {zh: 查看, en: Look}
    source: tests
""",
}


@dataclass
class Kept:
    """A command that is begun again half a second after it ends, as a service would be."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    begun: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        threading.Thread(target=self._look_after, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        if self._process:
            self._process.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(20)
            self.kill()

    def kill(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.kill()

    def _look_after(self) -> None:
        while not self._stopping.is_set():
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    self.command, env=self.environment, stdout=log, stderr=log, start_new_session=True
                )
            self.begun += 1
            self._process.wait()
            self._stopping.wait(0.5)


@dataclass
class Sent:
    """What was acknowledged: series -> ms -> value; `at`: by the clock of this process, when."""

    kept: dict[int, dict[int, float]] = field(default_factory=dict)
    at: dict[tuple[int, int], float] = field(default_factory=dict)
    asked: dict[int, dict[int, float]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, series: int, ms: int, value: float) -> None:
        with self.lock:
            self.asked.setdefault(series, {})[ms] = value

    def acknowledge(self, series: int, ms: int) -> None:
        with self.lock:
            self.kept.setdefault(series, {})[ms] = self.asked[series][ms]
            self.at[series, ms] = time.monotonic()

    @property
    def count(self) -> int:
        return len(self.at)


class Station(threading.Thread):
    """One frame at a time, sent again until it is answered with 9014."""

    def __init__(self, port: int, series: int, sent: Sent, seed: int) -> None:
        super().__init__(daemon=True)
        self.stopping, self._port, self._series, self._sent = threading.Event(), port, series, sent
        self._chance, self._line = random.Random(seed), None

    def run(self) -> None:
        while not self.stopping.is_set():
            second = int(time.time())
            value = round(self._chance.uniform(1, 100), 1)
            self._sent.ask(self._series, second * 1000, value)
            while not self.stopping.is_set() and not self._try(second, value):
                time.sleep(0.1)
            while int(time.time()) == second and not self.stopping.is_set():
                time.sleep(0.02)

    def _try(self, second: int, value: float) -> bool:
        from gezhi.exchange.hj212.segment import wire

        when = time.strftime("%Y%m%d%H%M%S", time.gmtime(second + 8 * 3600))
        now = datetime.fromtimestamp(time.time() + 8 * 3600, UTC).strftime("%Y%m%d%H%M%S%f")[:17]
        said = f"DataTime={when};a34004-Rtd={value},a34004-Flag=N"
        body = f"QN={now};ST=22;CN=2011;PW=123456;MN={MN};Flag=9;CP=&&{said}&&"
        line: socket.socket | None = self._line
        try:
            if line is None:
                line = socket.create_connection(("127.0.0.1", self._port), 2)
                line.settimeout(3)
                self._line = line  # type: ignore[assignment]
            line.sendall(wire(body.encode()))
            answer = line.recv(4096)
        except OSError:
            self._hang_up()
            return False
        if b"CN=9014" not in answer or now.encode() not in answer:
            self._hang_up()
            return False
        self._sent.acknowledge(self._series, second * 1000)
        return True

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()  # type: ignore[unreachable]
        self._line = None


class Wells(threading.Thread):
    """Devices at the broker: each sends in its own order, again until the broker has acknowledged."""

    def __init__(self, port: int, series: dict[str, int], sent: Sent, seed: int) -> None:
        super().__init__(daemon=True)
        self.stopping, self._port, self._series, self._sent = threading.Event(), port, series, sent
        self._chance, self._value = random.Random(seed), dict.fromkeys(series, 3.0)
        self._pending: dict[int, tuple[int, int]] = {}

    def run(self) -> None:
        import paho.mqtt.client as mqtt

        client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="wells", clean_session=False)
        client.max_inflight_messages_set(2000)
        client.on_publish = lambda _c, _u, mid, *_: self._told(mid)
        client.reconnect_delay_set(0.2, 1)
        while not self.stopping.is_set():
            with suppress(OSError):
                client.connect("127.0.0.1", self._port)
                break
            time.sleep(0.2)
        client.loop_start()
        while not self.stopping.is_set():
            self._send(client)
            self.stopping.wait(0.25)
        time.sleep(2)
        client.loop_stop()

    def _send(self, client: Any) -> None:
        for name in self._chance.sample(sorted(self._series), len(self._series) // 2):
            self._value[name] = min(20.0, max(0.0, self._value[name] + self._chance.uniform(-3, 3)))
            self.one(client, name, round(self._value[name], 2))

    def one(self, client: Any, name: str, value: float) -> None:
        ms, series = int(time.time() * 1000), self._series[name]
        self._sent.ask(series, ms, value)
        with self._sent.lock:
            told = client.publish(f"probes/{name}", json.dumps({"t": ms, "v": value}), qos=1)
            self._pending[told.mid] = (series, ms)

    def _told(self, mid: int) -> None:
        with self._sent.lock:
            found = self._pending.pop(mid, None)
        if found:
            self._sent.acknowledge(*found)


@dataclass
class Ground:
    sense: Kept
    database: Any
    broker: Any
    sent: Sent
    station: Station
    wells: Wells
    timers: list[int]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    problems, victims, back, begun = 0, Counter[str](), list[float](), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="gezhi-sensed-") as name, ExitStack() as stack:
        ground = laid(Path(name), asked.seed, stack)
        chance = random.Random(asked.seed)
        for number in range(asked.rounds):
            line = _round(ground, number, chance)
            problems += len(line["broken"])
            victims[line["victim"]] += 1
            back.append(line["back"])
            print(json.dumps(line, ensure_ascii=False), flush=True)
        _end(ground)
        final = [*_final(ground)]
    problems += len(final)
    back.sort()
    print(
        json.dumps({
            "rounds": asked.rounds, "victims": victims, "acknowledged": ground.sent.count, "broken": problems,
            "final": final[:20], "back_median": round(back[len(back) // 2], 2), "back_longest": round(back[-1], 2),
            "minutes": round((time.monotonic() - begun) / 60, 1),
        })
    )  # fmt: skip
    return 1 if problems else 0


def laid(folder: Path, seed: int, stack: ExitStack) -> Ground:
    from tests.chaos.ground import _settle
    from tests.chaos.outside import Outside, any_version
    from tests.chaos.server import INSTALLED, free_port
    from tests.exchange.mosquitto import Mosquitto

    folder.chmod(0o755)
    data = folder / "data"
    data.mkdir()
    outside = stack.enter_context(Outside(folder / "cluster", any_version(), folder / "postgres.log"))
    _settle(data, outside)
    (folder / "broker").mkdir()
    broker = Mosquitto(folder / "broker").start()
    stack.callback(broker.kill)
    series, timers, station = _things(broker.port)
    port = free_port()
    environment = {
        **os.environ, **INSTALLED, **outside.environment(), "GEZHI_DATA_DIR": str(data),
        "DJANGO_SETTINGS_MODULE": "gezhi.config.settings",
    }  # fmt: skip
    command = [sys.executable, "-m", "gezhi", "sense", "--hj212", f"127.0.0.1:{port}"]
    sense = stack.enter_context(Kept(command, environment, folder / "sense.log"))
    sent = Sent()
    senders = Station(port, station, sent, seed), Wells(broker.port, series, sent, seed)
    for one in senders:
        one.start()
        stack.callback(one.stopping.set)
    ground = Ground(sense, outside, broker, sent, *senders, timers)
    _wait_for(lambda: sent.count > 50 and _stored() > 20, 120, "the first readings")
    return ground


def _things(broker_port: int) -> tuple[dict[str, int], list[int], int]:
    """(broker's things -> series, series that only time moves, the station's series)."""
    from django.conf import settings
    from django.utils import timezone
    from gezhi.sensing.actions.feeds import NewFeed, begin_feed

    from gezhi.packs.actions import publish
    from gezhi.packs.loading import read_pack
    from gezhi.sensing.models import Datastream, FeedWay
    from tests.packs import small
    from tests.sensing.things import a_series, a_thing

    publish(read_pack(small.write(Path(tempfile.mkdtemp()) / "probes", PACK), [settings.PACKS_DIR]))
    series = {}
    for _ in range(WELLS):
        thing = a_thing("probe")
        series[thing.key] = a_series(thing, "depth", "cm")
        Datastream.objects.filter(pk=series[thing.key]).update(key="depth")
    timers = [a_series(a_thing("probe"), "depth", "cm") for _ in range(TIMERS)]
    station = a_thing("station")
    air = a_series(station, "pm25", "ug/m3", code="a34004")
    now = timezone.now()
    begin_feed(NewFeed(FeedWay.HJ212, MN, "站", {}, {"password": "123456"}, station.pk), now)
    mapping = {"filter": "probes/+", "key": "{1}", "values": {"depth": "v"}, "time": "t", "clock": "ms"}
    options = {"url": f"mqtt://127.0.0.1:{broker_port}", "client": "gezhi-chaos", "subscriptions": [mapping]}
    begin_feed(NewFeed(FeedWay.MQTT, "city", "城市", options), now)
    return series, timers, air


def _round(ground: Ground, number: int, chance: random.Random) -> dict[str, Any]:
    victim = VICTIMS[number % len(VICTIMS)] if number < len(VICTIMS) else chance.choice(VICTIMS)
    time.sleep(chance.uniform(0.5, 3))
    timer = ground.timers[number % TIMERS]
    over = _over(timer, HIGH)
    time.sleep(chance.uniform(0, 1.5))
    before, killed = ground.sent.count, time.monotonic()
    {"sense": ground.sense.kill, "database": ground.database.kill, "broker": ground.broker.kill}[victim]()
    if victim == "broker":
        time.sleep(0.5)
        ground.broker.start()
    broken = []
    back = _back(ground, before)
    _wait_for(lambda: _timer_of(timer, over) is not None, 30, "the timer")
    raised = _timer_of(timer, over)
    if raised != over + round(HOLD * 1000):
        broken.append(f"series {timer}: over at {over}, raised at {raised}")
    _over(timer, LOW)
    broken += [*_lost(ground, killed if victim == "broker" else None), *_chains()]
    return {
        "round": number,
        "victim": victim,
        "back": round(back, 2),
        "acknowledged": ground.sent.count,
        "broken": broken[:20],
    }


def _over(series: int, value: float) -> int:
    """One reading by the door itself, here, while the database is there. Returns its instant (ms)."""
    from gezhi.sensing.actions.taking import take
    from gezhi.sensing.columns import Columns

    for _ in range(200):
        now = datetime.now(UTC)
        ms = int(now.timestamp() * 1000)
        try:
            take(Columns.of([series], [ms], [value]), "chaos", now)
            return ms
        except Exception:
            _hang_up()
            time.sleep(0.1)
    raise TimeoutError("The database took nothing for twenty seconds.")


def _back(ground: Ground, before: int) -> float:
    """Seconds until stations and wells are acknowledged again and a reading of now is stored."""
    begun, since = time.monotonic(), int(time.time() * 1000)
    _wait_for(lambda: ground.sent.count > before + 5 and _stored(since) > 5, 60, "readings after the kill")
    return time.monotonic() - begun


def _timer_of(series: int, over: int) -> int | None:
    """When it was raised after it went over, ms."""
    rows = _rows(
        "SELECT round(extract(epoch FROM at) * 1000)::bigint FROM sensing_transition"
        " WHERE datastream_id = %s AND level_to = 3 AND at >= to_timestamp(%s / 1000.0) ORDER BY id",
        [series, over],
    )
    return int(rows[0][0]) if rows else None


def _lost(ground: Ground, broker_killed: float | None) -> Iterator[str]:
    """Acknowledged and not there once settled; or there with another value. What a broker that was killed had not yet
    saved is its own loss."""
    with ground.sent.lock:
        wanted = {
            (series, ms): value for series, kept in ground.sent.kept.items() for ms, value in kept.items()
        }
        at = dict(ground.sent.at)
    station = ground.station._series
    missing = dict(wanted)
    for _ in range(60):
        stored = _stored_values()
        missing = {key: value for key, value in wanted.items() if stored.get(key) != value}
        if broker_killed is not None:
            missing = {
                key: value
                for key, value in missing.items()
                if key[0] == station or not broker_killed - UNSAVED < at[key] < broker_killed + 0.2
            }
        if not missing:
            return
        time.sleep(0.25)
    yield from (
        f"series {series} at {ms}: {value} was acknowledged" for (series, ms), value in missing.items()
    )


def _chains() -> Iterator[str]:
    """Each transition begins where the one before it ended, and alarms are what they come to."""
    level: dict[tuple[str, int], int] = {}
    for monitor, series, before, after in _rows(
        "SELECT monitor, datastream_id, level_from, level_to FROM sensing_transition ORDER BY id"
    ):
        if level.get((monitor, series), 0) != before:
            yield f"{monitor} of {series}: from {before} after {level.get((monitor, series), 0)}"
        level[monitor, series] = after
    standing = {
        (monitor, series): at
        for monitor, series, at in _rows("SELECT monitor, datastream_id, level FROM sensing_alarm")
    }
    if standing != {key: one for key, one in level.items() if one} and standing != _again():
        yield "alarms are not what their transitions come to"


def _again() -> dict[tuple[str, int], int]:
    """Both in one look: more may come between two."""
    rows = _rows(
        "SELECT DISTINCT ON (monitor, datastream_id) monitor, datastream_id, level_to FROM sensing_transition"
        " ORDER BY monitor, datastream_id, id DESC"
    )
    return {(monitor, series): level for monitor, series, level in rows if level}


def _end(ground: Ground) -> None:
    """Everything is sent once more low, and time goes by until nothing stands."""
    ground.wells.stopping.set()
    ground.station.stopping.set()
    ground.wells.join(10)
    time.sleep(3)
    for series in [*ground.wells._series.values(), *ground.timers]:
        _over(series, LOW)
    time.sleep(1)
    for series in [*ground.wells._series.values(), *ground.timers]:
        _over(series, LOW)
    time.sleep(KEEP + 3)


def _final(ground: Ground) -> Iterator[str]:
    yield from _chains()
    if left := _rows("SELECT monitor, datastream_id FROM sensing_alarm"):
        yield f"alarms stand though every series is low: {left[:5]}"
    asked = {(series, ms): value for series, sent in ground.sent.asked.items() for ms, value in sent.items()}
    own = set(ground.timers)
    strange = [
        key for key, value in _stored_values().items() if key[0] not in own and asked.get(key, LOW) != value
    ]
    if strange:
        yield f"readings that nobody sent: {strange[:5]}"


def _stored(since: int = 0) -> int:
    return int(
        _rows("SELECT count(*) FROM sensing_reading WHERE at >= to_timestamp(%s / 1000.0)", [since])[0][0]
    )


def _stored_values() -> dict[tuple[int, int], float]:
    rows = _rows(
        "SELECT datastream_id, round(extract(epoch FROM at) * 1000)::bigint, value FROM sensing_reading"
    )
    return {(series, int(ms)): value for series, ms, value in rows}


def _rows(statement: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    from django.db import connection

    for _ in range(200):
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values)
                return list(cursor.fetchall())
        except Exception:
            _hang_up()
            time.sleep(0.1)
    raise TimeoutError("The database answered nothing for twenty seconds.")


def _hang_up() -> None:
    from django.db import connection

    with suppress(Exception):
        connection.close()


def _wait_for(holds: Any, seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
