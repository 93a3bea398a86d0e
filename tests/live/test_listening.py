"""The line to the database, and the server that starts the stream and takes it along."""

import asyncio
import os
import signal
import subprocess
import sys
import time

import httpx
import pytest

from gezhi.live.hub import Hub
from gezhi.live.listening import KNOWN, Listener, merged, numbers
from tests.cast import Cast
from tests.chaos.server import free_port
from tests.live.conftest import database_words
from tests.live.test_hub import EVERYTHING, heard, run


@pytest.mark.parametrize(
    ("ranges", "one"),
    [
        ([(1, 1)], [(1, 1)]),
        ([(4, 9), (1, 5)], [(1, 9)]),
        ([(1, 2), (3, 4), (6, 6)], [(1, 4), (6, 6)]),
        ([(1, 9), (3, 4)], [(1, 9)]),
    ],
)
def test_ranges_that_touch_are_one(ranges: list[tuple[int, int]], one: list[tuple[int, int]]) -> None:
    assert merged(ranges) == one
    assert numbers(one) == len({number for low, high in ranges for number in range(low, high + 1)})


def test_what_was_told_is_remembered_for_a_while() -> None:
    listener = Listener("", Hub(1))
    listener._remember(range(KNOWN + 5))
    assert list(listener._known) == list(range(5, KNOWN + 5))


def test_while_the_database_stays_away_the_streams_end() -> None:
    async def story() -> None:
        hub = Hub(1)
        listener = Listener("host=/nowhere", hub)
        client = hub.join(EVERYTHING)
        task = asyncio.create_task(listener.run())
        await asyncio.sleep(0.2)
        task.cancel()
        assert heard(client) == [None]
        assert not listener.listening

    run(story)


def answers(port: int, path: str) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 200
    except httpx.TransportError:
        return False


def until(wanted: bool, port: int, path: str) -> None:
    end = time.monotonic() + 40
    while answers(port, path) != wanted:
        assert time.monotonic() < end, f"{path} at {port} is not {wanted}"
        time.sleep(0.1)


def test_the_server_starts_its_stream_on_the_next_port_and_takes_it_along_when_killed(
    committed: Cast,
) -> None:
    port = free_port()
    own = {"DATABASE_URL": database_words(), "DJANGO_SETTINGS_MODULE": "gezhi.config.settings"}
    command = [sys.executable, "-m", "gezhi", "serve", "--port", str(port), "--no-worker", "--processes", "1"]
    server = subprocess.Popen(command, env=os.environ | own, stdout=subprocess.DEVNULL)
    try:
        until(True, port + 1, "/live/healthz")
        until(True, port, "/healthz")
    finally:
        server.send_signal(signal.SIGKILL)
        server.wait()
    until(False, port + 1, "/live/healthz")
