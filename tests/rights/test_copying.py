"""A person's copy holds every tagged column that speaks of them, and nothing of anybody else."""

import csv
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.utils import timezone

from gezhi.cases.actions import act_as_reporter
from gezhi.cases.actions.talk import write_note
from gezhi.cases.models import (
    Assignment,
    Callback,
    Case,
    CaseEvent,
    Evidence,
    ImportRow,
    IssuedDocument,
    Supervision,
)
from gezhi.cases.papers import keep_paper
from gezhi.cases.procedure import Given
from gezhi.insight.models import Appeal
from gezhi.ledger.entries import salted
from gezhi.ledger.models import Entry
from gezhi.lib.personal import Whose
from gezhi.lib.readable import readable_code
from gezhi.notices.models import Notice
from gezhi.people.actions import record_lookup, sign_contract
from gezhi.people.looking import PAGE, Look
from gezhi.people.models import Contract, QualityMark
from gezhi.rights.actions import ask_code, open_request, take_copy
from gezhi.rights.actions.asking import Asked
from gezhi.rights.actions.copying import take_own_copy
from gezhi.rights.models import Right
from gezhi.rights.queries.holding import Sheet, holding
from gezhi.rights.tags import all_tags
from gezhi.rounds.models import Known, Round, Subject
from tests.cast import WANAN, Cast
from tests.people.contracted import terms
from tests.rights.told import Resident, close, report_of, resident, said

pytestmark = pytest.mark.django_db


def reaches(key: str) -> bool:
    """Whether the rows of a column hang on residents and their matters at all."""
    held = all_tags().holds(key.partition(".")[0])
    return bool(held.reporter or held.visited or held.about)


def copied(who: Resident) -> tuple[list[Sheet], zipfile.ZipFile]:
    out = io.BytesIO()
    sheets = take_copy(out, who.person)
    return sheets, zipfile.ZipFile(io.BytesIO(out.getvalue()))


def whole_life(desk: Cast, who: Resident) -> int:
    """Something of the person in every table that could hold it; others name the person in every free text."""
    receipt = said(who)
    case, report, name = receipt.case_id, receipt.report_id, who.marks["name"]
    act_as_reporter(case, report, "add", Given(text=who.marks["added"]))
    close(desk, receipt, f"已联系{name}")
    act_as_reporter(case, report, "rate", Given(rating=4, text=who.marks["rating"]))
    write_note(desk.actor("dispatcher"), case, f"{name}着急")
    by_others(desk, who, case, report)
    at_the_door(who, report)
    ask_code(who.number)
    open_request(who.person, Asked(Right.CORRECT, wish={"text": "更正"}, report_id=report))
    open_request(who.person, Asked(Right.OBJECT))
    return report


def by_others(desk: Cast, who: Resident, case: int, report: int) -> None:
    now, name, unit = timezone.now(), who.marks["name"], desk.units["haishu-works"]
    Callback.objects.create(
        case_id=case,
        report_id=report,
        place_code=WANAN,
        reason="sample",
        at=now,
        done_at=now,
        text="满意",
        rating=5,
    )
    Supervision.objects.create(
        case_id=case, seq=1, level="order", reason=f"{name}催办", answer=f"已告知{name}", at=now
    )
    joint = {"kind": "joint", "state": "finished", "assigned_at": now}
    Assignment.objects.create(case_id=case, unit_id=unit, outcome=f"{name}同意", **joint)
    Case.objects.filter(id=case).update(asked={"reason": f"{name}要求延期"})
    CaseEvent.objects.filter(case_id=case, kind="finish").update(facts={"form": {"party": name}})
    code = readable_code()
    IssuedDocument.objects.create(
        case_id=case, seq=1, template="x", pack_version_id=1, number=f"T-{code}", code=code, at=now, made_at=now,
        facts={"title": "告知书", "report_id": report, "parts": [{"text": name}]},
    )  # fmt: skip
    keep_paper(code, b"%PDF paper")
    Appeal.objects.create(
        case_id=case, unit_id=unit, reason=f"{name}重复反映", evidence=name, answer=name, at=now
    )
    contract = sign_contract(terms(desk), desk.account("leader").pk, now)
    QualityMark.objects.create(contract=contract, case_id=case, mark=5, reason=f"{name}满意", at=now)
    Evidence.objects.filter(report_id=report).update(lon=121.5, lat=29.8)
    Notice.objects.filter(report_id=report).update(error="gateway down")


def at_the_door(who: Resident, report: int) -> None:
    """A house whose people left the number, as a city may choose to keep it."""
    now, where = timezone.now(), {"place_code": f"{WANAN}001", "lon": 121.5, "lat": 29.8}
    door = Subject.objects.create(
        kind="house", code=f"h{report}", name="3号", address="弄", added_at=now, **where
    )
    Known.objects.create(
        subject=door, element="phone", value=who.number, since=now, confirmed_at=now, source="desk"
    )
    Round.objects.create(
        plan="visit", pack_version_id=1, place_code=f"{WANAN}001", subject=door, opens_at=now,
        due_at=now + timedelta(days=1), answers={"phone": who.number}, reason="不在家", state="done", ended_at=now,
    )  # fmt: skip


