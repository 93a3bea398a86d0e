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
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.chaos.senders import MN, Kept, Sent, Station, Wells  # noqa: E402 - behind the path
from tests.chaos.sensed_checks import LOW, chains, final, hang_up, lost, rows, stored  # noqa: E402

WELLS, TIMERS = 40, 4  # things at the broker; those that warn by time alone
HOLD, KEEP = 3.0, 2.0  # seconds, as the pack below says
HIGH = 12.0
VICTIMS = ("sense", "database", "broker")
PACK = {
    "pack.yaml": """\
name: probes
version: 1.0.0
title: {zh: 探头, en: Probes}
about: {zh: 试, en: For tests}
source: tests
needs: {city-management: 1.1.0}
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
        wrong = [*final(ground.sent, ground.timers)]
    problems += len(wrong)
    back.sort()
    print(
        json.dumps({
            "rounds": asked.rounds, "victims": victims, "acknowledged": ground.sent.count, "broken": problems,
            "final": wrong[:20], "back_median": round(back[len(back) // 2], 2), "back_longest": round(back[-1], 2),
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
        "GEZHI_HJ212_LISTEN": f"127.0.0.1:{port}",
    }  # fmt: skip
    command = [sys.executable, "-m", "gezhi", "sense"]
    sense = stack.enter_context(Kept(command, environment, folder / "sense.log"))
    sent = Sent()
    _wait_for(_hears, 60, "the line to the broker, which keeps nothing for whoever was never there")
    senders = Station(port, station, sent, seed), Wells(broker.port, series, sent, seed)
    for one in senders:
        one.start()
        stack.callback(one.stopping.set)
    ground = Ground(sense, outside, broker, sent, *senders, timers)
    try:
        _wait_for(lambda: sent.count > 50 and stored() > 20, 120, "the first readings")
    except TimeoutError:
        print((folder / "sense.log").read_text()[-4000:], file=sys.stderr)
        raise
    return ground


def _hears() -> bool:
    return bool(
        rows("SELECT FROM sensing_pulse WHERE counted #>> '{adapters,mqtt:city,state}' = 'connected'")
    )


def _things(broker_port: int) -> tuple[dict[str, int], list[int], int]:
    """(broker's things -> series, series that only time moves, the station's series)."""
    from django.conf import settings
    from django.utils import timezone

    from gezhi.packs.actions import publish
    from gezhi.packs.loading import read_pack
    from gezhi.sensing.actions.feeds import NewFeed, begin_feed
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
    air = a_series(station, "pm25", "ug/m3")
    Datastream.objects.filter(pk=air).update(code="a34004")
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
    broken += [*lost(ground.sent, ground.station.series, killed if victim == "broker" else None), *chains()]
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
            hang_up()
            time.sleep(0.1)
    raise TimeoutError("The database took nothing for twenty seconds.")


def _back(ground: Ground, before: int) -> float:
    """Seconds until stations and wells are acknowledged again and a reading of now is stored."""
    begun, since = time.monotonic(), int(time.time() * 1000)
    _wait_for(lambda: ground.sent.count > before + 5 and stored(since) > 5, 60, "readings after the kill")
    return time.monotonic() - begun


def _timer_of(series: int, over: int) -> int | None:
    """When it was raised after it went over, ms."""
    found = rows(
        "SELECT round(extract(epoch FROM at) * 1000)::bigint FROM sensing_transition"
        " WHERE datastream_id = %s AND level_to = 3 AND at >= to_timestamp(%s / 1000.0) ORDER BY id",
        [series, over],
    )
    return int(found[0][0]) if found else None


def _end(ground: Ground) -> None:
    """Everything is sent once more low, and time goes by until nothing stands."""
    ground.wells.stopping.set()
    ground.station.stopping.set()
    ground.wells.join(10)
    time.sleep(3)
    for series in [*ground.wells.series.values(), *ground.timers]:
        _over(series, LOW)
    time.sleep(1)
    for series in [*ground.wells.series.values(), *ground.timers]:
        _over(series, LOW)
    time.sleep(KEEP + 3)


def _wait_for(holds: Any, seconds: float, what: str) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError(f"Waited {seconds:.0f} s for {what}.")
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
