"""Who sends readings to a node that is being killed, and what was acknowledged to them."""

import json
import random
import socket
import subprocess
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

MN = "010000A8900016F000169DC0"


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
        self.stopping, self._port, self.series, self._sent = threading.Event(), port, series, sent
        self._chance, self._line = random.Random(seed), None

    def run(self) -> None:
        while not self.stopping.is_set():
            second = int(time.time())
            value = round(self._chance.uniform(1, 100), 1)
            self._sent.ask(self.series, second * 1000, value)
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
        self._sent.acknowledge(self.series, second * 1000)
        return True

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()  # type: ignore[unreachable]
        self._line = None


class Wells(threading.Thread):
    """Devices at the broker: each sends in its own order, again until the broker has acknowledged."""

    def __init__(self, port: int, series: dict[str, int], sent: Sent, seed: int) -> None:
        super().__init__(daemon=True)
        self.stopping, self._port, self.series, self._sent = threading.Event(), port, series, sent
        self._chance, self._value = random.Random(seed), dict.fromkeys(series, 3.0)
        self._pending: dict[int, tuple[int, int]] = {}
        self._early, self._own = set[int](), threading.Lock()

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
        for name in self._chance.sample(sorted(self.series), len(self.series) // 2):
            self._value[name] = min(20.0, max(0.0, self._value[name] + self._chance.uniform(-3, 3)))
            self.one(client, name, round(self._value[name], 2))

    def one(self, client: Any, name: str, value: float) -> None:
        """The broker may have told it before this knows its number; nothing is held meanwhile that it needs to tell."""
        ms, series = int(time.time() * 1000), self.series[name]
        self._sent.ask(series, ms, value)
        told = client.publish(f"probes/{name}", json.dumps({"t": ms, "v": value}), qos=1)
        with self._own:
            self._pending[told.mid] = (series, ms)
            known = told.mid in self._early
            self._early.discard(told.mid)
        if known:
            self._told(told.mid)

    def _told(self, mid: int) -> None:
        with self._own:
            found = self._pending.pop(mid, None)
            if found is None:
                self._early.add(mid)
        if found:
            self._sent.acknowledge(*found)
