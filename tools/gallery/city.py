"""A demonstration city of its own, served for whoever looks at every page."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.error import URLError
from urllib.request import urlopen

import psycopg

DAYS: Final = 2
PASSWORD: Final = "gezhi-demo-2026"  # noqa: S105 - of invented people
_WAIT: Final = 240  # seconds; a machine with other work takes its time


@dataclass(frozen=True, slots=True)
class City:
    """`home`: where it is served; `data`: its folder."""

    home: str
    data: Path

    def connect(self) -> psycopg.Connection:
        from gezhi.config.database import start_embedded
        from gezhi.config.roles import SUPERUSER, as_role

        url = start_embedded(self.data / "postgres", "gezhi")
        return psycopg.connect(as_role(url, SUPERUSER), autocommit=True)


@contextmanager
def served(data: Path, days: int = DAYS) -> Iterator[City]:
    """Made where `data` is empty; stopped afterwards."""
    port, stream = _free_ports()
    command = [sys.executable, "-m", "gezhi", "demo", "--no-simulate", "--days", str(days)]
    data.mkdir(parents=True, exist_ok=True)
    with (data / "demo.log").open("w") as log:
        process = subprocess.Popen(
            [*command, "--port", str(port), "--live-port", str(stream), "--data", str(data)],
            stdout=log,
            stderr=log,
            env=_plain(),
        )
        try:
            home = f"http://localhost:{port}"
            _wait_for(f"{home}/readyz", process, data / "demo.log")
            yield City(home, data)
        finally:
            process.terminate()
            process.wait(30)


def furnish(city: City) -> None:
    """What two days of history lack."""
    command = [sys.executable, "-m", "tools.gallery.furnish", str(city.data)]
    subprocess.run(command, check=True, cwd=Path(__file__).resolve().parents[2], env=_plain())


def _plain() -> dict[str, str]:
    """The environment without the settings of whoever asks: the city has a database of its own."""
    ours = ("GEZHI_", "DATABASE_", "DJANGO_")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


def _free_ports() -> tuple[int, int]:
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1]), int(other.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _WAIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the demonstration city ended by itself:\n{log.read_text()[-2000:]}")
        try:
            with urlopen(address, timeout=2) as answer:  # noqa: S310 - our own server
                if answer.status == 200:
                    return
        except (URLError, OSError):
            time.sleep(0.3)
    raise TimeoutError(f"{address} did not answer within {_WAIT} s:\n{log.read_text()[-2000:]}")
