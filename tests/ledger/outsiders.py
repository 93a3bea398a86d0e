"""Outsiders for tests: an authority and a witness that answer over HTTP, each with keys of its own."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone

from gezhi.ledger import notes
from gezhi.ledger.authority import Authority, server
from gezhi.ledger.witnessing import (
    SIZE_TYPE,
    BadSubmission,
    NotCosigned,
    Seen,
    parse_submission,
    require_cosignable,
)


@contextmanager
def serving(made: HTTPServer) -> Iterator[str]:
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_address[1]}"
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


@contextmanager
def an_authority(folder: Path) -> Iterator[tuple[str, Authority]]:
    authority = Authority(folder, timezone.now())
    with serving(server(authority, "127.0.0.1", 0)) as url:
        yield url, authority


class Court:
    """A witness that keeps what it cosigned in memory. `says`: another answer than the lawful one."""

    def __init__(self, log: notes.Verifier) -> None:
        self.log = log
        self.signer = notes.Ed25519Signer("court.example/w", Ed25519PrivateKey.generate(), notes.COSIGNATURE)
        self.seen = Seen()
        self.asked: list[int] = []
        self.says: tuple[int, bytes] | None = None

    def answer(self, body: bytes) -> tuple[int, bytes]:
        if self.says is not None:
            return self.says
        try:
            submission = parse_submission(body)
            self.asked.append(submission.old)
            head = require_cosignable(submission, [self.log], self.seen)
        except BadSubmission as bad:
            return 400, str(bad).encode()
        except NotCosigned as refused:
            return refused.status, refused.body.encode()
        self.seen = Seen(head.size, head.root)
        line = self.signer.sign(submission.note.text, int(timezone.now().timestamp()))
        return 200, line.line().encode()

    @contextmanager
    def open(self) -> Iterator[str]:
        """The setting that names it."""
        with serving(HTTPServer(("127.0.0.1", 0), _handler(self.answer))) as url:
            yield f"court={self.signer.verifier.vkey()}@{url}"


def _handler(answer: Callable[[bytes], tuple[int, bytes]]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(status if self.path == "/add-checkpoint" else 404)
            self.send_header("Content-Type", SIZE_TYPE if status == 409 else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
