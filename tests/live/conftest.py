"""The stream's process on the tests' database, and somebody who listens to it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from django.db import connection
from psycopg.conninfo import make_conninfo

from gezhi.live.tickets import ticket_for
from tests.cast import Cast
from tests.chaos.server import free_port


def database_words() -> str:
    """The database that the tests made, for another process."""
    held = connection.settings_dict
    named = {"dbname": held["NAME"], "user": held["USER"], "password": held["PASSWORD"]}
    named |= {"host": held["HOST"], "port": held["PORT"]}
    return make_conninfo("", **{name: words for name, words in named.items() if words}, **held["OPTIONS"])


@dataclass
class Streams:
    """A child process that serves the stream."""

    port: int = field(default_factory=free_port)
    clients: int = 100
    _process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}/live/stream"

    def start(self) -> None:
        own = {
            "DATABASE_URL": database_words(),
            "DJANGO_SETTINGS_MODULE": "gezhi.config.settings",
            "GEZHI_LIVE_CLIENTS": str(self.clients),
        }
        command = [sys.executable, "-m", "gezhi", "live", "--port", str(self.port)]
        self._process = subprocess.Popen(command, env=os.environ | own)
        self.wait()

    def wait(self) -> None:
        end = time.monotonic() + 30
        while time.monotonic() < end:
            try:
                if self.health()["listening"]:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError("The stream's process does not listen.")

    def health(self) -> dict[str, Any]:
        answer = httpx.get(f"http://localhost:{self.port}/live/healthz")
        return answer.json()  # type: ignore[no-any-return]

    def stop(self) -> None:
        if self._process:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


@dataclass
class Heard:
    """One open stream."""

    lines: Iterator[str]

    def next(self, wanted: str = "") -> tuple[str, dict[str, Any]]:
        """The next event of this name (of any)."""
        event = ""
        for line in self.lines:
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: ") and (not wanted or event == wanted):
                return event, json.loads(line[6:])
        raise EOFError

    def cases(self) -> dict[str, Any]:
        return self.next("cases")[1]


@pytest.fixture(scope="module")
def streams(django_db_setup: None) -> Iterator[Streams]:
    served = Streams()
    served.start()
    yield served
    served.stop()


Listen = Callable[[str], Heard]


@pytest.fixture
def listen(streams: Streams, committed: Cast) -> Iterator[Listen]:
    """Opens a stream as somebody; it has said hello."""
    with httpx.Client(timeout=5) as client:
        opened = []

        def enter(username: str) -> Heard:
            if not opened:
                time.sleep(0.2)  # what was committed before has been told
            ticket = ticket_for(committed.actor(username))
            response = client.send(
                client.build_request("GET", streams.url, params={"ticket": ticket}), stream=True
            )
            assert response.status_code == 200, response.read()
            opened.append(response)
            heard = Heard(response.iter_lines())
            assert heard.next()[0] == "hello"
            return heard

        yield enter
        for response in opened:
            with closing(response):
                pass
