"""The one door of readings: kept once, marked, watched, and told row by row what became of each."""

import threading
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from django.db import connection

from gezhi.cases.world import world
from gezhi.packs.shapes.monitors import seconds_of
from gezhi.sensing.actions.taking import take
from gezhi.sensing.columns import Columns, Fate, Mark
from tests.cast import Cast
from tests.sensing.things import a_series, a_thing, with_packs

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MS = int(NOW.timestamp() * 1000)
MINUTE = 60_000


def stored(series: int) -> list[tuple[int, float, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (extract(epoch FROM at) * 1000)::bigint, value, mark FROM sensing_reading"
            " WHERE datastream_id = %s ORDER BY at",
            [series],
        )
        return list(cursor.fetchall())


def sent(series: int, *rows: tuple[int, float]) -> list[Fate]:
    """Minutes before now, and value."""
    at = [MS - minutes * MINUTE for minutes, _ in rows]
    columns = Columns.of([series] * len(rows), at, [value for _, value in rows])
    return [Fate(fate) for fate in take(columns, "test", NOW).fate.tolist()]


def test_readings_are_kept_with_their_own_time(city: Cast) -> None:
    series = a_series()
    assert sent(series, (2, 1.5), (1, 2.5)) == [Fate.NEW, Fate.NEW]
    assert stored(series) == [(MS - 2 * MINUTE, 1.5, 0), (MS - MINUTE, 2.5, 0)]


def test_the_same_reading_twice_is_kept_once_and_told_so(city: Cast) -> None:
    series = a_series()
    assert sent(series, (2, 1.5), (2, 1.5)) == [Fate.NEW, Fate.AGAIN]
    assert sent(series, (2, 1.5)) == [Fate.AGAIN]
    assert len(stored(series)) == 1


def test_another_value_for_the_same_instant_changes_nothing(city: Cast) -> None:
    series = a_series()
    assert sent(series, (2, 1.5), (2, 1.7)) == [Fate.NEW, Fate.CONTRADICTING]
    assert sent(series, (2, 1.9)) == [Fate.CONTRADICTING]
    assert stored(series) == [(MS - 2 * MINUTE, 1.5, 0)]


def test_a_reading_that_comes_late_finds_its_place(city: Cast) -> None:
    series = a_series()
    sent(series, (1, 3.0))
    taken = take(Columns.of([series], [MS - 5 * MINUTE], [1.0]), "test", NOW)
    assert (taken.new, taken.late) == (1, 1)
    assert [value for _, value, _ in stored(series)] == [1.0, 3.0]


def test_late_readings_among_those_that_were_there_are_told_apart(city: Cast) -> None:
    series = a_series()
    sent(series, (9, 9.0), (7, 7.0), (1, 1.0))
    mixed = sent(series, (9, 9.0), (8, 8.0), (7, 7.5), (6, 6.0))
    assert mixed == [Fate.AGAIN, Fate.NEW, Fate.CONTRADICTING, Fate.NEW]
    assert [value for _, value, _ in stored(series)] == [9.0, 8.0, 7.0, 6.0, 1.0]
    assert sent(series, (9, 9.0), (8, 8.0), (6, 6.0)) == [Fate.AGAIN] * 3


def test_late_batches_of_one_transaction_are_kept_each(city: Cast) -> None:
    one, two = a_series(), a_series()
    for series in (one, two):
        sent(series, (1, 3.0))
    for series in (one, two):
        assert sent(series, (5, 1.0), (4, 2.0)) == [Fate.NEW, Fate.NEW]
    assert len(stored(one)) == len(stored(two)) == 3


@pytest.mark.parametrize(
    ("at", "value", "reason"),
    [
        (0, 1.0, "too-old"),
        (MS + 3_600_000, 1.0, "from-the-future"),
        (MS, float("nan"), "not-a-number"),
        (MS, float("inf"), "not-a-number"),
    ],
)
def test_what_cannot_be_is_refused_and_counted(city: Cast, at: int, value: float, reason: str) -> None:
    series = a_series()
    taken = take(Columns.of([series, series], [at, MS], [value, 2.0]), "one-device", NOW)
    assert taken.fate.tolist()[0] == Fate.REFUSED
    assert taken.new == 1, "the sound row beside it is kept"
    with connection.cursor() as cursor:
        cursor.execute("SELECT reason, count FROM sensing_refusal WHERE source = 'one-device'")
        assert cursor.fetchall() == [(reason, 1)]


@pytest.mark.parametrize("series", [-5, 0, 4_000_000])
def test_a_series_that_nobody_knows_is_refused(city: Cast, series: int) -> None:
    assert sent(series, (1, 1.0)) == [Fate.REFUSED]


def test_a_value_that_the_thing_cannot_measure_is_kept_and_marked(city: Cast) -> None:
    series = a_series(low=0, high=10)
    sent(series, (2, 5.0), (1, 11.0))
    assert [mark for _, _, mark in stored(series)] == [0, Mark.OUT_OF_RANGE]


def test_a_jump_and_a_gap_are_marked(city: Cast) -> None:
    series = a_series(max_step=1.0, every_s=60)
    sent(series, (10, 1.0), (9, 1.5), (8, 9.0), (3, 9.5))
    assert [Mark(mark) for _, _, mark in stored(series)] == [Mark.GOOD, Mark.GOOD, Mark.JUMP, Mark.GAP]


def test_a_value_that_stands_still_longer_than_its_kind_may_is_marked(city: Cast) -> None:
    with_packs("air")
    kind = next(
        one for one in world().catalogue.things.values() if any(d.stuck for d in one.thing.datastreams)
    ).thing
    measured = next(one for one in kind.datastreams if one.stuck)
    every, stuck = seconds_of(measured.every) // 60, seconds_of(measured.stuck or "") // 60
    series = a_series(a_thing(kind.key), measured.property, measured.unit)
    value = (measured.low + measured.high) / 2
    sent(series, *[(minutes, value) for minutes in range(stuck + 2 * every, -1, -every)])
    marks = [mark & Mark.STUCK for _, _, mark in stored(series)]
    assert marks == [0] * (len(marks) - 3) + [Mark.STUCK] * 3


def test_what_the_device_says_of_its_value_stays(city: Cast) -> None:
    series = a_series()
    take(Columns.of([series], [MS], [1.0], [Mark.CALIBRATING]), "test", NOW)
    assert stored(series)[0][2] == Mark.CALIBRATING


def test_a_fast_clock_is_marked(city: Cast) -> None:
    series = a_series()
    take(Columns.of([series], [MS + 5 * MINUTE], [1.0]), "test", NOW)
    assert stored(series)[0][2] == Mark.CLOCK


def test_one_batch_is_the_same_as_many(city: Cast) -> None:
    one, many = a_series(max_step=1.0, every_s=60), a_series(max_step=1.0, every_s=60)
    chance = np.random.default_rng(7)
    at = MS - chance.permutation(200) * 20_000
    value = chance.choice([1.0, 2.0, 2.0, 5.0], 200)
    order = np.argsort(at)
    take(Columns.of([one] * 200, at, value), "test", NOW)
    for begin in range(0, 200, 7):
        rows = order[begin : begin + 7]
        take(Columns.of([many] * len(rows), at[rows], value[rows]), "test", NOW)
    assert stored(one) == stored(many)


def test_callers_at_once_keep_each_reading_once(committed: Cast) -> None:
    series = [a_series() for _ in range(3)]
    columns = Columns.of(np.repeat(series, 50), np.tile(MS - np.arange(50) * MINUTE, 3), np.arange(150) % 9)
    new = list[int]()

    def send(seed: int) -> None:
        order = np.random.default_rng(seed).permutation(150)
        new.append(
            sum(take(columns[order[begin : begin + 30]], "test", NOW).new for begin in range(0, 150, 30))
        )
        connection.close()

    threads = [threading.Thread(target=send, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sum(new) == 150
    assert sum(len(stored(one)) for one in series) == 150


def test_each_day_has_a_table_of_its_own(committed: Cast) -> None:
    series = a_series()
    sent(series, (0, 1.0), (24 * 60, 2.0))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tableoid::regclass::text FROM sensing_reading WHERE datastream_id = %s", [series]
        )
        found = {name for (name,) in cursor.fetchall()}
    assert found == {"sensing_reading_20261122", "sensing_reading_20261121"}


def test_readings_from_before_2024_lie_together(committed: Cast) -> None:
    series = a_series()
    old = int((NOW - timedelta(days=3000)).timestamp() * 1000)
    take(Columns.of([series], [old], [1.0]), "test", NOW)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tableoid::regclass::text FROM sensing_reading WHERE datastream_id = %s", [series]
        )
        assert cursor.fetchall() == [("sensing_reading_rest",)]
