"""Working ahead: what an iterator makes next is made in a thread while the present thing is being used."""

import threading
from collections.abc import Iterable, Iterator
from queue import Full, Queue
from typing import TypeVar

T = TypeVar("T")
_PATIENCE = 0.2  # seconds between looks at whether anybody still wants more


class _End:
    """After the last thing; `error`: what the iterator raised."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


def ahead(things: Iterable[T], depth: int = 2) -> Iterator[T]:
    """The same things in the same order, at most `depth` of them made before they are asked for.

    The iterator runs in a thread of its own: it must not use a database connection of this one.
    """
    made: Queue[T | _End] = Queue(depth)
    unwanted = threading.Event()
    threading.Thread(target=_make, args=(things, made, unwanted), daemon=True).start()
    try:
        while not isinstance(thing := made.get(), _End):
            yield thing
        if thing.error is not None:
            raise thing.error
    finally:
        unwanted.set()


def _make(things: Iterable[T], made: "Queue[T | _End]", unwanted: threading.Event) -> None:
    try:
        for thing in things:
            if not _put(thing, made, unwanted):
                return
        _put(_End(), made, unwanted)
    except BaseException as error:  # whoever uses the things hears of it, in its own thread
        _put(_End(error), made, unwanted)


def _put(thing: "T | _End", made: "Queue[T | _End]", unwanted: threading.Event) -> bool:
    while not unwanted.is_set():
        try:
            made.put(thing, timeout=_PATIENCE)
        except Full:
            continue
        return True
    return False
