"""Frames of HJ 212 a second and core: checked, read, handed to a door that forgets them, acknowledged.

The peer is a bare asyncio server that sends each line back, under the same clients on the same machine. Server and
clients are processes of their own; a server's core is what its process used (frames / seconds of processor). Two JSON
lines: devices that send a frame and wait for its answer, as they do every day, and devices that send 40 at once, as
after a night without a network.

    .venv/bin/python benchmarks/hj212.py [--seconds 5] [--connections 1000]
"""

import argparse
import asyncio
import multiprocessing
import selectors
import socket
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import NamedTuple

from _node import PROJECT, tell

sys.path.insert(0, str(PROJECT))

TARGET = 25_000.0


class Load(NamedTuple):
    frame: bytes
    at_once: int
    connections: int
    seconds: float


class Rate(NamedTuple):
    """Answers for a second of the clock, and of the server's processor."""

    wall: float
    core: float


WAYS = {"hj212": 1, "hj212-backlog": 40}  # frames that a client sends before it waits for their answers


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=1_000)
    given = parser.parse_args()
    frame, reached = a_frame(), []
    for name, at_once in WAYS.items():
        load = Load(frame, at_once, given.connections, given.seconds)
        echo, ours = measured(echoing, load), measured(serving, load)
        reached.append(ours.core)
        more = {"readings": round(10 * ours.core), "wall": round(ours.wall), "wall_peer": round(echo.wall)}
        peer = "bare asyncio echo of the same lines"
        tell(
            name, ours.core, "frames/s of one core", peer, echo.core, bytes=len(frame), target=TARGET, **more
        )
    sys.exit(min(reached) < TARGET)


def a_frame() -> bytes:
    """411 bytes, ten factors with their marks."""
    from gezhi.exchange.hj212.segment import wire
    from tests.exchange.hj212_cast import air_content, segment

    now = datetime.now(UTC)
    return wire(segment(air_content(now=now), now=now))


def measured(server: Callable[[Connection], None], load: Load) -> Rate:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=server, args=(theirs,))
    process.start()
    port = ours.recv()
    drive(port, load._replace(seconds=1.0))
    ours.send("begin")
    ours.recv()
    answers, took = drive(port, load)
    ours.send("end")
    used = ours.recv()
    process.join(10)
    return Rate(answers / took, answers / used)


def drive(port: int, load: Load) -> tuple[int, float]:
    """Each client sends its frames, waits for as many answers and begins anew. Answers, and seconds."""
    selector, blob = selectors.DefaultSelector(), load.frame * load.at_once
    waiting: dict[socket.socket, int] = {}
    for _ in range(load.connections):
        client = socket.create_connection(("127.0.0.1", port))
        waiting[client] = load.at_once
        selector.register(client, selectors.EVENT_READ)
        client.sendall(blob)
    answers, begun = 0, time.monotonic()
    while time.monotonic() - begun < load.seconds:
        for key, _ in selector.select(1.0):
            client = key.fileobj  # type: ignore[assignment]
            came = client.recv(1 << 16).count(b"\n")
            answers += came
            waiting[client] -= came
            if waiting[client] <= 0:
                waiting[client] += load.at_once
                client.sendall(blob)
    took = time.monotonic() - begun
    for client in waiting:
        client.close()
    return answers, took


def serving(pipe: Connection) -> None:
    from gezhi.exchange.hj212.limits import Limits
    from gezhi.exchange.hj212.serving import Server
    from gezhi.sensing.columns import Taken
    from tests.exchange.hj212_cast import devices

    async def run() -> None:
        unlimited = Limits(frames=1e9, bytes=1e12)
        server = await Server(lambda columns, *_: Taken.all_new(len(columns)), devices(), unlimited).start(
            "127.0.0.1", 0
        )
        pipe.send(server.port)
        await report(pipe)
        await server.stop()

    asyncio.run(run())


def echoing(pipe: Connection) -> None:
    class Echo(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            self.transport, self.rest = transport, b""

        def data_received(self, data: bytes) -> None:
            lines = (self.rest + data).split(b"\r\n")
            self.rest = lines.pop()
            self.transport.write(b"".join([line + b"\r\n" for line in lines]))  # type: ignore[attr-defined]

    async def run() -> None:
        server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await report(pipe)
        server.close()

    asyncio.run(run())


async def report(pipe: Connection) -> None:
    """From the word to begin to the word to end: the processor's seconds of this process."""
    await asyncio.to_thread(pipe.recv)
    begun = time.process_time()
    pipe.send("begun")
    await asyncio.to_thread(pipe.recv)
    pipe.send(time.process_time() - begun)


if __name__ == "__main__":
    main()
