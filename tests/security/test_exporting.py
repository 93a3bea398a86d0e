"""Whatever leaves as a file is numbered, marked and kept with who took it, before they get it."""

import csv
import hashlib
import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from gezhi.ledger.models import Entry
from gezhi.people.actions import issue_token
from gezhi.people.models import Signal
from gezhi.security.actions import record_export
from gezhi.security.fingerprints import sought, unpacked
from gezhi.security.leaks import lines_of
from gezhi.security.leaving import File, Taken, filters_of, number_in
from gezhi.security.models import Export
from gezhi.security.secret import fingerprint_key
from gezhi.security.tracing import held
from tests.cast import Cast, reported
from tests.security.conftest import SignedIn, taken_by


def test_an_export_is_kept_with_who_what_when_and_for_which_purpose(signed_in: SignedIn, city: Cast) -> None:
    reported()
    data = taken_by(signed_in("dispatcher"), "?text=路灯&purpose=supervision")
    kept = Export.objects.get()
    assert kept.account_id == city.account("dispatcher").pk
    assert (kept.route, kept.address, kept.purpose, kept.format) == (
        "desk:export",
        "10.1.2.3",
        "supervision",
        "xlsx",
    )
    assert (kept.rows, kept.filters, kept.columns[0]) == (1, {"text": "路灯"}, "编号")
    assert (kept.size, kept.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert timezone.now() - kept.at < timedelta(minutes=1)


def test_the_ledger_and_the_rules_hear_of_an_export(signed_in: SignedIn) -> None:
    taken_by(signed_in("dispatcher"))
    kept = Export.objects.get()
    entry = json.loads(bytes(Entry.objects.get(kind="security.exported").body))
    assert entry["subject"] == f"export:{kept.number}"
    assert entry["facts"]["sha256"] == kept.sha256
    signal = Signal.objects.get(kind="export")
    assert (signal.account_id, signal.facts["number"]) == (kept.account_id, kept.number)


def test_the_file_says_who_took_it_and_carries_its_number(signed_in: SignedIn) -> None:
    reported()
    book = load_workbook(io.BytesIO(taken_by(signed_in("dispatcher"))))
    number = Export.objects.get().number
    spaced = "-".join((number[:4], number[4:8], number[8:]))
    last = book.worksheets[0].cell(book.worksheets[0].max_row, 1).value
    assert isinstance(last, str)
    assert spaced in last
    assert "派遣员小李" in last
    assert book.properties.keywords == number
    assert spaced in (book.worksheets[0].oddFooter.center.text or "")


def test_a_file_that_is_imported_again_holds_rows_only(signed_in: SignedIn) -> None:
    answer = signed_in("administrator").get("/desk/lists/export/?list=duties&as=csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert {len(row) for row in rows} == {8}
    assert Export.objects.get().number in answer["Content-Disposition"]


def test_what_a_person_takes_is_known_again_from_a_part_of_it(signed_in: SignedIn, forty: list[str]) -> None:
    files = [taken_by(signed_in(name)) for name in ("dispatcher", "second-dispatcher", "dispatcher")]
    leak = sought(list(lines_of(files[1]))[8:32], fingerprint_key(), timezone.get_current_timezone())
    kept = Export.objects.order_by("id")
    found = [held(leak, one.pk, unpacked(one.rows, bytes(one.cells), bytes(one.pairs))) for one in kept]
    assert [one.rows for one in found] == [24, 24, 24]
    assert found[1].marks == found[1].of_marks >= 24  # deadlines within working time have seconds, too
    assert max(found[0].marks, found[2].marks) < found[1].marks


def test_a_deadline_is_told_to_the_instant(signed_in: SignedIn) -> None:
    reported()
    book = load_workbook(io.BytesIO(taken_by(signed_in("dispatcher"))))
    from gezhi.cases.models import Case

    due = Case.objects.get().due_at
    told = book.worksheets[0]["I2"].value
    assert due is not None
    assert abs(told - timezone.localtime(due).replace(tzinfo=None)) < timedelta(milliseconds=2)  # type: ignore[operator]


def test_an_export_for_no_purpose_of_the_list_is_refused(city: Cast) -> None:
    mark = unpacked(0, b"", b"")
    with pytest.raises(ValueError, match="is not a purpose"):
        record_export(Taken(None, "x", "x", "curiosity"), File("N" * 12, "csv", [], 0, "", b"", mark))
    assert not Export.objects.exists()


def test_filters_are_bounded_and_hold_no_token() -> None:
    many = {f"n{n:02}": "v" * 500 for n in range(60)}
    assert filters_of({"csrfmiddlewaretoken": "x", "as": "csv", "text": "", "place": "3302"}) == {
        "place": "3302"
    }
    assert len(filters_of(many)) == 30
    assert max(map(len, filters_of(many).values())) == 200


@pytest.mark.parametrize(
    ("typed", "number"), [("abcd-efgh jklm", "ABCDEFGHJKLM"), ("ABCD", ""), ("O" * 12, "")]
)
def test_a_number_is_read_as_it_is_typed(typed: str, number: str) -> None:
    assert number_in(typed) == number


def test_a_printed_case_says_its_number(signed_in: SignedIn) -> None:
    case = reported("路灯不亮了，请来看看")
    page = signed_in("dispatcher").get(f"/desk/cases/{case.case_number}/print/").content.decode()
    kept = Export.objects.get()
    assert (kept.format, kept.route, kept.rows) == ("print", "desk:case-print", 1)
    assert "-".join((kept.number[:4], kept.number[4:8], kept.number[8:])) in page


def test_a_list_that_a_key_reads_is_kept_and_one_at_a_desk_is_not(
    city: Cast, signed_in: SignedIn, forty: list[str]
) -> None:
    owner = city.account("supervisor")
    key = issue_token(owner, "another system", ["read"], timezone.now())
    answer = Client(HTTP_AUTHORIZATION=f"Bearer {key}").get("/api/v1/cases")
    kept = Export.objects.get()
    assert answer.headers["Export-Number"] == kept.number
    assert (kept.format, kept.rows, kept.account_id, kept.route) == ("json", 40, owner.pk, "api/v1/cases")
    assert Signal.objects.filter(kind="api-read", facts__rows=40).exists()
    leak = sought(list(lines_of(answer.content))[3:30], fingerprint_key(), timezone.get_current_timezone())
    found = held(leak, kept.pk, unpacked(kept.rows, bytes(kept.cells), bytes(kept.pairs)))
    assert (found.rows, found.cells) == (27, found.of_cells)
    assert signed_in("supervisor").get("/api/v1/cases").status_code == 200
    assert Export.objects.count() == 1