def test_a_copy_holds_every_tagged_column_that_speaks_of_a_resident(desk: Cast) -> None:
    who = resident()
    report = whole_life(desk, who)
    from gezhi.cases.models import Lesson

    Lesson.objects.create(report_id=report, text=who.marks["text"], category="other", at=timezone.now())
    from gezhi.rights.actions.carrying import carry_out
    from gezhi.rights.models import Request

    carry_out(Request.objects.get(right="object").case_id)
    sheets = {sheet.table: sheet for sheet in holding(who.person)}
    wanted = {
        key
        for key, tag in all_tags().columns.items()
        if tag.subject in (Whose.REPORTER, Whose.VISITED, Whose.ANYONE) and reaches(key)
    }
    missing = {
        key
        for key in wanted
        for table, _, column in [key.partition(".")]
        if table not in sheets or column not in sheets[table].columns
    }
    assert missing == set()
    assert len(wanted) > 50
    assert all(row.keys() == set(sheet.columns) for sheet in sheets.values() for row in sheet.rows)
    empty = {
        f"{table}.{column}"
        for table, sheet in sheets.items()
        for column in sheet.tags
        if all(row[column] in (None, "", [], {}) for row in sheet.rows)
    }
    assert empty <= {"rights_request.paper", "rounds_round.photos"}, "what the test left empty proves nothing"


def test_the_archive_reads_as_json_and_as_tables_with_photos_and_papers(desk: Cast) -> None:
    who = resident()
    whole_life(desk, who)
    sheets, archive = copied(who)
    data = json.loads(archive.read("data.json"))
    assert set(data["tables"]) == {sheet.table for sheet in sheets}
    for sheet in sheets:
        rows = list(
            csv.DictReader(io.StringIO(archive.read(f"tables/{sheet.table}.csv").decode("utf-8-sig")))
        )
        assert len(rows) == len(sheet.rows) == len(data["tables"][sheet.table])
        assert list(rows[0]) == list(sheet.columns)
    names = archive.namelist()
    assert sum(name.startswith("photos/") for name in names) == 1
    assert sum(name.startswith("documents/") for name in names) == 1
    columns = {
        row["column"] for row in csv.DictReader(io.StringIO(archive.read("columns.csv").decode("utf-8-sig")))
    }
    assert "cases_reporter.phone" in columns


def test_nobody_else_is_in_it(desk: Cast) -> None:
    who, other = resident(), resident()
    one, two = said(who), said(other)
    assert one.case_id == two.case_id
    close(desk, one)
    write_note(desk.actor("dispatcher"), one.case_id, f"{who.marks['name']}和{other.marks['name']}都在催")
    write_note(desk.actor("dispatcher"), one.case_id, f"{other.marks['name']}不在家")
    sheets, archive = copied(who)
    [note] = next(sheet.rows for sheet in sheets if sheet.table == "cases_note")
    assert note["text"] == f"{who.marks['name']}和▇▇都在催"
    everything = b"".join(archive.read(name) for name in archive.namelist() if not name.startswith("photos/"))
    assert who.number.encode() in everything
    for mark in (other.number, *other.marks.values()):
        assert mark.encode() not in everything


def test_who_looked_is_told_by_role_and_unit_never_by_name(desk: Cast) -> None:
    who = resident()
    receipt = said(who)
    handler = desk.account("handler")
    record_lookup(
        Look(
            handler.pk,
            "handling",
            "report",
            receipt.report_id,
            ("reporter_phone",),
            4,
            PAGE,
            reason="约上门时间",
        )
    )
    _, archive = copied(who)
    [look] = json.loads(archive.read("data.json"))["looks"]
    assert (look["role"], look["unit"], look["purpose"]) == ("handler", "海曙区综合行政执法局", "办理事项")
    everything = archive.read("data.json").decode()
    assert handler.name not in everything
    assert "约上门时间" not in everything


def test_the_salt_in_the_copy_proves_what_was_said_in_the_ledger(desk: Cast) -> None:
    who = resident()
    receipt = said(who)
    _, archive = copied(who)
    [row] = json.loads(archive.read("data.json"))["tables"]["cases_report"]
    entry = Entry.objects.get(kind="case.report", subject=f"case:{receipt.case_id}")
    assert json.loads(bytes(entry.body))["facts"]["said"] == salted(bytes.fromhex(row["salt"]), row["text"])


def test_a_copy_is_recorded(desk: Cast) -> None:
    who = resident()
    receipt = said(who)
    copied(who)
    facts = json.loads(bytes(Entry.objects.get(kind="rights.copied").body))["facts"]
    assert facts["reports"] == [receipt.report_id]


def test_a_formula_in_what_was_said_stays_a_text(desk: Cast) -> None:
    who = resident()
    said(who, text='=HYPERLINK("http://x")')
    _, archive = copied(who)
    assert "'=HYPERLINK" in archive.read("tables/cases_report.csv").decode("utf-8-sig")
    assert report_of(said(who, text="另一件")).text == "另一件"


def test_a_member_of_staff_copies_what_is_held_of_them_without_secrets(desk: Cast) -> None:
    who = resident()
    close(desk, said(who))
    handler = desk.account("handler")
    out = io.BytesIO()
    sheets = {sheet.table: sheet for sheet in take_own_copy(out, handler.pk)}
    assert {"people_account", "people_post", "cases_caseevent"} <= set(sheets)
    assert sheets["people_account"].rows[0]["name"] == handler.name
    assert handler.password not in out.getvalue().decode("latin-1")
    text = zipfile.ZipFile(io.BytesIO(out.getvalue())).read("data.json").decode()
    assert who.number not in text
    assert ImportRow.objects.count() == 0
    assert Contract.objects.count() == 0
