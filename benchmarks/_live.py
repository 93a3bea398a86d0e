"""The other processes of the benchmark of streams: many clients in one, and a server that only writes bytes.

`python _live.py clients PORT OUT < PATHS`: opens one stream for each path, says READY, and on the end of its input
writes into OUT what came when. `python _live.py bare PORT`: writes each line of its input to every client, as an event.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\nevent: hello\ndata: {}\n\n"
CASE = re.compile(rb'"id":(\d+)')


class Listener(asyncio.Protocol):
    """Keeps what came with its time; it is read when all is over."""

    def __init__(self, path: str, greeted: Callable[[], None]) -> None:
        self.came: list[tuple[float, bytes]] = []
        self._path, self._greeted = path, greeted

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(f"GET {self._path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())

    def data_received(self, data: bytes) -> None:
        if b"event: hello" in data:
            self._greeted()
        self.came.append((time.time(), data))

    def cases(self) -> list[tuple[int, float]]:
        """When each case was first told."""
        first: dict[int, float] = {}
        held = b""
        for at, data in self.came:
            *whole, held = (held + data).split(b"\n\n")
            for number in CASE.findall(b"".join(whole)):
                first.setdefault(int(number), at)
        return list(first.items())


async def told() -> asyncio.StreamReader:
    """The lines of this process's input."""
    reader = asyncio.StreamReader(limit=2**24)
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    return reader


async def clients(port: int, out: Path) -> None:
    loop, lines = asyncio.get_running_loop(), await told()
    listeners: list[Listener] = []
    for path in (await lines.readline()).decode().split():
        greeted = asyncio.Event()
        _, listener = await loop.create_connection(
            lambda path=path, greeted=greeted: Listener(path, greeted.set), "127.0.0.1", port
        )
        await greeted.wait()
        listeners.append(listener)
    print("READY", flush=True)
    await lines.readline()
    out.write_text(json.dumps([listener.cases() for listener in listeners]))


async def bare(port: int) -> None:
    writers: list[asyncio.StreamWriter] = []

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(HEAD)
        writers.append(writer)

    lines = await told()
    server = await asyncio.start_server(greet, "127.0.0.1", port, backlog=4096)
    print("READY", flush=True)
    async with server:
        while line := await lines.readline():
            event = b"event: cases\ndata: " + line.strip() + b"\n\n"
            for writer in writers:
                writer.write(event)


if __name__ == "__main__":
    mode, port = sys.argv[1], int(sys.argv[2])
    asyncio.run(clients(port, Path(sys.argv[3])) if mode == "clients" else bare(port))
