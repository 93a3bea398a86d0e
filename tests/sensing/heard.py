"""`gezhi sense` as a process of its own on the tests' database, and devices that speak with it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from gezhi.exchange.hj212.clock import written
from gezhi.exchange.hj212.segment import wire
from gezhi.sensing.models import Datastream, ObservedProperty, Sensor, Thing
from tests.cast import WANAN
from tests.chaos.server import free_port

MN = "010000A8900016F000169DC0"
PASSWORD = "123456"
MICRO = {"name": "microgram per cubic metre", "symbol": "µg/m³", "definition": "ug/m3"}


def station_thing(key: str = "air-1", **more: object) -> dict[str, int]:
    """An air station with PM2.5 and SO2, both in micrograms, every minute. Code -> series."""
    thing = Thing.objects.create(key=key, name="空气站", place_code=f"{WANAN}001", **more)
    sensor = Sensor.objects.create(name="test", encoding_type="text/plain", metadata="")
    made = {}
    for code, what in (("a34004", "pm25"), ("a21026", "so2")):
        measured = ObservedProperty.objects.create(code=what, name=what, definition=what)
        row = Datastream.objects.create(
            thing=thing, sensor=sensor, observed_property=measured, key=what, name=what, code=code, unit=MICRO,
            observation_type="measurement", place_code=thing.place_code, every_s=60,
        )  # fmt: skip
        made[code] = row.pk
    return made


def frame(
    minutes: float = 0, pm25: float = 35.0, so2: float = 0.012, mn: str = MN, password: str = PASSWORD
) -> bytes:
    """Of so many minutes ago, asking for an answer."""
    now = datetime.now(UTC) - timedelta(minutes=minutes)
    at = written(now)[:14].decode()
    said = f"DataTime={at};a34004-Rtd={pm25},a34004-Flag=N;a21026-Rtd={so2},a21026-Flag=N"
    return wire(
        f"QN={written(now).decode()};ST=22;CN=2011;PW={password};MN={mn};Flag=5;CP=&&{said}&&".encode()
    )


def stored(series: int) -> list[float]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM sensing_reading WHERE datastream_id = %s ORDER BY at", [series])
        return [value for (value,) in cursor.fetchall()]


def until(holds: Callable[[], object], patience: float = 20.0) -> bool:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


class Line:
    """A device on the line."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._rest = b""

    def send(self, data: bytes) -> None:
        self._socket.sendall(data)

    def answer(self, patience: float = 20.0) -> bytes:
        """The next line; b"" when none comes in that time, or the line ended."""
        self._socket.settimeout(patience)
        while b"\r\n" not in self._rest:
            try:
                data = self._socket.recv(4096)
            except (TimeoutError, ConnectionError):
                return b""
            if not data:
                return b""
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\r\n")
        return line

    def close(self) -> None:
        self._socket.close()


def environment() -> dict[str, str]:
    """Of a process of this node: the tests' database, folder and key."""
    name = str(connection.settings_dict["NAME"])
    return {
        "DATABASE_URL": make_conninfo(os.environ["DATABASE_URL"], dbname=name),
        "GEZHI_OWNER_URL": make_conninfo(os.environ["GEZHI_OWNER_URL"], dbname=name),
        "GEZHI_DATA_DIR": str(settings.DATA_DIR),
        "GEZHI_SECRET_KEY": settings.SECRET_KEY,
        "DJANGO_SETTINGS_MODULE": "gezhi.config.settings",
    }


class Sensing:
    """The process. Killed or ended it can be started again at the same port."""

    def __init__(self, folder: Path, more: Mapping[str, str] | None = None) -> None:
        self.port = free_port()
        self.log = folder / "sense.log"
        listen = {"GEZHI_HJ212_LISTEN": f"127.0.0.1:{self.port}"}
        self._environment = {**os.environ, **environment(), **listen, **(more or {})}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Sensing":
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "gezhi", "sense"], stdout=log, stderr=log, env=self._environment
            )
        assert until(self._listens, 120), self.log.read_text()
        return self

    def _listens(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def ask_to_end(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    def ended(self, patience: float = 20.0) -> int:
        """Its exit code."""
        assert self._process is not None
        return self._process.wait(patience)

    def _signal(self, number: int) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(20)

    def line(self) -> Line:
        return Line(self.port)


@contextmanager
def sensing(folder: Path, **more: str) -> Iterator[Sensing]:
    one = Sensing(folder, more)
    try:
        yield one.start()
    finally:
        one.kill()


@contextmanager
def held_up() -> Iterator[None]:
    """Inside, nobody can change the state of a series: whoever takes readings waits."""
    name = str(connection.settings_dict["NAME"])
    with psycopg.connect(make_conninfo(os.environ["DATABASE_URL"], dbname=name)) as other:
        other.execute("SELECT FROM sensing_block FOR UPDATE")
        yield
        other.rollback()


def cut_connections() -> int:
    """Ends every session of the database but this one's, as a restart does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database()"
            " AND usename = current_user AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])
