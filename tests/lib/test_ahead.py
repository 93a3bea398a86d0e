"""Things made ahead come in order, errors reach the user, and nobody works on for nothing."""

import threading
import time
from collections.abc import Iterator

import pytest

from gezhi.lib.ahead import ahead


def test_the_same_things_come_in_the_same_order() -> None:
    assert list(ahead(range(1000))) == list(range(1000))


def test_the_next_is_made_while_this_one_is_used() -> None:
    made: list[int] = []

    def things() -> Iterator[int]:
        for number in range(3):
            made.append(number)
            yield number

    one = ahead(things())
    assert next(one) == 0
    deadline = time.monotonic() + 5
    while len(made) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert len(made) >= 2


def test_an_error_comes_after_what_was_made_before_it() -> None:
    def things() -> Iterator[int]:
        yield 1
        raise ValueError("torn page")

    one = ahead(things())
    assert next(one) == 1
    with pytest.raises(ValueError, match="torn page"):
        next(one)


def test_the_maker_stops_when_nobody_wants_more() -> None:
    before = threading.active_count()
    one = ahead(iter(int, 1))
    next(one)
    one.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert threading.active_count() <= before
