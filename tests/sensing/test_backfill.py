"""Readings of the past from files: taken once however often a file is run; every wrong row is told with its line."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from django.conf import settings
from django.db import connection

from gezhi.exchange.backfill.cli import sensing
from gezhi.exchange.backfill.layout import (
    BadCell,
    BadLayout,
    Layout,
    checked,
    instant_in,
    layout_of,
    readings_in,
)
from gezhi.exchange.backfill.parquet_rows import opened_readings
from gezhi.exchange.files.rows import FileUnreadable
from gezhi.ledger.models import Entry
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.sensing.actions.backfilling import Backfilled, backfill
from gezhi.sensing.actions.raising import raise_warnings
from gezhi.sensing.actions.taking import take
from gezhi.sensing.actions.waking import Waker
from gezhi.sensing.columns import Columns
from gezhi.sensing.models import SensedWarning, Thing
from gezhi.sensing.past import Past, Wrong
from tests.cast import Cast
from tests.sensing.things import a_series, a_thing

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LONG = Layout()


def run(path: Path, layout: Layout = LONG) -> tuple[Backfilled, list[Wrong]]:
    wrong = list[Wrong]()
    with opened_readings(path, layout.needed()) as table:
        checked(table, layout)
        return backfill(readings_in(table.rows, layout), path.name, None, NOW, wrong.append), wrong


def counts(done: Backfilled) -> tuple[int, int, int]:
    return done.new, done.again, done.wrong


def stored(series: int) -> list[tuple[str, float]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI'), value FROM sensing_reading"
            " WHERE datastream_id = %s ORDER BY at",
            [series],
        )
        return list(cursor.fetchall())


def test_a_csv_file_is_taken_once_however_often_it_is_run(city: Cast, tmp_path: Path) -> None:
    series, path = a_series(), tmp_path / "past.csv"
    path.write_text(
        f"series,at,value\n{series},2026-11-01T08:00:00+08:00,1.5\n{series},2026-11-01 09:00,2.5\n"
    )
    done, wrong = run(path)
    assert (counts(done), wrong) == ((2, 0, 0), [])
    assert stored(series) == [("2026-11-01 00:00", 1.5), ("2026-11-01 01:00", 2.5)]
    done, _ = run(path)
    assert counts(done) == (0, 2, 0)
    assert len(stored(series)) == 2
    assert Entry.objects.filter(kind="sensing.backfilled").count() == 2


def test_wrong_rows_are_told_with_their_line_and_their_neighbours_are_taken(
    city: Cast, tmp_path: Path
) -> None:
    series, path = a_series(), tmp_path / "past.csv"
    rows = [
        f"{series},2026-11-01T08:00:00Z,1",
        f"{series},yesterday,1",
        f"{series},2026-11-01T09:00:00Z,many",
        "4000000,2026-11-01T09:00:00Z,1",
        f"{series},1999-01-01,1",
        f"{series},2030-01-01,1",
        f"{series},2026-11-01T10:00:00Z,inf",
        f"{series},2026-11-01T11:00:00Z,",
        f"{series},2026-11-01T12:00:00Z",
        f"{series},2026-11-01T08:00:00Z,9",
        f"{series},2026-11-01T13:00:00Z,2",
    ]
    path.write_text("series,at,value\n" + "\n".join(rows) + "\n")
    done, wrong = run(path)
    assert done.new == 2
    told = {one.number: one.why for one in wrong}
    assert sorted(told) == [3, 4, 5, 6, 7, 8, 10, 11]
    assert "no time" in told[3]
    assert "'many' is no number" in told[4]
    assert "no such datastream" in told[5]
    assert "before 2000" in told[6]
    assert "future" in told[7]
    assert "no finite number" in told[8]
    assert "2 cells" in told[10]
    assert "another value" in told[11]


def test_parquet_gives_what_csv_gives(city: Cast, tmp_path: Path) -> None:
    series, path = a_series(), tmp_path / "past.parquet"
    at = [datetime(2026, 11, 1, hour, tzinfo=UTC) for hour in range(3)]
    pq.write_table(
        pa.table({"series": [series] * 3, "at": at, "value": [1.0, None, 3.0], "note": ["", "", ""]}), path
    )
    done, wrong = run(path)
    assert (counts(done), wrong) == ((2, 0, 0), [])
    assert [value for _, value in stored(series)] == [1.0, 3.0]


def test_columns_of_a_wide_file_are_series_by_their_names(city: Cast, tmp_path: Path) -> None:
    thing = a_thing("air-station")
    Thing.objects.filter(pk=thing.pk).update(key="dongsi")
    pm, so2 = a_series(thing, "pm25"), a_series(thing, "so2")
    path = tmp_path / "wide.csv"
    path.write_text(
        "No,year,month,day,hour,PM2.5,SO2\n1,2026,10,1,8,NA,4\n2,2026,10,1,9,35.5,NA\n3,2026,13,1,9,1,1\n"
    )
    layout = layout_of("year,month,day,hour", "", "", "", ["PM2.5=dongsi/pm25", "SO2=dongsi/so2"], "+08:00")
    done, wrong = run(path, layout)
    assert done.new == 2
    assert stored(pm) == [("2026-10-01 01:00", 35.5)]
    assert stored(so2) == [("2026-10-01 00:00", 4.0)]
    assert [(one.number, "no time" in one.why) for one in wrong] == [(4, True)]


def test_a_file_without_a_named_column_says_which_there_are(city: Cast, tmp_path: Path) -> None:
    path = tmp_path / "past.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(FileUnreadable, match=r"no column 'at'. It has: a, b"):
        run(path)


def test_what_is_no_parquet_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "past.parquet"
    path.write_bytes(b"PAR1 or not")
    with pytest.raises(FileUnreadable, match="no Parquet"), opened_readings(path, ["at"]):
        pass


def test_batches_do_not_lose_what_lies_between_them(
    committed: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gezhi.sensing.actions.backfilling.MOST", 7)
    series, path = a_series(), tmp_path / "past.csv"
    lines = [f"{series},{(NOW - timedelta(minutes=n)).isoformat()},{n}" for n in range(1, 40)]
    path.write_text("series,at,value\n" + "\n".join(lines))
    done, _ = run(path)
    assert (done.read, done.new) == (39, 39)
    assert [value for _, value in stored(series)] == [float(n) for n in range(39, 0, -1)]


def test_an_old_reading_over_a_limit_warns_nobody_and_a_new_one_does(city: Cast) -> None:
    """What was high in the past is known, and is no alarm of today."""
    publish(read_pack(settings.PACKS_DIR / "air"))
    series, waker = a_series(a_thing("air-station"), "o3", "ug/m3"), Waker()
    waker.wake(NOW)

    def standing(now: datetime) -> list[str]:
        waker.wake(now)
        raise_warnings(now)
        return list(SensedWarning.objects.filter(monitor="aq-ozone").values_list("monitor", flat=True))

    begin = NOW - timedelta(days=30)
    rows = (
        Past(number, str(series), int((begin + timedelta(minutes=number)).timestamp() * 1000), 900.0)
        for number in range(600)
    )
    assert backfill(rows, "past.csv", None, NOW, lambda _: None).new == 600
    assert standing(NOW + timedelta(minutes=20)) == []
    later = NOW + timedelta(minutes=30)
    take(Columns.of([series], [int(later.timestamp() * 1000)], [900.0]), "test", later)
    assert standing(later + timedelta(minutes=20)) == ["aq-ozone"]


@pytest.mark.parametrize(
    ("text", "ms"),
    [
        ("2026-11-22T08:00:00+08:00", 1795305600000),
        ("2026-11-22 08:00", 1795305600000),
        ("2026/11/22 08:00:00", 1795305600000),
        ("1795305600", 1795305600000),
        ("1795305600000", 1795305600000),
    ],
)
def test_times_are_read_as_people_and_machines_write_them(text: str, ms: int) -> None:
    assert instant_in([text], timezone(timedelta(hours=8))) == ms


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "1e300", "nan"])
def test_what_is_no_time_is_said(text: str) -> None:
    with pytest.raises(BadCell):
        instant_in([text], timezone(timedelta(hours=8)))


@pytest.mark.parametrize(
    ("columns", "zone"), [(["PM2.5"], "+08:00"), (["=x"], "+08:00"), ([], "Beijing"), ([], "")]
)
def test_a_layout_that_cannot_be_is_refused(columns: list[str], zone: str) -> None:
    with pytest.raises(BadLayout):
        layout_of("at", "series", "value", "", columns, zone)


def test_the_command_says_what_was_taken_and_writes_what_was_not(city: Cast, tmp_path: Path) -> None:
    series, path, wrong = a_series(), tmp_path / "past.csv", tmp_path / "wrong.csv"
    path.write_text(f"series,at,value\n{series},2026-11-01T08:00:00Z,1\n{series},never,2\n")
    done = CliRunner().invoke(sensing, ["backfill", str(path), "--errors", str(wrong)])
    assert (done.exit_code, "new 1, known 0, not taken 1" in done.output) == (1, True), done.output
    assert wrong.read_text().splitlines()[0] == "row,series,why"
    assert wrong.read_text().splitlines()[1].startswith("3,,'never' is no time")
    path.write_text(f"series,at,value\n{series},2026-11-01T08:00:00Z,1\n")
    assert CliRunner().invoke(sensing, ["backfill", str(path)]).exit_code == 0
    path.write_text("a,b\n1,2\n")
    assert CliRunner().invoke(sensing, ["backfill", str(path)]).exit_code == 2
