"""Documents: issued with a step or from the page, made by a job, seen by whom they concern."""

import hashlib
import io
import json
from pathlib import Path

import pypdf
import pytest
from django.conf import LazySettings
from procrastinate.contrib.django.models import ProcrastinateJob

from gezhi.cases.actions import act, issue_document, make_document, preview_document
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import Case, CaseEvent, IssuedDocument, Report
from gezhi.cases.papers import paper_path, read_paper
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries.documents import documents_for_report, templates_for, verified
from gezhi.cases.world import world
from gezhi.ledger.models import Entry
from tests.cases.letters import CATEGORY, publish_letters
from tests.cast import Cast, reported

WHY = "不属于本辖区 #set page(width: 1pt)"


@pytest.fixture
def letters(city: Cast, tmp_path: Path, settings: LazySettings) -> Cast:
    settings.DATA_DIR = tmp_path
    publish_letters(tmp_path)
    return city


def asked(text: str = "三楼楼道灯不亮", **fields: object) -> Receipt:
    said = {"attributes": {"storey": 3}, "reporter_name": "王秀英"} | fields
    return reported(text, category=CATEGORY, **said)


def case_of(receipt: Receipt) -> Case:
    return Case.objects.get(number=receipt.case_number)


def rejected(city: Cast, receipt: Receipt) -> IssuedDocument:
    act(city.actor("dispatcher"), case_of(receipt).pk, "reject", Given(reason=WHY))
    return IssuedDocument.objects.get()


def text_of(code: str) -> str:
    pdf = read_paper(code)
    assert pdf is not None
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "").replace(" ", "")


def test_a_step_issues_its_document_in_the_same_transaction(letters: Cast) -> None:
    document = rejected(letters, asked())
    newest = CaseEvent.objects.filter(case_id=document.case_id).latest("seq")
    assert (document.seq, document.template, document.made_at) == (newest.seq, "rejection", None)
    assert document.number == f"甬治告〔{document.at:%Y}〕{document.pk}号"
    job = ProcrastinateJob.objects.get(task_name="cases.make_document")
    assert job.args == {"document_id": document.pk}


def test_the_pdf_says_the_facts_of_the_case(letters: Cast) -> None:
    receipt = asked()
    document = rejected(letters, receipt)
    make_document(document.pk)
    text = text_of(document.code)
    wanted = ["不予受理告知书", document.number, "王秀英：", "三楼楼道灯不亮", WHY.replace(" ", ""), "楼层3"]
    wanted += [
        receipt.case_number,
        "宁波市社会治理中心",
        "-".join(document.code[n : n + 4] for n in (0, 4, 8)),
    ]
    assert [words for words in wanted if words not in text] == []
    assert "当事人" not in text


def test_the_job_may_run_twice_and_makes_one_paper(letters: Cast) -> None:
    document = rejected(letters, asked())
    make_document(document.pk)
    document.refresh_from_db()
    first = read_paper(document.code)
    make_document(document.pk)
    assert first is not None and hashlib.sha256(first).hexdigest() == document.sha256
    assert Entry.objects.filter(kind="document.made").count() == 1
    body = json.loads(bytes(Entry.objects.get(kind="document.made").body))
    assert body["facts"]["sha256"] == document.sha256


def test_a_job_that_died_before_its_commit_makes_the_same_bytes_again(letters: Cast) -> None:
    document = rejected(letters, asked())
    make_document(document.pk)
    first = read_paper(document.code)
    IssuedDocument.objects.filter(pk=document.pk).update(made_at=None, sha256="")
    make_document(document.pk)
    assert read_paper(document.code) == first


def test_a_lost_paper_is_made_again(letters: Cast) -> None:
    document = rejected(letters, asked())
    make_document(document.pk)
    first = read_paper(document.code)
    paper_path(document.code).unlink()
    make_document(document.pk)
    assert read_paper(document.code) == first


def test_a_person_issues_what_the_pack_offers(letters: Cast) -> None:
    case = case_of(asked())
    dispatcher = letters.actor("dispatcher")
    assert [template.key for template in templates_for(dispatcher, case, world())] == ["sheet"]
    document = issue_document(dispatcher, case.pk, "sheet", "今天修好")
    make_document(document.pk)
    text = text_of(document.code)
    assert all(words in text for words in ("处置单", "今天修好", "收到诉求", "处置人", "万安社区"))
    assert "王秀英" not in text
    assert Entry.objects.filter(kind="document.issued", subject=f"case:{case.pk}").count() == 1


@pytest.mark.parametrize(
    ("who", "template"),
    [("verifier", "sheet"), ("dispatcher", "rejection"), ("jiangbei-dispatcher", "sheet")],
)
def test_nobody_issues_what_is_not_offered(letters: Cast, who: str, template: str) -> None:
    case = case_of(asked())
    with pytest.raises(Refused, match=f"cannot issue '{template}'"):
        issue_document(letters.actor(who), case.pk, template)
    assert not IssuedDocument.objects.exists()


def test_a_preview_keeps_nothing(letters: Cast) -> None:
    case = case_of(asked())
    before = Entry.objects.count()
    _filled, pdf = preview_document(letters.actor("dispatcher"), case.pk, "sheet", "看看")
    assert "预览" in pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    assert (IssuedDocument.objects.count(), Entry.objects.count()) == (0, before)


def test_a_letter_to_several_reporters_names_none_of_them(letters: Cast) -> None:
    first = asked()
    second = asked("三楼楼道灯不亮", reporter_name="李国强")
    assert first.case_number == second.case_number
    document = rejected(letters, first)
    make_document(document.pk)
    text = text_of(document.code)
    assert "各位反映人：您反映的“楼道灯”" in text and not any(
        words in text for words in ("王秀英", "李国强", "三楼")
    )
    assert all(documents_for_report(report).exists() for report in Report.objects.all())


def test_a_letter_to_one_reporter_is_not_shown_to_who_joins_later(letters: Cast) -> None:
    receipt = asked()
    document = rejected(letters, receipt)
    mine = Report.objects.get(tracking_code=receipt.tracking_code)
    other = Report.objects.get(tracking_code=asked().tracking_code)
    Report.objects.filter(pk=other.pk).update(case_id=document.case_id)
    other.refresh_from_db()
    assert documents_for_report(mine).get() == document
    assert not documents_for_report(other).exists()


def test_a_handling_sheet_is_not_shown_to_the_reporter(letters: Cast) -> None:
    receipt = asked()
    issue_document(letters.actor("dispatcher"), case_of(receipt).pk, "sheet")
    assert not documents_for_report(Report.objects.get(tracking_code=receipt.tracking_code)).exists()


def test_an_english_report_gets_an_english_letter(letters: Cast) -> None:
    document = rejected(letters, asked("The stairs are dark", language="en"))
    make_document(document.pk)
    assert "NoticeofRejection" in text_of(document.code)


def test_anyone_may_verify_and_learns_nothing_personal(letters: Cast) -> None:
    document = rejected(letters, asked())
    make_document(document.pk)
    found = verified(document.code, world())
    assert found is not None and found.title.zh == "不予受理告知书"
    assert (found.number, found.issuer) == (document.number, "宁波市社会治理中心")
    assert "王秀英" not in repr(found)
    assert verified("ABCDEFGHJKLM", world()) is None and verified("../../etc", world()) is None
