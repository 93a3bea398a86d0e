"""Erasing leaves no plaintext where no law keeps it, and every hash and proof as it was."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from gezhi.cases.actions import act_as_reporter
from gezhi.cases.actions.talk import write_note
from gezhi.cases.models import Case, CaseEvent, Evidence, Lesson, Note, Report, Reporter
from gezhi.cases.photos import photo_path
from gezhi.cases.procedure import Given
from gezhi.cases.queries.contact import contact_of
from gezhi.ledger.entries import salted
from gezhi.ledger.models import Entry
from gezhi.ledger.queries import verify
from gezhi.notices.models import Notice
from gezhi.rights.actions import erase, replay
from gezhi.rights.models import Erasure
from gezhi.rights.person import BLOT
from gezhi.rights.queries.erased import list_folder, listed
from tests.cast import Cast
from tests.owner import owning
from tests.rights.told import Resident, close, jobs, report_of, resident, said

pytestmark = pytest.mark.django_db


def everywhere(word: str) -> list[str]:
    """The tables in whose rows a word stands."""
    found = []
    with owning(), connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text LIKE %s', [f"%{word}%"])
            if cursor.fetchone()[0]:
                found.append(table)
    return found


def lived(city: Cast, who: Resident) -> int:
    """A matter of the resident from the report to the rating, with everybody's words about it."""
    receipt = said(who)
    write_note(
        city.actor("dispatcher"),
        receipt.case_id,
        f"{who.marks['name']} 电话 {who.number} 说 {who.marks['text']}",
    )
    act_as_reporter(receipt.case_id, receipt.report_id, "add", Given(text=who.marks["added"]))
    close(city, receipt, f"已联系{who.marks['name']}（{who.number}），修好")
    act_as_reporter(receipt.case_id, receipt.report_id, "rate", Given(rating=5, text=who.marks["rating"]))
    Lesson.objects.create(
        report_id=receipt.report_id,
        text=report_of(receipt).text,
        category="other",
        at=report_of(receipt).received_at,
    )
    return receipt.report_id


def test_no_word_of_an_erased_person_is_left_in_any_table(desk: Cast) -> None:
    who, other = resident(), resident()
    lived(desk, who)
    lived(desk, other)
    used = [word for word in who.marks if word not in ("note", "step")]
    assert all(everywhere(who.marks[word]) for word in used)
    erase(who.person)
    assert {word: everywhere(who.marks[word]) for word in used} == {word: [] for word in used}
    assert everywhere(who.number) == []
    assert all(everywhere(other.marks[word]) for word in used), "nobody else's words go"


def test_photos_go_with_their_files_and_what_their_camera_said(desk: Cast) -> None:
    who = resident()
    lived(desk, who)
    keys = [
        str(key)
        for key in Evidence.objects.filter(report_id__in=who.person.reports).values_list("key", flat=True)
    ]
    assert keys
    assert all(photo_path(key).exists() for key in keys)
    erase(who.person)
    assert jobs("rights.finish_erasing")
    assert not any(photo_path(key).exists() or photo_path(key).with_suffix(".json").exists() for key in keys)


def test_what_staff_did_stays_with_the_person_blotted_out(desk: Cast) -> None:
    who = resident()
    report = lived(desk, who)
    case = Report.objects.get(id=report).case
    erase(who.person)
    finished = CaseEvent.objects.get(case=case, kind="finish")
    assert finished.text == f"已联系{BLOT}（{BLOT}），修好"
    assert bytes(finished.salt) == b""
    assert BLOT in Note.objects.get(case=case).text
    assert CaseEvent.objects.filter(case=case).count() >= 7
    assert Case.objects.get(id=case.pk).title == "（内容已依法删除）"


