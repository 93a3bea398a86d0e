"""Anyone checks a document by its code; who it is about stays unsaid."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gezhi.cases.actions import act, make_document
from gezhi.cases.issuing import verification_path
from gezhi.cases.models import Case, IssuedDocument, Report
from gezhi.cases.papers import paper_path, read_paper
from gezhi.cases.procedure import Given
from gezhi.portal.views import follow, verify
from tests.cases.letters import CATEGORY, publish_letters
from tests.cast import Cast, reported

PHONE = "13800001234"


@pytest.fixture(autouse=True)
def _fresh_tries() -> Iterator[None]:
    yield
    verify.WRONG_CODES.forget("127.0.0.1")
    follow.WRONG_TRIES.forget("127.0.0.1")


@pytest.fixture
def issued(city: Cast, tmp_path: Path, settings: LazySettings) -> IssuedDocument:
    settings.DATA_DIR = tmp_path
    publish_letters(tmp_path)
    reported("三楼楼道灯不亮", category=CATEGORY, reporter_name="王秀英", reporter_phone=PHONE)
    act(city.actor("dispatcher"), Case.objects.get().pk, "reject", Given(reason="不属于本辖区"))
    document = IssuedDocument.objects.get()
    make_document(document.pk)
    document.refresh_from_db()
    return document


def compared(client: Client, code: str, data: bytes) -> str:
    file = SimpleUploadedFile("a.pdf", data, "application/pdf")
    return client.post(verification_path(code), {"file": file}).content.decode()


def test_the_page_says_kind_number_day_issuer_and_hash_and_nothing_else(
    client: Client, issued: IssuedDocument
) -> None:
    page = client.get(verification_path(issued.code)).content.decode()
    for words in ("不予受理告知书", issued.number, f"{issued.at:%Y-}", "宁波市社会治理中心", issued.sha256):
        assert words in page
    assert not [words for words in ("王秀英", "楼道灯不亮", "不属于本辖区", PHONE) if words in page]


def test_a_code_may_be_typed_with_small_letters_and_dashes(client: Client, issued: IssuedDocument) -> None:
    typed = "-".join(issued.code[start : start + 4] for start in (0, 4, 8)).lower()
    answer = client.get("/verify/", {"code": typed}, follow=True)
    assert answer.redirect_chain == [(verification_path(issued.code), 302)]
    assert issued.number in answer.content.decode()


def test_the_issued_file_is_unchanged_and_any_other_is_not(client: Client, issued: IssuedDocument) -> None:
    pdf = read_paper(issued.code)
    assert pdf is not None
    assert "完全一致" in compared(client, issued.code, pdf)
    assert "不一样" in compared(client, issued.code, pdf.replace(b"/Title", b"/Tytle", 1) + b" ")
    assert [path.name for path in read_folder(issued)] == [f"{issued.code}.pdf"]


def read_folder(issued: IssuedDocument) -> list[Path]:
    return sorted(path for path in paper_path(issued.code).parents[1].rglob("*") if path.is_file())


def test_a_wrong_code_gets_a_kind_answer_and_the_eleventh_waits(
    client: Client, issued: IssuedDocument
) -> None:
    answers = [client.get("/verify/AAAABBBBCCCC/") for _ in range(11)]
    assert "请核对" in answers[0].content.decode()
    assert [answer.status_code for answer in answers] == [404] * 10 + [429]
    assert client.get(verification_path(issued.code)).status_code == 429


def test_the_reporter_fetches_the_letter_and_nobody_else_does(
    client: Client, issued: IssuedDocument, city: Cast
) -> None:
    code = Report.objects.get().tracking_code
    assert client.get(f"/follow/{code}/document/{issued.code}/").status_code == 404
    page = client.post("/follow/", {"code": code, "last4": "1234"}, follow=True).content.decode()
    assert "不予受理告知书" in page and issued.number in page
    answer = client.get(f"/follow/{code}/document/{issued.code}/")
    assert answer.content == read_paper(issued.code)
    assert answer["Content-Type"] == "application/pdf"
    assert client.get(f"/follow/{code}/document/AAAABBBBCCCC/").status_code == 404
