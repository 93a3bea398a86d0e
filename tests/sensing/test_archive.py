"""Old days of readings lie in files: nothing is lost or doubled on the way, and they are read as before."""

import struct
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
import pyarrow.parquet as pq
import pytest
from django.conf import settings
from django.db import connection

from gezhi.config.keeping.proof import named_files
from gezhi.ledger.models import Entry
from gezhi.sensing import archive
from gezhi.sensing.actions.archiving import archive_days
from gezhi.sensing.actions.taking import take
from gezhi.sensing.archive import Sums, held_bits, keys_of, merged, read, rows_in, series_in, write
from gezhi.sensing.columns import Columns
from gezhi.sensing.models import ArchivedDay
from gezhi.sensing.queries.archived import archived, folder, path_of, readings_of, standing_days
from tests.cast import Cast
from tests.owner import owning
from tests.sensing.things import a_series

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
OLD = datetime(2026, 10, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MS = int(OLD.timestamp() * 1000)
HAND = 30


def some(series: list[int], rows: int = 500, seed: int = 1) -> Columns:
    """Rising by series and time."""
    chance = np.random.default_rng(seed)
    at = np.concatenate([MS + np.sort(chance.choice(86_400, rows, replace=False)) * 1000 for _ in series])
    value = chance.normal(20, 5, len(at)).round(2)
    return Columns.of(np.repeat(sorted(series), rows), at, value, chance.choice([0, 4, 1024], len(at)))


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files lie."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    return tmp_path / "readings"


@pytest.fixture
def days(committed: Cast) -> Iterator[Cast]:
    """Days of readings are tables that only their owner drops."""
    yield committed
    with owning(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE sensing_reading, sensing_archivedday")
        for day in standing_days(date(2026, 11, 20)):
            cursor.execute("SELECT gezhi_drop_reading_day(%s)", [day])
    from gezhi.sensing.actions import days as made

    made._made.clear()


def told(series: int) -> list[tuple[int, float, int]]:
    found = readings_of([series], OLD - 400 * DAY, NOW)
    return list(zip(found.at.tolist(), found.value.tolist(), found.mark.tolist(), strict=True))


def standing(series: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sensing_reading WHERE datastream_id = %s", [series])
        return int(cursor.fetchone()[0])


def test_a_file_gives_back_what_was_written_and_knows_its_series(tmp_path: Path) -> None:
    columns = some([3, 300, 70_000])
    written = write(tmp_path / "day", [columns[:700], columns[700:]])
    back = Columns.joined(list(read(tmp_path / "day")))
    for name in ("series", "at", "value", "mark"):
        assert np.array_equal(getattr(back, name), getattr(columns, name))
    assert written.sums == Sums.of(columns)
    assert series_in(held_bits(written.holds)).tolist() == [3, 300, 70_000]


def test_one_series_is_read_without_the_groups_of_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "GROUP", 100)
    write(tmp_path / "day", [some(list(range(1, 41)), 100)])
    opened = list[int]()
    whole = pq.ParquetFile.read_row_group

    def counted(self: pq.ParquetFile, number: int) -> object:
        opened.append(number)
        return whole(self, number)

    monkeypatch.setattr(pq.ParquetFile, "read_row_group", counted)
    found = Columns.joined(list(read(tmp_path / "day", np.array([7], np.int32))))
    assert opened == [6]
    assert set(found.series.tolist()) == {7}
    assert len(found) == 100


def test_a_file_is_plain_parquet_with_zstd_and_ranges(tmp_path: Path) -> None:
    write(tmp_path / "day", [some([1, 2])])
    column = pq.ParquetFile(tmp_path / "day").metadata.row_group(0).column(0)
    assert column.compression == "ZSTD"
    assert (column.statistics.min, column.statistics.max) == (1, 2)
    assert pq.read_table(tmp_path / "day").column_names == ["series", "at", "value", "mark"]


def test_rows_out_of_order_are_refused(tmp_path: Path) -> None:
    columns = some([1, 2])
    with pytest.raises(ValueError, match="rise"):
        write(tmp_path / "day", [columns[::-1]])


def test_what_is_merged_has_each_instant_once_and_the_kept_value() -> None:
    columns = some([1, 2, 5], 50)
    other = Columns(columns.series, columns.at, columns.value + 1, columns.mark)
    late = np.arange(len(columns)) % 3 == 0
    early = np.arange(len(columns)) % 2 == 0
    kept_rows = columns[early]
    found = Columns.joined(list(merged([kept_rows[:20], kept_rows[20:]], other[late])))
    assert (np.diff(keys_of(found)) > 0).all()
    assert len(found) == int((late | early).sum())
    of_kept = np.isin(keys_of(found), keys_of(kept_rows))
    assert np.array_equal(found.value[of_kept], kept_rows.value)


def test_a_binary_copy_is_read_in_any_pieces() -> None:
    rows = [(7, 1_000_000, 2.5, 4), (8, 2_000_000, -1.0, 0)]
    body = b"".join(struct.pack(">hiiiqidih", 4, 4, a, 8, b, 8, c, 2, d) for a, b, c, d in rows)
    blob = b"PGCOPY\n\xff\r\n\x00" + bytes(8) + body + b"\xff\xff"
    for size in (1, 7, 40, len(blob)):
        pieces = [blob[begin : begin + size] for begin in range(0, len(blob), size)]
        found = Columns.joined(list(rows_in(pieces, most=1)))
        assert found.series.tolist() == [7, 8]
        assert found.at.tolist() == [946_684_801_000, 946_684_802_000]
        assert found.value.tolist() == [2.5, -1.0]
        assert found.mark.tolist() == [4, 0]


def test_an_old_day_moves_into_a_file_and_reads_the_same(days: Cast, kept: Path) -> None:
    one, other = a_series(), a_series()
    take(some([one, other]), "test", NOW)
    take(Columns.of([one], [int(NOW.timestamp() * 1000) - 60_000], [9.0]), "test", NOW)
    before = told(one), told(other)
    assert archive_days(NOW, HAND) == [OLD.date()]
    assert (standing(one), standing(other)) == (1, 0)
    assert (told(one), told(other)) == before
    row = ArchivedDay.objects.get()
    assert row.rows == 1000
    assert path_of(row).exists()
    assert OLD.date() not in standing_days(NOW.date())
    assert Entry.objects.filter(kind="sensing.archived").count() == 1
    assert archive_days(NOW, HAND) == [], "there is nothing more to do"


def test_a_day_at_hand_stays(days: Cast, kept: Path) -> None:
    series = a_series()
    take(Columns.of([series], [int((NOW - 29 * DAY).timestamp() * 1000)], [1.0]), "test", NOW)
    assert archive_days(NOW, HAND) == []
    with pytest.raises(ValueError, match="At least 2"):
        archive_days(NOW, 1)


def test_a_late_reading_of_an_archived_day_is_found_at_once_and_goes_into_the_file_next_time(
    days: Cast, kept: Path
) -> None:
    series = a_series()
    sent = some([series])
    take(sent, "test", NOW)
    archive_days(NOW, HAND)
    late = Columns.of([series], [MS + 86_399_500], [77.0])
    assert take(late, "test", NOW).new == 1
    assert told(series)[-1] == (MS + 86_399_500, 77.0, 0)
    assert archive_days(NOW, HAND) == [OLD.date()]
    assert standing(series) == 0
    assert told(series)[-1] == (MS + 86_399_500, 77.0, 0)
    assert ArchivedDay.objects.get().rows == 501


def test_what_is_sent_again_after_its_day_was_archived_is_not_doubled_and_changes_nothing(
    days: Cast, kept: Path
) -> None:
    series = a_series()
    sent = some([series])
    take(sent, "test", NOW)
    before = told(series)
    archive_days(NOW, HAND)
    take(Columns(sent.series, sent.at, sent.value + 1, sent.mark), "test", NOW)
    assert told(series) == before
    archive_days(NOW, HAND)
    assert told(series) == before
    assert ArchivedDay.objects.get().rows == 500


def test_what_lies_among_the_rest_is_archived_too(days: Cast, kept: Path) -> None:
    series = a_series()
    long_ago = NOW - 3000 * DAY
    take(Columns.of([series], [int(long_ago.timestamp() * 1000)], [5.0]), "test", NOW)
    assert archive_days(NOW, HAND) == [long_ago.date()]
    assert standing(series) == 0
    assert readings_of([series], long_ago - DAY, NOW).value.tolist() == [5.0]


def test_a_day_that_somebody_writes_to_is_left_for_the_next_time(
    days: Cast, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gezhi.sensing.actions.archiving._TRIES", 2)
    series = a_series()
    take(some([series]), "test", NOW)
    before = told(series)
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute(
            "INSERT INTO sensing_reading VALUES (%s, %s, 1)", [series, OLD + 2 * timedelta(hours=1)]
        )
        assert archive_days(NOW, HAND) == []
        other.rollback()
    assert told(series) == before
    assert not ArchivedDay.objects.exists()
    assert archive_days(NOW, HAND) == [OLD.date()]


def test_what_comes_while_the_file_is_being_written_is_not_lost(
    days: Cast, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    series = a_series()
    take(some([series]), "test", NOW)
    late = Columns.of([series], [MS + 86_399_500], [77.0])
    naming = "gezhi.sensing.actions.archiving._named"
    from gezhi.sensing.actions import archiving

    named = archiving._named

    def slowly(draft: Path, day: date) -> Path:
        take(late, "test", NOW)
        return named(draft, day)

    monkeypatch.setattr(naming, slowly)
    assert archive_days(NOW, HAND) == [OLD.date()]
    assert told(series)[-1] == (MS + 86_399_500, 77.0, 0)
    assert standing(series) == 0
    assert len(list(kept.glob("*.parquet"))) == 1, "the file without it is gone"


def test_days_that_hold_nothing_of_a_series_are_not_opened(
    days: Cast, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = a_series(), a_series()
    take(some([one]), "test", NOW)
    archive_days(NOW, HAND)
    path_of(ArchivedDay.objects.get()).unlink()
    assert list(archived([other], OLD, OLD + DAY)) == []
    with pytest.raises(FileNotFoundError):
        list(archived([one], OLD, OLD + DAY))


def test_a_backup_holds_the_files_and_its_proof_knows_them(days: Cast, kept: Path) -> None:
    from gezhi.config.keeping.files import LEFT_OUT

    take(some([a_series()]), "test", NOW)
    archive_days(NOW, HAND)
    row = ArchivedDay.objects.get()
    assert folder().name not in LEFT_OUT
    assert (path_of(row), row.sha256) in list(named_files())


def test_a_file_that_no_row_names_goes_after_a_day(days: Cast, kept: Path) -> None:
    take(some([a_series()]), "test", NOW)
    archive_days(NOW, HAND)
    left = folder() / "2026-01-01-beef.parquet"
    left.write_bytes(b"of a run that was killed")
    archive_days(datetime.now(UTC), 100_000)
    assert left.exists()
    archive_days(datetime.now(UTC) + 2 * DAY, 100_000)
    assert not left.exists()
    assert path_of(ArchivedDay.objects.get()).exists()