def test_the_ledger_is_untouched_and_its_hashes_say_nothing(desk: Cast) -> None:
    who = resident()
    report = Report.objects.get(id=lived(desk, who))
    entry = Entry.objects.get(kind="case.report", subject=f"case:{report.case_id}")
    body = bytes(entry.body)
    hashed = json.loads(body)["facts"]["said"]
    assert hashed == salted(bytes(report.salt), report.text), "before, the hash can be checked"
    before = list(Entry.objects.order_by("id").values_list("id", "body", "leaf_hash"))
    erase(who.person)
    after = list(
        Entry.objects.filter(id__lte=before[-1][0]).order_by("id").values_list("id", "body", "leaf_hash")
    )
    assert [(pk, bytes(one), bytes(leaf)) for pk, one, leaf in after] == [
        (pk, bytes(one), bytes(leaf)) for pk, one, leaf in before
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_report WHERE id = %s AND salt = ''", [report.pk])
        assert cursor.fetchone()[0] == 1
        cursor.execute(
            "SELECT count(*) FROM cases_caseevent WHERE case_id = %s AND role = 'reporter' AND salt <> ''",
            [report.case_id],
        )
        assert cursor.fetchone()[0] == 0


def test_what_is_still_being_handled_stays_and_says_why(desk: Cast) -> None:
    who = resident()
    receipt = said(who)
    erasure = erase(who.person)
    assert [one["report_id"] for one in erasure.kept] == [receipt.report_id]
    assert "第四十七条" in erasure.kept[0]["why"][0]
    assert contact_of(receipt.report_id).name == who.marks["name"]


def test_a_case_with_another_reporter_speaks_in_that_ones_words(desk: Cast) -> None:
    first, second = resident(), resident()
    one = said(first)
    two = said(second)
    assert one.case_id == two.case_id
    close(desk, one)
    erase(first.person)
    case = Case.objects.get(id=one.case_id)
    assert second.marks["text"] in case.title
    assert second.marks["address"] in case.address
    assert second.marks["name"] == contact_of(two.report_id).name


def test_erasing_is_recorded_with_ids_alone(desk: Cast) -> None:
    who = resident()
    report = lived(desk, who)
    erasure = erase(who.person)
    facts = json.loads(bytes(Entry.objects.filter(kind="rights.erased").latest("id").body))["facts"]
    assert facts["reports"] == [report]
    assert facts["rows"] == sum(erasure.counts.values()) > 5
    jobs("rights.finish_erasing")
    line = json.loads(list(listed())[-1])
    assert [pk for pk, _ in line["reports"]] == [report]
    assert not any(who.number in line for line in listed(list_folder()))


def test_samples_that_postgresql_keeps_are_made_anew_once_for_many(desk: Cast) -> None:
    for who in (resident(), resident(), resident()):
        lived(desk, who)
        erase(who.person)
    done = jobs("rights.finish_erasing", "rights.forget_samples")
    assert done == [*["rights.finish_erasing"] * 3, "rights.forget_samples"]


def test_a_restored_backup_is_erased_again(desk: Cast) -> None:
    """The rows come back as an older copy of the database had them; the list lies beside it."""
    who = resident()
    report = lived(desk, who)
    row = Report.objects.get(id=report)
    erase(who.person)
    jobs("rights.finish_erasing")
    lines = list(listed())[-1:]
    Report.objects.filter(id=report).update(text=row.text)
    Reporter.objects.create(report_id=report, name=who.marks["name"], phone=who.number)
    assert everywhere(who.marks["text"])
    assert replay(lines) == 1
    assert everywhere(who.marks["text"]) == []
    assert replay(lines) == 0


def test_a_new_report_with_an_old_number_is_not_taken_for_it(desk: Cast) -> None:
    """After a restore an id may be given again: only the instant of receipt tells them apart."""
    who = resident()
    report = lived(desk, who)
    line = json.dumps(
        {"at": "2026-01-01", "reports": [[report, "2020-01-01T00:00:00+00:00"]], "channel": None}
    )
    assert replay([line]) == 0
    assert everywhere(who.marks["text"])


def test_a_report_by_somebody_without_a_number_is_erased_alone(desk: Cast) -> None:
    who = resident()
    named = said(who)
    alone = said(who, reporter_phone="")
    close(desk, named)
    from gezhi.rights.queries.people import person_of_report

    erase(person_of_report(alone.report_id))
    assert report_of(alone).text == ""
    assert who.marks["text"] in report_of(named).text


def test_messages_to_others_do_not_name_the_person_any_more(desk: Cast) -> None:
    who, other = resident(), resident()
    one, two = said(who), said(other)
    assert one.case_id == two.case_id
    close(desk, one, f"已为{who.marks['name']}修好")
    told = Notice.objects.filter(report_id=two.report_id, text__contains=who.marks["name"])
    assert told.exists()
    erase(who.person)
    assert not told.exists()
    assert Notice.objects.filter(report_id=two.report_id, text__contains=BLOT).exists()


def test_the_whole_ledger_still_matches(desk: Cast) -> None:
    who = resident()
    lived(desk, who)
    erase(who.person)
    assert not verify().broken
    assert Erasure.objects.count() == 1
    assert Path(settings.DATA_DIR).is_dir()
