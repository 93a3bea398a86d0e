"""Readings of many callers in one transaction."""

import threading
import time
from datetime import datetime

import pytest

from gezhi.sensing.columns import NOTHING, Columns, Fate, Taken
from gezhi.sensing.gathering import Closed, Full, Gatherer
from tests.exchange.hj212_cast import Door


def some(count: int, series: int = 1, begin: int = 0) -> Columns:
    return Columns.of([series] * count, range(begin, begin + count), [1.0] * count)


def test_puts_of_many_threads_share_transactions_and_each_learns_its_own_fate() -> None:
    door = Door()
    gatherer = Gatherer(door, "tests", wait=0.05)
    told: dict[int, Taken] = {}

    def put(series: int) -> None:
        told[series] = gatherer.put(some(10, series)).result(10)

    callers = [threading.Thread(target=put, args=(series,)) for series in range(50)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert gatherer.close()
    assert len(door.kept) == 500
    assert len(door.times) < 25
    assert all((len(taken), taken.new) == (10, 10) for taken in told.values())


def test_a_batch_is_not_waited_for_once_it_is_large() -> None:
    gatherer = Gatherer(Door(), "tests", wait=30.0, most=100)
    assert gatherer.put(some(100)).result(5).new == 100
    gatherer.close()


def test_while_others_come_a_batch_waits_but_not_for_ever() -> None:
    door = Door()
    gatherer = Gatherer(door, "tests", wait=0.2, longest=1.0)
    begun, waiting = time.monotonic(), []
    while time.monotonic() - begun < 1.5:
        waiting.append(gatherer.put(some(1, 1, len(waiting))))
        time.sleep(0.02)
    assert waiting[0].done(), "it was taken while others still came"
    assert gatherer.close()
    assert len(door.times) < 5, "four pauses of 0.2 s would have made as many batches"


def test_one_callers_fault_is_not_anothers() -> None:
    def take(columns: Columns, source: str, now: datetime) -> Taken:
        if 13 in columns.series:
            raise ValueError("thirteen")
        return Taken.all_new(len(columns))

    gatherer = Gatherer(take, "tests", wait=0.2)
    good, bad, other = (gatherer.put(some(3, series)) for series in (1, 13, 2))
    assert (good.result(5).new, other.result(5).new) == (3, 3)
    with pytest.raises(ValueError, match="thirteen"):
        bad.result(5)
    gatherer.close()


def test_more_than_may_wait_is_refused_at_once() -> None:
    door = Door()
    door.may.clear()
    gatherer = Gatherer(door, "tests", wait=0.0, most=10, held=30)
    first = gatherer.put(some(10))
    while gatherer.waiting:
        time.sleep(0.01)
    waiting = [gatherer.put(some(10, begin=10 * turn)) for turn in (1, 2, 3)]
    with pytest.raises(Full):
        gatherer.put(some(1))
    door.may.set()
    assert [one.result(5).new for one in (first, *waiting)] == [10] * 4
    gatherer.close()


def test_closing_takes_what_waits_and_nothing_after() -> None:
    gatherer = Gatherer(Door(), "tests", wait=30.0)
    waiting = gatherer.put(some(5))
    assert gatherer.close()
    assert waiting.result(0).new == 5
    with pytest.raises(Closed):
        gatherer.put(some(1))


def test_columns_are_of_one_length_and_can_be_cut_and_joined() -> None:
    with pytest.raises(ValueError, match="one length"):
        Columns.of([1, 2], [1], [1.0])
    both = Columns.joined([some(2), some(3, 2)])
    assert both.series.tolist() == [1, 1, 2, 2, 2]
    assert both[2:].series.tolist() == [2, 2, 2]
    assert len(Columns.joined([])) == len(NOTHING) == 0


def test_what_was_taken_is_counted_by_fate() -> None:
    taken = Taken.all_new(4)
    taken.fate[1:] = (Fate.AGAIN, Fate.CONTRADICTING, Fate.REFUSED)
    taken.behind[:2] = True
    assert (taken.new, taken.again, taken.contradicting, taken.refused, taken.late) == (1, 1, 1, 1, 1)
