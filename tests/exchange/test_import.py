"""Files go through the door: nothing lost, nothing double, every bad row named."""

import csv
import io
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.core.files.uploadedfile import SimpleUploadedFile

from gezhi.cases.models import ImportRow, ImportRun, Report
from gezhi.exchange.cli import reports as command
from gezhi.exchange.files import actions
from gezhi.exchange.files.actions import FileUnreadable
from gezhi.exchange.files.mapping import mapping_from_yaml
from gezhi.exchange.tasks import import_file
from gezhi.ledger.models import Entry
from tests import cast
from tests.cast import LAMP, Cast
from tests.together import together

MAPPING = f"""
source: files
id: id
fields:
  text: text
  lon: lon
  lat: lat
  occurred_at: at
  category: {{column: type, values: {{lamp: {LAMP}, rubbish: {cast.RUBBISH}}}}}
"""
HEADER = "id,text,lon,lat,at,type\n"
WEST, SOUTH = cast.WEST[f"{cast.WANAN}001"], cast.SOUTH


def good_row(number: int) -> str:
    lon, lat = WEST + number % 97 / 10_000, SOUTH + number % 89 / 10_000
    return f"{number},第{number}号路灯不亮,{lon:.4f},{lat:.4f},2026-06-01 08:{number % 60:02d},lamp\n"


BROKEN = {
    "text": "{n},,121.5,29.8,2026-06-01 08:00,lamp\n",
    "lon": "{n},灯,moon,29.8,2026-06-01 08:00,lamp\n",
    "lat": "{n},灯,121.5,,2026-06-01 08:00,lamp\n",
    "occurred_at": "{n},灯,121.5,29.8,someday,lamp\n",
    "category": "{n},灯,121.5,29.8,2026-06-01 08:00,dragon\n",
    "source_id": ",灯,121.5,29.8,2026-06-01 08:00,lamp\n",
    "row": "{n},灯,121.5\n",
}


def broken_file() -> tuple[bytes, dict[int, str]]:
    """5,000 rows of which 1,000 are broken in one field each, and which they are."""
    chance = random.Random(7)
    bad = {number: chance.choice(sorted(BROKEN)) for number in sorted(chance.sample(range(2, 5002), 1000))}
    rows = (BROKEN[bad[n]].format(n=n) if n in bad else good_row(n) for n in range(2, 5002))
    return (HEADER + "".join(rows)).encode(), bad


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "m.yaml").write_text(MAPPING, encoding="utf-8")
    return tmp_path


def run(folder: Path, *more: str, name: str = "r.csv") -> Result:
    return CliRunner().invoke(
        command, ["import", str(folder / name), "--mapping", str(folder / "m.yaml"), *more]
    )


def write_rows(folder: Path, *rows: str) -> None:
    (folder / "r.csv").write_text(HEADER + "".join(rows), encoding="utf-8")


@pytest.mark.django_db
def test_a_second_run_adds_nothing(city: Cast, folder: Path) -> None:
    write_rows(folder, *(good_row(n) for n in range(50)), good_row(7))
    first, second = run(folder), run(folder)
    assert (first.exit_code, second.exit_code) == (0, 0), first.output
    assert "read 51, added 50, known 1, refused 0" in first.output
    assert "read 51, added 0, known 51, refused 0" in second.output
    assert Report.objects.filter(source="file:files").count() == 50
    kinds = Entry.objects.filter(kind__startswith="exchange.").values_list("kind", flat=True)
    assert sorted(kinds) == ["exchange.import-ended"] * 2 + ["exchange.import-started"] * 2


@pytest.mark.django_db
def test_a_dry_run_checks_everything_and_takes_nothing(city: Cast, folder: Path) -> None:
    write_rows(folder, good_row(1), BROKEN["lon"].format(n=2))
    done = run(folder, "--dry-run", "--errors", str(folder / "e.csv"))
    assert done.exit_code == 1
    assert "acceptable 1, refused 1" in done.output
    assert "3,lon,moon," in (folder / "e.csv").read_text(encoding="utf-8")
    assert Report.objects.count() == ImportRun.objects.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "says"),
    [("", "empty"), ("words\na\n", "no column id, text, lon, lat, at, type; it has words")],
)
def test_a_file_that_cannot_be_read_ends_with_2(city: Cast, folder: Path, content: str, says: str) -> None:
    (folder / "r.csv").write_text(content)
    done = run(folder)
    assert done.exit_code == 2
    assert says in done.output
    assert ImportRun.objects.get().state == "failed"


