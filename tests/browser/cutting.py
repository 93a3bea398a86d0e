"""A line that breaks: what goes to the server passes here, and is cut after any number of bytes, either way."""

import contextlib
import socket
import threading
from random import Random
from typing import Self
from urllib.parse import urlsplit

LONGEST = 45_000  # bytes that a connection carries before it is cut


class Cutting:
    """`left`: cuts still to come; none before `begin`."""

    def __init__(self, server: str, cuts: int) -> None:
        there = urlsplit(server)
        self._there = (there.hostname or "", there.port or 80)
        self._cuts, self.left = cuts, 0
        self._random = Random(47)  # the same cuts each time
        self._door = socket.create_server(("localhost", 0))
        self.url = f"http://localhost:{self._door.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def begin(self) -> None:
        self.left = self._cuts

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._door.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._door.accept()
                _Line(self, near, socket.create_connection(self._there)).open()

    def budget(self) -> int:
        return self._random.randrange(LONGEST)


class _Line:
    def __init__(self, cutting: Cutting, near: socket.socket, far: socket.socket) -> None:
        self._cutting, self._near, self._far = cutting, near, far
        self._carries = cutting.budget()
        self._lock = threading.Lock()

    def open(self) -> None:
        for one, other in ((self._near, self._far), (self._far, self._near)):
            threading.Thread(target=self._carry, args=(one, other), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(2048):
                passes = self._passes(len(data))
                other.sendall(data[:passes])
                if passes < len(data):
                    break
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def _passes(self, wanted: int) -> int:
        """How many of these bytes still get through."""
        with self._lock:
            if not self._cutting.left:
                return wanted
            self._carries -= wanted
            if self._carries >= 0:
                return wanted
            self._cutting.left -= 1
            return max(0, wanted + self._carries)
