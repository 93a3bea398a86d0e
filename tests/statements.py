"""Statements as they go over the wire, COPY and transaction control included: libpq's own trace counts them."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from psycopg.pq import Trace


class Statements:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def __len__(self) -> int:
        return len(self.lines)


@contextmanager
def statements() -> Iterator[Statements]:
    """Filled when the block ends."""
    connection.ensure_connection()
    wire, found = connection.connection.pgconn, Statements()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as trace:
        wire.trace(trace.fileno())
        wire.set_trace_flags(Trace.SUPPRESS_TIMESTAMPS)
        try:
            yield found
        finally:
            wire.untrace()
        trace.seek(0)
        found.lines = [line for line in trace if _is_statement(line)]


def _is_statement(line: str) -> bool:
    side, _, kind, *_ = [*line.rstrip().split("\t"), "", ""]
    return side == "F" and kind in ("Query", "Execute")