@pytest.mark.django_db
def test_of_a_broken_file_the_good_rows_are_taken_and_every_bad_one_is_named(
    city: Cast, folder: Path
) -> None:
    content, bad = broken_file()
    (folder / "r.csv").write_bytes(content)
    done = run(folder, "--errors", str(folder / "e.csv"))
    assert done.exit_code == 1
    assert "read 5000, added 4000, known 0, refused 1000" in done.output
    named = csv.DictReader(io.StringIO((folder / "e.csv").read_text(encoding="utf-8")))
    assert {int(row["row"]): row["field"] for row in named} == bad


@pytest.mark.django_db
def test_an_upload_is_suggested_previewed_started_and_its_progress_seen(city: Cast) -> None:
    content = "编号,标题,内容,经度,纬度\n1,路灯,不亮,121.505,29.805\n2,,,121.505,x\n".encode("gbk")
    key = actions.store_upload(SimpleUploadedFile("../工单.csv", content), "../工单.csv")
    mapping = actions.suggest_mapping(key)
    shown = actions.preview(key, mapping)
    assert shown.columns == ("编号", "标题", "内容", "经度", "纬度")
    assert (shown.checked, shown.faulty, shown.expected) == (2, 1, 2)
    assert shown.rows[0].report is not None
    assert shown.rows[0].report.text == "路灯 不亮"
    assert {fault.fault.field for fault in shown.faults} == {"text", "lat"}
    actions.start(key, mapping, city.account("dispatcher").pk)
    started = ImportRun.objects.get(key=key)
    assert (started.state, started.read) == ("running", 0)
    import_file(started.pk)
    ended = ImportRun.objects.get(key=key)
    assert (ended.state, ended.read, ended.added, ended.refused) == ("done", 2, 1, 1)
    assert "".join(actions.errors_csv(ended)).count("\n") == 1 + ImportRow.objects.count()
    assert Report.objects.get().submitted_by_id == city.account("dispatcher").pk


@pytest.mark.django_db
def test_a_job_whose_file_is_gone_says_so_on_the_run(city: Cast) -> None:
    key = actions.store_upload(SimpleUploadedFile("r.csv", b"text\na\n"), "r.csv")
    run = actions.start(key, mapping_from_yaml("{source: t, fields: {text: text}}"), None)
    Path(run.path).unlink()
    import_file(run.pk)
    assert ImportRun.objects.get(key=key).state == "failed"
    assert "no file" in ImportRun.objects.get(key=key).error


@pytest.mark.parametrize("name", ["r.exe", "r", "", "....."])
def test_formats_that_are_not_read_are_not_stored(name: str) -> None:
    with pytest.raises(FileUnreadable):
        actions.store_upload(SimpleUploadedFile("x", b"a"), name)
    with pytest.raises(FileUnreadable):
        actions.preview("../../etc/passwd", mapping_from_yaml("{source: t, fields: {text: text}}"))


def test_formulas_in_the_error_file_are_harmless() -> None:
    from gezhi.exchange.files.queries import csv_line

    assert csv_line(("=cmd()", "-71.5", "+86", "@x", "plain")) == "'=cmd(),-71.5,+86,'@x,plain\r\n"


def test_two_imports_of_one_file_at_once_take_each_row_once(committed: Cast, folder: Path) -> None:
    write_rows(folder, *(good_row(n) for n in range(300)))
    mapping = mapping_from_yaml(MAPPING)
    runs = [actions.start_from_path(folder / "r.csv", mapping) for _ in range(3)]
    done = together([lambda run=run: actions.run_import(run) for run in runs])
    assert all(isinstance(one, ImportRun) and one.read == 300 for one in done), done
    assert sum(one.added for one in done if isinstance(one, ImportRun)) == 300
    assert Report.objects.count() == 300
