"""Readers of a backlog for benchmarks/mqtt.py, each run as a process: NAME PORT CLIENT COUNT -> one JSON line with the
seconds from the first message to the last acknowledgement, and the processor's.

Each but the two that discard reads the JSON of a message and acknowledges it after a batch was handed to a door that
forgets it. `discard` and mosquitto_sub acknowledge at once and look at nothing.
"""

import asyncio
import importlib
import json
import socket
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

FILTER = "city/+/level"
AT_ONCE = 1_000
HOST = "127.0.0.1"
clock = time.monotonic


class Watch:
    """From the first message to the last."""

    def __init__(self, count: int) -> None:
        self.left = count
        self.first = self.last = self.used = 0.0

    def heard(self, more: int = 1) -> None:
        if not self.first:
            self.first, self.used = clock(), time.process_time()
        self.left -= more
        if self.left <= 0 and not self.last:
            self.last, self.used = clock(), time.process_time() - self.used

    def told(self) -> str:
        return json.dumps({"seconds": self.last - self.first, "processor": self.used})


def discard(port: int, client: str, count: int) -> Watch:
    """Acknowledges whatever comes: as fast as a reader in this language can be."""
    from gezhi.exchange.mqtt import packets

    watch, rest = Watch(count), b""
    line = entered(port, client)
    while not watch.last:
        data = rest + line.recv(1 << 18)
        found, used = packets.cut(data, 1 << 20)
        rest = data[used:]
        numbers = [
            data[b + 2 + length : b + 4 + length]
            for _, b, _ in found
            if (length := data[b] << 8 | data[b + 1])
        ]
        line.sendall(b"".join([b"\x40\x02" + number for number in numbers]))
        watch.heard(len(found))
    return watch


def entered(port: int, client: str, *filters: str) -> socket.socket:
    """A raw line with a session of 3.1.1, greeted and, if asked, subscribed."""
    from gezhi.exchange.mqtt import packets

    line = socket.create_connection((HOST, port))
    line.sendall(packets.connect(client, packets.V3, 600, login=None, session=1, at_once=0, largest=0))
    assert line.recv(4)[0] == packets.CONNACK
    if filters:
        line.sendall(packets.subscribe(1, filters, packets.V3))
        assert line.recv(5)[0] == packets.SUBACK
    return line


def ours(port: int, client: str, count: int) -> Watch:
    from gezhi.exchange.mqtt.broker import Broker
    from gezhi.exchange.mqtt.client import Client
    from gezhi.exchange.mqtt.mapping import Mapping
    from gezhi.exchange.mqtt.packets import V3
    from gezhi.exchange.mqtt.payloads import Payloads
    from gezhi.sensing.columns import Columns, Taken

    watch = Watch(count)
    mapping = Mapping(filter=FILTER, key="{1}", values={"level": "v"}, time="t", clock="ms")
    series = {f"well{number}/level": number for number in range(1_000)}

    def take(columns: Columns, source: str, now: datetime) -> Taken:
        return Taken.all_new(len(columns))

    async def run() -> None:
        reader = Client(Broker(HOST, port, client, V3), [(FILTER, Payloads(mapping, series))], take)
        reader.start()
        told = 0
        while not watch.last:
            await asyncio.sleep(0.005)
            done = reader.counts.acknowledged
            if reader.counts.messages and not watch.first:
                watch.heard(0)
            if done > told:
                watch.heard(done - told)
                told = done
        await reader.stop()

    asyncio.run(run())
    return watch


def keeping(
    acknowledge: Callable[[list[object]], None],
) -> tuple[Callable[[bytes, object], None], Callable[[], None]]:
    """What a program around a library does: gather, make columns, acknowledge the batch."""
    rows: list[tuple[int, float]] = []
    marks: list[object] = []

    def heard(payload: bytes, mark: object) -> None:
        said = json.loads(payload)
        rows.append((said["t"], float(said["v"])))
        marks.append(mark)
        if len(rows) >= AT_ONCE:
            keep()

    def keep() -> None:
        np.array(rows)
        acknowledge(marks)
        rows.clear()
        marks.clear()

    return heard, keep


def paho(port: int, client: str, count: int) -> Watch:
    from paho.mqtt.client import Client, MQTTMessage, MQTTv311
    from paho.mqtt.enums import CallbackAPIVersion

    watch = Watch(count)
    reader = Client(
        CallbackAPIVersion.VERSION2, client, clean_session=False, protocol=MQTTv311, manual_ack=True
    )

    def acknowledge(marks: list[object]) -> None:
        for mid in marks:
            reader.ack(mid, 1)  # type: ignore[arg-type]

    heard, keep = keeping(acknowledge)

    def on_message(_client: object, _data: object, message: MQTTMessage) -> None:
        heard(message.payload, message.mid)
        watch.heard()
        if watch.last:
            keep()
            reader.disconnect()

    reader.on_message = on_message
    reader.connect(HOST, port)
    reader.loop_forever()
    return watch


def gmqtt(port: int, client: str, count: int) -> Watch:
    from gmqtt import Client
    from gmqtt.mqtt.constants import MQTTv311

    watch = Watch(count)

    async def run() -> None:
        done = asyncio.Event()

        def acknowledge(marks: list[object]) -> None:
            for mark in marks:
                mark.set_result(0)  # type: ignore[attr-defined]

        heard, keep = keeping(acknowledge)
        loop = asyncio.get_running_loop()

        async def on_message(
            _client: object, _topic: str, payload: bytes, _qos: int, _properties: object
        ) -> int:
            kept: asyncio.Future[int] = loop.create_future()
            heard(payload, kept)
            watch.heard()
            if watch.last:
                keep()
                done.set()
            return await kept

        reader = Client(client, clean_session=False, optimistic_acknowledgement=False)
        reader.on_message = on_message
        await reader.connect(HOST, port, version=MQTTv311)
        await done.wait()
        await asyncio.sleep(0.2)
        await reader.disconnect()

    asyncio.run(run())
    return watch


def aiomqtt(port: int, client: str, count: int) -> Watch:
    """It cannot acknowledge after a commit; shown as what it reads at all."""
    from aiomqtt import Client, ProtocolVersion

    watch = Watch(count)

    async def run() -> None:
        heard, keep = keeping(lambda _: None)
        async with Client(
            HOST, port, identifier=client, clean_session=False, protocol=ProtocolVersion.V311
        ) as reader:
            async for message in reader.messages:
                heard(message.payload, None)
                watch.heard()
                if watch.last:
                    keep()
                    break

    asyncio.run(run())
    return watch


READERS = {"discard": discard, "ours": ours, "paho": paho, "gmqtt": gmqtt, "aiomqtt": aiomqtt}
NEEDS = {"paho": "paho", "gmqtt": "gmqtt", "aiomqtt": "aiomqtt"}

if __name__ == "__main__":
    importlib.import_module(NEEDS.get(sys.argv[1], "gezhi.exchange.mqtt.client"))
    print("ready", flush=True)
    print(READERS[sys.argv[1]](int(sys.argv[2]), sys.argv[3], int(sys.argv[4])).told(), flush=True)
