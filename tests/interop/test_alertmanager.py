"""Prometheus' Alertmanager, which we did not write, groups, inhibits and silences a hundred random scenes as we do."""

import json
import random
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
import yaml

from benchmarks._node import free_port
from gezhi.packs.shapes import Monitor
from gezhi.sensing.alarms import Alarm
from gezhi.sensing.grouping import Do, Standing, gathered, muted
from gezhi.sensing.silencing import Silence
from tests.sensing.watched import monitor
from tools import prometheus

SCENES, PHASES, WAIT = 100, 4, 2
DIGITS = {"city": 4, "county": 6, "town": 9, "village": 12}
NOW = datetime(2026, 9, 1, tzinfo=UTC)
Groups = dict[tuple[str, str], set[int]]


@dataclass
class Scene:
    """`firing`: the alarms of each phase. `silences`: set in the second phase."""

    number: int
    monitors: dict[str, Monitor]
    firing: list[list[Alarm]]
    silences: list[Silence] = field(default_factory=list)


def drawn(number: int) -> Scene:
    chance = random.Random(number)
    names = [f"s{number}-m{n}" for n in range(chance.randint(2, 5))]
    monitors = {}
    for n, name in enumerate(names):  # a monitor mutes only later ones: never in a circle
        muted = [other for other in names[n + 1 :] if chance.random() < 0.4]
        keys = {"inhibits": muted, "within": chance.choice([*DIGITS, "thing"])} if muted else {}
        group = {"by": [chance.choice([*DIGITS, "thing"])], "wait": f"{WAIT} seconds"}
        monitors[name] = monitor(key=name, silent="1 hours", group=group, **keys)
    pool = [alarm(chance, names, series) for series in range(chance.randint(5, 25))]
    firing = [[one for one in pool if chance.random() < 0.55] for _ in range(PHASES)]
    return Scene(number, monitors, firing, silences(chance, pool) if chance.random() < 0.5 else [])


def alarm(chance: random.Random, names: list[str], series: int) -> Alarm:
    place = f"33{chance.randint(1, 2):02}{chance.randint(1, 2):02}{chance.randint(1, 2):03}{chance.randint(1, 2):03}"
    return Alarm(chance.choice(names), series, place, f"thing-{chance.randint(1, 6)}", 2, NOW)


def silences(chance: random.Random, pool: list[Alarm]) -> list[Silence]:
    one, until = chance.choice(pool), NOW + timedelta(days=1)
    county = one.place[:6].ljust(12, "0")
    by_monitor = Silence(1, "张敏", "管网清淤", NOW, until, frozenset({one.monitor}))
    by_place = Silence(2, "张敏", "管网清淤", NOW, until, frozenset({one.monitor}), county)
    by_thing = Silence(3, "张敏", "检修设备", NOW, until, frozenset(), "", one.thing)
    return [chance.choice([by_monitor, by_place, by_thing])]


# As Alertmanager has it: labels and matchers, cut from the codes by their national widths.


def labels(one: Alarm, scene: Scene) -> dict[str, str]:
    areas = {name: one.place[:digits].ljust(12, "0") for name, digits in DIGITS.items()}
    by = scene.monitors[one.monitor].group.by[0]
    base = {"alertname": "reading", "scene": str(scene.number), "monitor": one.monitor, "by": by}
    return base | areas | {"thing": one.thing, "series": str(one.series)}


def configuration(scenes: list[Scene], hook: int) -> dict[str, object]:
    inhibited = [
        {
            "source_matchers": [f'monitor="{key}"'],
            "target_matchers": [f'monitor="{other}"'],
            "equal": [str(one.within)],
        }
        for scene in scenes
        for key, one in scene.monitors.items()
        for other in one.inhibits
    ]
    routes = [{"matchers": [f'by="{by}"'], "group_by": ["monitor", by]} for by in (*DIGITS, "thing")]
    times = {"group_wait": f"{WAIT}s", "group_interval": "1h", "repeat_interval": "24h"}
    return {
        "route": {"receiver": "hook", "routes": routes, **times},
        "receivers": [{"name": "hook", "webhook_configs": [{"url": f"http://127.0.0.1:{hook}/"}]}],
        "inhibit_rules": inhibited,
    }


def matchers(silence: Silence, scene: Scene) -> list[dict[str, object]]:
    named = {"scene": str(scene.number), "thing": silence.thing, "county": silence.place}
    named["monitor"] = next(iter(silence.monitors), "")
    return [
        {"name": name, "value": value, "isRegex": False, "isEqual": True}
        for name, value in named.items()
        if value
    ]


class Manager:
    def __init__(self, port: int, told: list[dict[str, object]]) -> None:
        self._address = f"http://127.0.0.1:{port}/api/v2"
        self.told = told

    def post(self, path: str, content: object) -> None:
        data = json.dumps(content).encode()
        with urlopen(
            Request(f"{self._address}/{path}", data, {"Content-Type": "application/json"})
        ) as answer:
            assert answer.status == 200

    def groups(self) -> Groups:
        with urlopen(f"{self._address}/alerts/groups?silenced=false&inhibited=false&active=true") as answer:
            return dict(map(group_of, json.load(answer)))

    def is_up(self) -> bool:
        try:
            return bool(self.groups() is not None)
        except OSError:
            return False


