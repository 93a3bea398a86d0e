"""The MQTT client against a real mosquitto and clients that we did not write; kill -9 of either side loses nothing."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from gezhi.exchange.mqtt.broker import Broker
from gezhi.exchange.mqtt.client import Client
from gezhi.exchange.mqtt.mapping import Mapping
from gezhi.exchange.mqtt.packets import V3, V5
from gezhi.exchange.mqtt.payloads import Payloads
from gezhi.exchange.mqtt.refusing import Why
from tests.exchange.hj212_cast import Door
from tests.exchange.mosquitto import HOST, Mosquitto, needs_mosquitto
from tests.exchange.mqtt_reader import MAPPING, SERIES
from tests.loops import played

pytestmark = needs_mosquitto
TOPIC = "city/well/level"
BEGUN = 1_790_000_000_000  # ms


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    one = Mosquitto(tmp_path).start()
    yield one
    one.kill()


def messages(count: int, first: int = 0) -> list[str]:
    return [json.dumps({"t": BEGUN + number, "v": number}) for number in range(first, first + count)]


def client_of(broker: Mosquitto, door: Door, version: int = V5, mapping: Mapping = MAPPING) -> Client:
    settings = Broker(HOST, broker.port, client="tested", version=version, retry=(0.05, 0.2))
    return Client(settings, [(mapping.filter, Payloads(mapping, SERIES))], door)


def run(scene: Callable[[Client, Door], Awaitable[None]], broker: Mosquitto, version: int = V5) -> Client:
    door = Door()
    client = client_of(broker, door, version)

    async def play() -> None:
        client.start()
        try:
            assert await until(lambda: client.state == "connected")
            await scene(client, door)
        finally:
            door.may.set()
            await client.stop()

    played(play())
    return client


async def until(holds: Callable[[], bool], patience: float = 30.0) -> bool:
    for _ in range(int(patience * 100)):
        if holds():
            return True
        await asyncio.sleep(0.01)
    return False


async def sent(broker: Mosquitto, lines: list[str], topic: str = TOPIC) -> None:
    sending = broker.publish(topic, lines)
    assert await asyncio.to_thread(sending.wait, 30) == 0


@pytest.mark.parametrize("version", [V3, V5])
def test_messages_of_mosquitto_pub_become_readings_and_are_acknowledged(
    broker: Mosquitto, version: int
) -> None:
    async def scene(client: Client, door: Door) -> None:
        await sent(broker, messages(500))
        assert await until(lambda: client.counts.acknowledged == 500)
        assert door.kept == {(7, BEGUN + number): float(number) for number in range(500)}

    run(scene, broker, version)


def test_nothing_is_acknowledged_before_it_is_kept(broker: Mosquitto) -> None:
    async def scene(client: Client, door: Door) -> None:
        door.may.clear()
        await sent(broker, messages(100))
        assert await until(lambda: client.counts.messages > 0)
        await asyncio.sleep(0.3)
        assert client.counts.acknowledged == 0
        door.may.set()
        assert await until(lambda: client.counts.acknowledged == 100)

    run(scene, broker)


@pytest.mark.parametrize("version", [V3, V5])
def test_what_could_not_be_kept_comes_again_on_a_new_line(broker: Mosquitto, version: int) -> None:
    async def scene(client: Client, door: Door) -> None:
        door.fails = True
        await sent(broker, messages(50))
        assert await until(lambda: client.counts.lines > 1)
        assert not door.kept
        door.fails = False
        assert await until(lambda: len(door.kept) == 50)

    run(scene, broker, version)


def test_what_comes_while_the_reader_is_away_waits_for_it(broker: Mosquitto) -> None:
    async def hello(client: Client, door: Door) -> None:
        await sent(broker, messages(1))
        assert await until(lambda: len(door.kept) == 1)

    async def later(client: Client, door: Door) -> None:
        assert await until(lambda: len(door.kept) == 300)

    run(hello, broker)
    assert broker.publish(TOPIC, messages(300, first=1)).wait(30) == 0
    run(later, broker)


def test_a_message_that_cannot_be_read_is_counted_and_does_not_stop_the_others(broker: Mosquitto) -> None:
    async def scene(client: Client, door: Door) -> None:
        picture = json.dumps({"t": BEGUN, "v": 1, "face": "/9j/4AAQSkZJRgABAQEAYABgAAD" * 400})
        bad = ["not JSON", "[1]", '{"t": "soon", "v": 1}', '{"t": 1790000000000, "v": "deep"}', picture]
        await sent(broker, [*messages(10), *bad, '{"t": 1790000000999, "v": NaN}', *messages(10, first=10)])
        assert await until(lambda: client.counts.acknowledged == 26)
        assert len(door.kept) == 20
        told = {why: client.counts.refused[why] for why in Why if client.counts.refused[why]}
        assert told == {Why.TEXT: 1, Why.SHAPE: 1, Why.TIME: 1, Why.NUMBER: 1, Why.ATTACHMENT: 1}

    run(scene, broker)


def test_the_broker_is_told_how_much_it_may_send_at_once(broker: Mosquitto) -> None:
    door = Door()
    settings = Broker(HOST, broker.port, client="few", at_once=10)
    client = Client(settings, [(MAPPING.filter, Payloads(MAPPING, SERIES))], door)

    async def play() -> None:
        client.start()
        assert await until(lambda: client.state == "connected")
        door.may.clear()
        await sent(broker, messages(100))
        await asyncio.sleep(0.5)
        assert client.counts.messages == 10
        door.may.set()
        assert await until(lambda: client.counts.acknowledged == 100)
        await client.stop()

    played(play())


def test_a_broker_that_refuses_is_named_as_the_reason(tmp_path: Path) -> None:
    (tmp_path / "passwords").write_text("")
    closed = Mosquitto(tmp_path, f"password_file {tmp_path}/passwords", "allow_anonymous false").start()
    client = client_of(closed, Door())

    async def play() -> None:
        client.start()
        assert await until(lambda: "refuses us" in client.state)
        await client.stop()

    try:
        played(play())
    finally:
        closed.kill()


def test_a_broker_that_is_killed_and_comes_back_is_found_again(broker: Mosquitto) -> None:
    """What a publisher sends again until the broker has acknowledged it arrives, whenever the broker dies."""

    async def scene(client: Client, door: Door) -> None:
        for turn in range(3):
            sending = broker.publish(TOPIC, messages(1_000, first=1_000 * turn))
            await asyncio.sleep(0.05)
            broker.kill()
            sending.kill()
            broker.start()
            await sent(broker, messages(1_000, first=1_000 * turn))
        assert await until(lambda: len(door.kept) == 3_000)
        assert client.counts.lines >= 4

    run(scene, broker)


def test_a_reader_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, "autosave_on_changes false", "autosave_interval 0").start()
    try:
        killed_again_and_again(broker, tmp_path / "kept", 10_000)
    finally:
        broker.kill()


def killed_again_and_again(broker: Mosquitto, kept: Path, count: int) -> None:
    reader = reading(broker, kept)
    sending = broker.publish(TOPIC, messages(count))
    for _ in range(5):
        time.sleep(0.4)
        reader.kill()
        reader.wait(10)
        reader = reading(broker, kept)
    assert sending.wait(180) == 0
    until_then = time.monotonic() + 180
    while time.monotonic() < until_then and len(read(kept)) < count:
        time.sleep(0.1)
    reader.kill()
    reader.wait(10)
    assert read(kept) == {BEGUN + number: float(number) for number in range(count)}


def reading(broker: Mosquitto, kept: Path) -> "subprocess.Popen[bytes]":
    """A reader in a process of its own, once it is connected."""
    command = [sys.executable, "-m", "tests.exchange.mqtt_reader", str(broker.port), str(kept), str(V5)]
    reader = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2])
    assert reader.stdout
    for said in reader.stdout:
        if said.startswith(b"connected"):
            break
    return reader


def read(kept: Path) -> dict[int, float]:
    """Lines that were written whole."""
    text = kept.read_text() if kept.exists() else ""
    rows = [line.split() for line in text.splitlines(keepends=True) if line.endswith("\n")]
    return {int(at): float(value) for at, value in rows}
