"""Readings go when they were kept as long as their datastream, or the city, says: from the table and from the files."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from gezhi.ledger.models import Entry
from gezhi.sensing.actions.archiving import archive_days
from gezhi.sensing.actions.retention import Terms, forget_readings
from gezhi.sensing.actions.taking import take
from gezhi.sensing.archive import read
from gezhi.sensing.columns import Columns
from gezhi.sensing.models import ArchivedDay, Datastream
from gezhi.sensing.queries.archived import path_of, readings_of
from tests.cast import Cast
from tests.sensing.test_archive import days, kept
from tests.sensing.things import a_series

__all__ = ["days", "kept"]
NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
USUAL = 100


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def sent(series: int, *ages: int) -> None:
    """A reading for each number of days ago; its value is that number."""
    columns = Columns.of(
        [series] * len(ages), [ms(NOW - age * DAY) for age in ages], [float(age) for age in ages]
    )
    assert take(columns, "test", NOW).new == len(ages)


def ages(series: int) -> list[float]:
    return readings_of([series], NOW - 3000 * DAY, NOW + DAY).value.tolist()


def test_a_datastream_says_how_long_and_the_city_for_those_that_do_not() -> None:
    terms = Terms.of({1: None, 2: 7, 5: 300}, USUAL)
    series = np.array([1, 2, 5, 9], np.int32)
    assert terms.over(series, 8).tolist() == [2, 9], "of series 9 nobody knows any more"
    assert terms.over(series, 100).tolist() == [2, 9]
    assert terms.over(series, 101).tolist() == [1, 2, 9]
    assert terms.by_days() == {7: [2], 100: [1], 300: [5]}


def test_readings_in_the_table_go_when_their_time_is_over(days: Cast, kept: Path) -> None:
    brief, usual = a_series(keep_days=7), a_series()
    sent(brief, 9, 8, 7, 1)
    sent(usual, 102, 101, 100, 8)
    gone = forget_readings(NOW, USUAL)
    assert ages(brief) == [7.0, 1.0]
    assert ages(usual) == [100.0, 8.0]
    assert gone.readings == 4
    assert forget_readings(NOW, USUAL).readings == 0


def test_readings_in_files_go_too_and_their_neighbours_stay(days: Cast, kept: Path) -> None:
    brief, long = a_series(keep_days=40), a_series(keep_days=2000)
    sent(brief, 60, 50)
    sent(long, 60, 50)
    archive_days(NOW, 30)
    old = {row.day: row.file for row in ArchivedDay.objects.all()}
    forget_readings(NOW - 15 * DAY, USUAL)
    assert ages(brief) == [50.0]
    assert ages(long) == [60.0, 50.0]
    changed = {row.day for row in ArchivedDay.objects.all() if row.file != old[row.day]}
    assert changed == {(NOW - 60 * DAY).date()}, "only the file that held something of it was written anew"
    row = ArchivedDay.objects.get(day=(NOW - 60 * DAY).date())
    assert {one for piece in read(path_of(row)) for one in piece.series.tolist()} == {long}
    assert row.rows == 1


def test_a_file_of_which_nothing_stays_is_given_up(days: Cast, kept: Path) -> None:
    series = a_series(keep_days=40)
    sent(series, 60)
    archive_days(NOW, 30)
    forget_readings(NOW, USUAL)
    assert not ArchivedDay.objects.exists()
    assert ages(series) == []


def test_what_a_datastream_left_behind_goes(days: Cast, kept: Path) -> None:
    series = a_series()
    sent(series, 60)
    archive_days(NOW, 30)
    Datastream.objects.filter(pk=series).delete()
    forget_readings(NOW, USUAL)
    assert not ArchivedDay.objects.exists()


def test_a_shorter_time_counts_from_the_next_night_on(days: Cast, kept: Path) -> None:
    series = a_series(keep_days=90)
    sent(series, 60, 2)
    archive_days(NOW, 30)
    forget_readings(NOW, USUAL)
    assert ages(series) == [60.0, 2.0]
    Datastream.objects.filter(pk=series).update(keep_days=10)
    forget_readings(NOW, USUAL)
    assert ages(series) == [2.0]


def test_what_went_is_in_the_ledger(days: Cast, kept: Path) -> None:
    sent(a_series(keep_days=3), 5)
    forget_readings(NOW, USUAL)
    assert Entry.objects.filter(kind="sensing.forgotten").count() == 1
