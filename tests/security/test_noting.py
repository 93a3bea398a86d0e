"""What comes in numbers is told in few signals, and none of it is lost on the way while it goes on."""

from hypothesis import given
from hypothesis import strategies as st

from gezhi.security.noting import EVERY, MOST_SIGNALS, Notes


def test_the_first_is_told_at_once_and_the_rest_once_a_minute() -> None:
    notes = Notes()
    told = [notes.take("refused", "a", now) for now in (0, 1, 2, 59.9, 60, 61, 125)]
    assert [one and one.count for one in told] == [1, None, None, None, 4, None, 2]


def test_each_address_and_kind_is_counted_by_itself() -> None:
    notes = Notes()
    for kind, who in (("refused", "a"), ("refused", "b"), ("wrong-key", "a")):
        told = notes.take(kind, who, 0)
        assert told is not None
        assert not told.of_many


def test_a_flood_from_many_addresses_is_a_few_signals_without_address() -> None:
    notes = Notes()
    told = [one for n in range(10_000) if (one := notes.take("refused", f"address {n}", n / 1000))]
    assert len(told) <= MOST_SIGNALS + 1
    assert [one.of_many for one in told].count(True) == 1


@given(st.lists(st.floats(0, 5), min_size=1, max_size=200))
def test_what_was_told_and_what_waits_are_all_that_came(gaps: list[float]) -> None:
    notes, now, told = Notes(), 0.0, 0
    for gap in gaps:
        now += gap
        one = notes.take("refused", "a", now)
        told += one.count if one else 0
    last = notes.take("refused", "a", now + EVERY + 1)
    assert last is not None
    assert told + last.count == len(gaps) + 1
