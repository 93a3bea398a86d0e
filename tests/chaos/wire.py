"""A line between two programs that can be cut, refuse, or swallow what is said."""

import selectors
import socket
import threading
from contextlib import suppress
from typing import Self


class Wire:
    """Forwards connections to 127.0.0.1:`port` to `to`."""

    def __init__(self, to: int, port: int = 0) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.port = int(self._listener.getsockname()[1])
        self._pairs = dict[socket.socket, socket.socket]()
        self._lock = threading.Lock()
        self._watched = selectors.DefaultSelector()
        self._closed = threading.Event()
        self._refusing, self._deaf = threading.Event(), threading.Event()
        self.cuts = 0

    def __enter__(self) -> Self:
        self._watched.register(self._listener, selectors.EVENT_READ)
        threading.Thread(target=self._run, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closed.set()
        self.cut()
        self._listener.close()

    def cut(self) -> None:
        """Every connection ends in the middle of whatever is being said."""
        with self._lock:
            self.cuts += 1
            for one in list(self._pairs):
                with suppress(OSError):
                    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
                    one.shutdown(socket.SHUT_RDWR)

    def refuse(self) -> None:
        self._refusing.set()
        self.cut()

    def swallow(self) -> None:
        """Connections stay open, nothing comes through."""
        self._deaf.set()

    def mend(self) -> None:
        """What was swallowed is lost, so those connections end."""
        if self._deaf.is_set():
            self.cut()
        self._refusing.clear()
        self._deaf.clear()

    def _run(self) -> None:
        while not self._closed.is_set():
            for key, _ in self._watched.select(0.2):
                if key.fileobj is self._listener:
                    self._accept()
                elif isinstance(key.fileobj, socket.socket):
                    self._forward(key.fileobj)

    def _accept(self) -> None:
        try:
            near, _ = self._listener.accept()
        except OSError:
            return
        if self._refusing.is_set():
            near.close()
            return
        try:
            far = socket.create_connection(("127.0.0.1", self._to), 2)
        except OSError:
            near.close()
            return
        with self._lock:
            self._pairs[near], self._pairs[far] = far, near
        for one in (near, far):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._watched.register(one, selectors.EVENT_READ)

    def _forward(self, source: socket.socket) -> None:
        target = self._pairs.get(source)
        try:
            data = source.recv(65536)
            if data and target and not self._deaf.is_set():
                target.sendall(data)
        except OSError:
            data = b""
        if not data:
            self._end(source, target)

    def _end(self, *both: socket.socket | None) -> None:
        for one in both:
            if one is None:
                continue
            with self._lock:
                self._pairs.pop(one, None)
            with suppress(KeyError, ValueError):
                self._watched.unregister(one)
            one.close()
