"""The mark of an export stands in how it rounds: as true as any other rounding, and another for each export."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gezhi.security.rounding import new_key, rounded

KEY = b"k" * 16
TIMES = st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2100, 1, 1))  # noqa: DTZ001


@given(TIMES, st.binary(min_size=16, max_size=16))
def test_a_time_is_told_to_the_second_and_never_off_by_one(at: datetime, key: bytes) -> None:
    told = rounded(at, key)
    assert isinstance(told, datetime)
    assert told.microsecond == 0
    assert abs(told - at) < timedelta(seconds=1)


@given(st.floats(allow_nan=True, allow_infinity=True), st.binary(min_size=16, max_size=16))
def test_a_number_is_off_by_less_than_one_in_its_sixth_digit(value: float, key: bytes) -> None:
    told = rounded(value, key)
    assert told == value or value != value or abs(told - value) <= 1e-6 + abs(value) * 1e-15  # type: ignore[operator]


def test_what_needs_no_rounding_is_not_touched() -> None:
    whole = datetime(2026, 7, 6, 9, 0, 23, tzinfo=UTC)
    for value in (whole, 12.5, 0.123456, 7, "2026-07-06 09:00:23.5", None, True):
        assert rounded(value, KEY) is value


def test_two_exports_of_the_same_values_differ_in_about_half_of_them() -> None:
    times = [datetime(2026, 7, 6, tzinfo=UTC) + timedelta(seconds=61.37 * n) for n in range(2000)]
    one, other = new_key(), new_key()
    same = sum(rounded(at, one) == rounded(at, other) for at in times if at.microsecond)
    assert 800 < same < 1200


def test_one_export_tells_one_value_the_same_wherever_it_stands() -> None:
    at = datetime(2026, 7, 6, 9, 0, 23, 500, tzinfo=UTC)
    assert rounded(at, KEY) == rounded(at, KEY)
