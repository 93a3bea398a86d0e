"""Connections to the database belong to places, not to threads.

As many are open as requests may work at once. Threads that wait for a place or refuse hold none, so that a process
may have many of them. Outside web processes each thread keeps its own, as Django has it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.core.signals import request_finished
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

_spare: list[BaseDatabaseWrapper] | None = None  # given back last, lent first; None: nothing is lent here


def lend_connections() -> None:
    """In a process that answers requests."""
    global _spare
    _spare = []
    request_finished.connect(_close_own, dispatch_uid="gezhi.lending")


@contextmanager
def borrowed() -> Iterator[None]:
    """Inside the block this thread works with a connection of a place."""
    if _spare is None:
        yield
        return
    lent = _spare.pop() if _spare else _made()
    own = connections[DEFAULT_DB_ALIAS]
    lent.close_if_unusable_or_obsolete()
    connections[DEFAULT_DB_ALIAS] = lent
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = own
        if lent.in_atomic_block:
            lent.close()
        else:
            _spare.append(lent)


def _made() -> BaseDatabaseWrapper:
    made = connections.create_connection(DEFAULT_DB_ALIAS)
    made.inc_thread_sharing()
    return made


def _close_own(**_: object) -> None:
    """What was asked without a place, such as the rest of an answer that is written out while it is made."""
    connections[DEFAULT_DB_ALIAS].close()
