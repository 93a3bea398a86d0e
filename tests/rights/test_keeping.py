"""Nothing is kept longer than was set; what will go when can be seen before."""

import os
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.conf import settings
from django.utils import timezone

from gezhi.cases.contact import Contact
from gezhi.cases.models import CaseEvent, Evidence, ImportRow, ImportRun, Report
from gezhi.cases.photos import photo_path, store_photo
from gezhi.cases.queries.contact import contact_of
from gezhi.config.cli import main
from gezhi.ledger.models import Entry
from gezhi.notices.models import Notice
from gezhi.packs.actions import set_parameter
from gezhi.packs.setting import Wanted
from gezhi.rights.actions import ask_code, keep_no_longer
from gezhi.rights.models import Code
from gezhi.rights.queries.keeping import Due, dues, lengths
from tests.cast import Cast
from tests.rights.told import age, close, own_picture, report_of, resident, said

pytestmark = pytest.mark.django_db


def due(table: str, key: str) -> Due:
    return next(one for one in dues(timezone.now()) if (one.lot.table, one.lot.retention.key) == (table, key))


def test_contact_data_go_a_year_after_closing_and_the_matter_stays(desk: Cast) -> None:
    who = resident()
    old, young = said(who), said(resident(), lon=121.535)
    close(desk, old)
    close(desk, young)
    age(old, 366)
    age(young, 364)
    assert due("cases_reporter", "contact").rows == 1
    keep_no_longer()
    row = report_of(old)
    assert contact_of(row.pk) == Contact()
    assert who.marks["text"] in row.text
    assert contact_of(young.report_id).phone != ""
    assert due("cases_reporter", "contact").rows == 0


def test_what_is_open_is_kept_however_old(desk: Cast) -> None:
    receipt = said(resident())
    Report.objects.filter(id=receipt.report_id).update(received_at=timezone.now() - timedelta(days=4000))
    keep_no_longer()
    assert contact_of(receipt.report_id).phone != ""


def test_after_five_years_the_story_goes_with_its_salts(desk: Cast) -> None:
    receipt = said(resident())
    close(desk, receipt)
    age(receipt, 1826)
    keep_no_longer()
    row = report_of(receipt)
    assert (row.text, row.address, bytes(row.salt)) == ("", "", b"")
    assert (row.lon, row.attributes) == (None, {})
    assert not CaseEvent.objects.filter(case_id=receipt.case_id).exclude(text="").exists()
    assert row.case.title == "（内容已依法删除）"
    assert row.case.closed_at is not None


def test_photos_go_after_three_years_with_their_files(desk: Cast) -> None:
    receipt = said(resident())
    key = str(Evidence.objects.get(report_id=receipt.report_id).key)
    close(desk, receipt)
    age(receipt, 1096)
    done = keep_no_longer()
    assert key in done.files["cases_evidence"]
    assert not Evidence.objects.filter(key=key).exists()


def test_a_photo_that_was_never_sent_goes_after_a_week(desk: Cast) -> None:
    old, young = store_photo(own_picture()).key, store_photo(own_picture()).key
    week_ago = (timezone.now() - timedelta(days=8)).timestamp()
    os.utime(photo_path(old).with_suffix(".json"), (week_ago, week_ago))
    keep_no_longer()
    assert not photo_path(old).exists()
    assert photo_path(young).exists()


def test_answers_codes_and_import_files_have_their_own_lengths(desk: Cast) -> None:
    who = resident()
    receipt = said(who)
    now = timezone.now()
    Notice.objects.filter(report_id=receipt.report_id).update(sent_at=now - timedelta(days=366))
    code = ask_code(who.number)
    Code.objects.filter(id=code.pk).update(expires_at=now - timedelta(days=2))
    run = ImportRun.objects.create(
        key=uuid.uuid4(), name="张三.csv", state="done", mapping={}, path="x", started_at=now,
        ended_at=now - timedelta(days=31), error="row 3: 张三",
    )  # fmt: skip
    ImportRow.objects.create(run=run, row=3, field="phone", value="138", problem="is no number")
    folder = Path(settings.DATA_DIR) / "uploads" / str(run.key)
    folder.mkdir(parents=True)
    (folder / "x.csv").write_text("张三")
    done = keep_no_longer()
    assert Notice.objects.get(report_id=receipt.report_id).text == ""
    assert not Code.objects.exists()
    assert not ImportRow.objects.exists()
    run.refresh_from_db()
    assert (run.name, run.path, run.error) == ("", "", "")
    assert done.files["cases_importrun"] == [str(run.key)]


def test_the_city_sets_the_lengths(desk: Cast) -> None:
    assert lengths()["contact"] == 365
    receipt = said(resident())
    close(desk, receipt)
    age(receipt, 100)
    today = timezone.localdate()
    wanted = Wanted("keep.contact", today, "90", "市里规定")
    set_parameter(wanted, desk.account("administrator").pk, today)
    assert lengths()["contact"] == 90
    keep_no_longer()
    assert contact_of(receipt.report_id).phone == ""


def test_a_dry_run_says_what_would_go_and_takes_nothing(desk: Cast) -> None:
    receipt = said(resident())
    close(desk, receipt)
    age(receipt, 366)
    told = CliRunner().invoke(main, ["rights", "retention", "--dry-run"])
    assert told.exit_code == 0, told.output
    assert "cases_report" in told.output
    assert "365" in told.output
    assert contact_of(receipt.report_id).phone != ""
    done = CliRunner().invoke(main, ["rights", "retention"])
    assert done.exit_code == 0, done.output
    assert contact_of(receipt.report_id).phone == ""


def test_a_run_is_recorded(desk: Cast) -> None:
    receipt = said(resident())
    close(desk, receipt)
    age(receipt, 366)
    keep_no_longer()
    assert Entry.objects.filter(kind="rights.kept-no-longer").count() == 1


def test_the_next_that_goes_is_told(desk: Cast) -> None:
    receipt = said(resident())
    close(desk, receipt)
    age(receipt, 360)
    found = due("cases_reporter", "contact")
    assert (found.rows, found.held) == (0, 1)
    assert found.next_at is not None
    assert timedelta(days=4) < found.next_at - timezone.now() < timedelta(days=6)
