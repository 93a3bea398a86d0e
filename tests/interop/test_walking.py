"""Whoever calls, whatever was answered before: the interface keeps to its own document."""

import os
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, seed
from hypothesis import strategies as st

from gezhi.exchange.rest import access
from tests.cast import Cast
from tests.drawn import drawn
from tests.interop.walking import Walks, begun, walk

MINUTES = float(os.environ.get("WALK_MINUTES", "0"))
STEPS = 4


@pytest.fixture
def walks(committed: Cast) -> Iterator[Walks]:
    yield begun(committed)
    access._callers.clear()


def go(walks: Walks, count: int, number: int) -> None:
    @seed(number)
    @drawn(count)
    @given(st.data())
    def one(data: st.DataObject) -> None:
        walk(walks, data, range(STEPS))

    one()


def test_the_interface_keeps_to_its_document_for_every_role(walks: Walks) -> None:
    go(walks, 30, 1)
    until, number = time.monotonic() + 60 * MINUTES, 2
    while time.monotonic() < until:
        go(walks, 50, number)
        number += 1
    if MINUTES:
        print("\n" + walks.table())
    assert walks.calls.total() >= 60
    assert walks.faults == {}, walks.table()
