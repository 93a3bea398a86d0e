"""Step, rate and z of readings, the same however they are cut into batches."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gezhi.sensing.columns import Mark
from gezhi.sensing.hours import MINUTE
from gezhi.sensing.measuring import CLIP, KNOWN, LEAST, Known, Rows, measured, nothing_known
from tests.sensing.watched import START


def taken(
    known: Known,
    *readings: tuple[int, int, float],
    holds: int = 60,
    unusual: bool = True,
    mark: Mark = Mark.GOOD,
) -> tuple[Rows, Known]:
    """(series, minute, value); `holds`: minutes; `mark`: of all."""
    series, minutes, values = (np.array([one[n] for one in readings]) for n in range(3))
    at, marks = START + minutes.astype(np.int64) * MINUTE, np.full(len(readings), mark, np.int16)
    stale = np.full(len(known), holds * MINUTE)
    return measured(known, series.astype(np.intp), at, values.astype(float), marks, stale, unusual=unusual)


def column(rows: Rows, name: str) -> list[float | None]:
    return [None if np.isnan(one) else float(one) for one in rows.columns[name]]


def test_step_is_the_difference_to_the_reading_before_and_rate_is_that_for_an_hour() -> None:
    rows, known = taken(nothing_known(1), (0, 0, 1.0), (0, 10, 3.0), (0, 40, 2.0))
    assert column(rows, "step") == [None, 2.0, -1.0]
    assert column(rows, "rate") == [None, 12.0, -2.0]
    assert (known["last_value"][0], known["rate"][0]) == (2.0, -2.0)


def test_a_step_over_a_gap_is_unknown() -> None:
    rows, _ = taken(nothing_known(1), (0, 0, 1.0), (0, 60, 3.0), (0, 121, 4.0))
    assert column(rows, "step") == [None, 2.0, None]


def test_rows_come_in_order_and_what_is_not_later_is_left_out() -> None:
    _, known = taken(nothing_known(2), (1, 5, 7.0))
    rows, known = taken(known, (1, 7, 9.0), (0, 3, 1.0), (1, 5, 8.0), (1, 6, 8.0), (1, 6, 99.0), (1, 4, 2.0))
    assert rows.series.tolist() == [0, 1, 1]
    assert rows.columns["value"].tolist() == [1.0, 8.0, 9.0]
    assert known["last_at"].tolist() == [START + 3 * MINUTE, START + 7 * MINUTE]


def test_nothing_comes_of_nothing() -> None:
    rows, known = taken(nothing_known(3))
    assert len(rows) == 0 and known.tobytes() == nothing_known(3).tobytes()


def test_z_is_unknown_at_first_and_then_tells_a_spike() -> None:
    chance = np.random.default_rng(6)
    values = chance.normal(20.0, 2.0, 400)
    values[300] = 40.0
    rows, known = taken(nothing_known(1), *((0, n, value) for n, value in enumerate(values)))
    z = rows.columns["z"]
    assert np.isnan(z[:LEAST]).all() and np.isfinite(z[LEAST:]).all()
    assert z[300] > 8 and np.abs(np.delete(z, 300)[LEAST:]).max() < 5
    assert known["centre"][0] == pytest.approx(20.0, abs=0.5)
    assert known["spread"][0] == pytest.approx(2.0, abs=0.5)


def test_a_spike_moves_the_centre_no_more_than_a_value_at_the_edge() -> None:
    chance = np.random.default_rng(7)
    _, known = taken(nothing_known(1), *((0, n, value) for n, value in enumerate(chance.normal(0, 1, 300))))
    edge = float(known["centre"][0] + CLIP * known["spread"][0])
    _, spike = taken(known, (0, 300, 1e9))
    _, at_edge = taken(known, (0, 300, edge))
    assert spike["centre"][0] == pytest.approx(at_edge["centre"][0])
    assert spike["spread"][0] == pytest.approx(at_edge["spread"][0])


def test_a_series_that_never_moved_has_no_z_and_learns_when_it_does() -> None:
    _, known = taken(nothing_known(1), *((0, n, 5.0) for n in range(50)))
    rows, known = taken(known, (0, 50, 6.0))
    assert column(rows, "z") == [None]
    assert known["spread"][0] > 0 and known["centre"][0] > 5.0


def test_a_missing_value_teaches_nothing() -> None:
    _, known = taken(nothing_known(1), *((0, n, float(n % 3)) for n in range(50)))
    rows, after = taken(known, (0, 50, np.nan))
    assert column(rows, "z") == [None]
    assert [after[name][0] for name in ("centre", "spread", "learnt")] == [
        known[name][0] for name in ("centre", "spread", "learnt")
    ]


@pytest.mark.parametrize("mark", [Mark.OUT_OF_RANGE, Mark.FAULTY, Mark.CALIBRATING | Mark.JUMP])
def test_a_value_that_cannot_be_is_unknown_and_the_next_good_one_has_no_step(mark: Mark) -> None:
    _, known = taken(nothing_known(1), *((0, n, float(n % 3)) for n in range(50)))
    rows, after = taken(known, (0, 50, -9999.0), mark=mark)
    assert [column(rows, name) for name in ("value", "step", "rate", "z")] == [[None]] * 4
    assert (after["last_value"][0], after["learnt"][0]) == (
        -9999.0,
        known["learnt"][0],
    )  # shown, not learnt from
    rows, _ = taken(after, (0, 51, 1.0))
    assert (column(rows, "value"), column(rows, "step")) == ([1.0], [None])


@pytest.mark.parametrize("mark", [Mark.JUMP, Mark.STUCK, Mark.OVER_RANGE, Mark.MANUAL])
def test_a_value_that_is_only_odd_counts(mark: Mark) -> None:
    rows, _ = taken(nothing_known(1), (0, 0, 7.0), mark=mark)
    assert column(rows, "value") == [7.0]


readings = st.lists(
    st.tuples(st.integers(0, 2), st.integers(0, 300), st.floats(-100, 100)),
    max_size=120,
    unique_by=lambda one: one[:2],
)


@settings(deadline=None)
@given(readings, st.lists(st.integers(0, 300), max_size=5))
def test_cutting_into_batches_changes_nothing(found: list[tuple[int, int, float]], cuts: list[int]) -> None:
    whole, known = taken(nothing_known(3), *found)
    parts, state = [], nothing_known(3).tobytes()
    for start, end in zip([-1, *sorted(cuts)], [*sorted(cuts), 300], strict=True):
        piece = [one for one in found if start < one[1] <= end]
        rows, after = taken(np.frombuffer(state, KNOWN), *piece)
        parts.append(rows)
        state = after.tobytes()
    assert state == known.tobytes()
    order = np.lexsort(
        (np.concatenate([one.at for one in parts]), np.concatenate([one.series for one in parts]))
    )
    for name in whole.columns:
        pieces = np.concatenate([one.columns[name] for one in parts])[order]
        np.testing.assert_array_equal(pieces, whole.columns[name])


def test_z_may_be_left_out() -> None:
    rows, known = taken(nothing_known(1), *((0, n, float(n % 3)) for n in range(50)), unusual=False)
    assert np.isnan(rows.columns["z"]).all() and known["learnt"][0] == 0