def group_of(group: dict[str, object]) -> tuple[tuple[str, str], set[int]]:
    """Of an answer to us and of a notice to the hook."""
    named = dict(group.get("labels") or group["groupLabels"])  # type: ignore[call-overload]
    key, (area,) = named.pop("monitor"), named.values()
    firing = [one for one in group["alerts"] if one.get("status") != "resolved"]  # type: ignore[attr-defined]
    return (key, area), {int(one["labels"]["series"]) for one in firing}


def wait_for(true: Callable[[], bool], seconds: float = 30) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


@pytest.fixture(scope="module")
def scenes() -> list[Scene]:
    return [drawn(number) for number in range(SCENES)]


@pytest.fixture(scope="module")
def manager(scenes: list[Scene], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Manager]:
    program = prometheus.program("prometheus-alertmanager")
    if program is None:
        pytest.skip(prometheus.MISSING)
    folder, port, told = tmp_path_factory.mktemp("alertmanager"), free_port(), list[dict[str, object]]()
    hook = Hook(("127.0.0.1", 0), listening(told))
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    (folder / "config.yaml").write_text(yaml.dump(configuration(scenes, hook.server_port)))
    running = subprocess.Popen(command_of(program, folder, port), stderr=(folder / "log").open("w"))
    try:
        found = Manager(port, told)
        assert wait_for(found.is_up)
        yield found
    finally:
        running.terminate()
        running.wait(30)
        hook.shutdown()


def command_of(program: Path, folder: Path, port: int) -> list[str]:
    return [
        str(program),
        f"--config.file={folder / 'config.yaml'}",
        f"--storage.path={folder}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
    ]


class Hook(ThreadingHTTPServer):
    request_queue_size = 1_000  # every group of every scene tells at once


def listening(told: list[dict[str, object]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    return Handler


def send(manager: Manager, scenes: list[Scene], phase: int) -> None:
    """What fires in this phase, and that what fired in the one before and does not now has ended."""
    now = datetime.now(UTC)
    alerts = []
    for scene in scenes:
        firing = set(scene.firing[phase])
        before = set(scene.firing[phase - 1]) if phase else set()
        for one in firing | before:
            ends = now + timedelta(hours=1) if one in firing else now - timedelta(milliseconds=1)
            alerts.append(
                {
                    "labels": labels(one, scene),
                    "startsAt": stamp(now - timedelta(seconds=1)),
                    "endsAt": stamp(ends),
                }
            )
        for silence in scene.silences if phase == 1 else ():
            times = {"startsAt": stamp(now), "endsAt": stamp(now + timedelta(hours=1))}
            who = {"createdBy": silence.who, "comment": silence.why}
            manager.post("silences", {"matchers": matchers(silence, scene), **times, **who})
    manager.post("alerts", alerts)


def stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def ours(scene: Scene, phase: int, standing: list[Standing]) -> list[Standing]:
    """The warnings that stand after the phase."""
    kept = {one.key: one for one in standing}
    now = NOW + timedelta(minutes=phase + 1)
    silences = scene.silences if phase else []
    for one in gathered(scene.firing[phase], standing, scene.monitors, silences, now):
        assert one.do is not Do.WAIT
        members, hidden = (frozenset(a.key for a in alarms) for alarms in (one.members, one.muted))
        kept[one.monitor, one.area] = Standing(one.monitor, one.area, one.level, members, hidden)
        if one.do is Do.END:
            del kept[one.monitor, one.area]
    return list(kept.values())


def shown(standing: list[Standing]) -> Groups:
    return {
        (one.monitor, one.area.removeprefix("thing ")): {series for _, series in one.members}
        for one in standing
        if one.members
    }


def test_a_hundred_scenes_are_grouped_inhibited_and_silenced_alike(
    manager: Manager, scenes: list[Scene]
) -> None:
    standing: dict[int, list[Standing]] = {scene.number: [] for scene in scenes}
    for phase in range(PHASES):
        send(manager, scenes, phase)
        expected: Groups = {}
        for scene in scenes:
            standing[scene.number] = ours(scene, phase, standing[scene.number])
            expected |= shown(standing[scene.number])
        alike = wait_for(lambda expected=expected: manager.groups() == expected)  # type: ignore[misc]
        assert alike, differing(manager.groups(), expected)
        if phase == 0:
            told = wait_for(lambda expected=expected: dict(map(group_of, manager.told)) == expected)  # type: ignore[misc]
            assert told, differing(dict(map(group_of, manager.told)), expected)


def differing(
    theirs: Groups, expected: Groups
) -> dict[tuple[str, str], tuple[set[int] | None, set[int] | None]]:
    keys = theirs.keys() | expected.keys()
    return {key: (theirs.get(key), expected.get(key)) for key in keys if theirs.get(key) != expected.get(key)}


def test_the_scenes_hold_much_to_inhibit_and_much_to_silence(scenes: list[Scene]) -> None:
    hidden = [
        why
        for scene in scenes
        for why in muted(scene.firing[1], scene.monitors, scene.silences, NOW).values()
    ]
    assert sum(why.alarm is not None for why in hidden) > 100
    assert sum(why.silence is not None for why in hidden) > 50
