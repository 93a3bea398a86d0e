"""A local SMS gateway that remembers every request by its Idempotency-Key."""

import threading
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self


class Gateway:
    """`taken`: key -> the bodies of every request that was answered with 200."""

    def __init__(self, refuse_every: int = 0) -> None:
        self.taken: dict[str, list[bytes]] = defaultdict(list)
        self.refused = 0
        self._count, self._every, self._lock = 0, refuse_every, threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/sms"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def status_for(self, key: str, body: bytes) -> int:
        with self._lock:
            self._count += 1
            if self._every and self._count % self._every == 0:
                self.refused += 1
                return 503
            self.taken[key].append(body)
            return 200

    def _handler(gateway) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler below
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                body = self.rfile.read(length)
                if len(body) < length:  # the sender was killed in the middle: this is no request
                    return
                self.send_response(gateway.status_for(self.headers["Idempotency-Key"], body))
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        return Handler
