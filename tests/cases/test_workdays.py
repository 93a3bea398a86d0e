"""The calendar: the State Council's notices, imported years, and years that nobody knows yet."""

from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from gezhi.cases.actions.calendar import import_days
from gezhi.cases.deadlines import Office, due_at
from gezhi.cases.workdays import Calendar, is_workday
from gezhi.cases.world import world
from gezhi.config.cli import main
from tests.cast import Cast

UNKNOWN = 2090


def test_a_known_year_follows_its_notice() -> None:
    calendar = Calendar()
    assert calendar.is_workday(date(2026, 2, 14))
    assert not calendar.is_workday(date(2026, 10, 1))
    assert calendar.unknown_years(date(2025, 1, 1), date(2026, 12, 31)) == ()


def test_an_unknown_year_counts_monday_to_friday_and_says_so() -> None:
    calendar = Calendar()
    assert is_workday(date(UNKNOWN, 5, 1)) is (date(UNKNOWN, 5, 1).weekday() < 5)
    assert calendar.unknown_years(date(UNKNOWN - 1, 12, 31), date(UNKNOWN, 1, 1)) == (UNKNOWN - 1, UNKNOWN)


def test_an_imported_year_is_known_and_counts(city: Cast) -> None:
    friday = date(UNKNOWN, 1, 6)
    assert friday.weekday() == 4
    import_days({friday: False, date(UNKNOWN, 1, 7): True}, "国办发明电")
    current = world()
    assert current.calendar.is_known(UNKNOWN)
    start = datetime(UNKNOWN, 1, 5, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert due_at(start, "1 working day", current.office) == start.replace(day=7)
    assert due_at(start, "1 working day", Office(is_workday, ZoneInfo("Asia/Shanghai"))) == start.replace(
        day=6
    )


def test_a_file_of_days_is_imported(city: Cast, tmp_path: Path) -> None:
    file = tmp_path / "days.csv"
    file.write_text("day,kind\n2090-01-02,休\n2090-01-07,work\n", encoding="utf-8-sig")
    done = CliRunner().invoke(main, ["calendar", "import", str(file), "--source", "通知"])
    assert (done.exit_code, "2 days" in done.output) == (0, True), done.output
    assert world().calendar.is_workday(date(2090, 1, 7))


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"day,kind\n2090-13-01,rest\n", "line 2"),
        (b"day,kind\n", "no days"),
        ("day,kind\n2090-01-02,休\n".encode("gbk"), "cannot be read as CSV in UTF-8"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(city: Cast, tmp_path: Path, content: bytes, told: str) -> None:
    file = tmp_path / "days.csv"
    file.write_bytes(content)
    done = CliRunner().invoke(main, ["calendar", "import", str(file), "--source", "通知"])
    assert done.exit_code == 1
    assert told in done.output
