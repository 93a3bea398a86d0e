"""Things that happen at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def together(actions: Sequence[Callable[[], T]]) -> list[T | Exception]:
    """Each action in a thread and with a connection of its own, all begun in one instant."""
    gate = Barrier(len(actions))

    def run(action: Callable[[], T]) -> T | Exception:
        gate.wait(10)
        try:
            return action()
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(run, actions))
