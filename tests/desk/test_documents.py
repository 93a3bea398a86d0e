"""Documents on a case's page."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from gezhi.cases.actions import make_document
from gezhi.cases.models import IssuedDocument
from tests.cases.letters import CATEGORY, publish_letters
from tests.cast import Cast, reported
from tests.desk.conftest import SignedIn


@pytest.fixture
def number(city: Cast, tmp_path: Path, settings: LazySettings) -> str:
    settings.DATA_DIR = tmp_path
    publish_letters(tmp_path)
    return reported("三楼楼道灯不亮", category=CATEGORY).case_number


def test_a_dispatcher_previews_issues_and_fetches(signed_in: SignedIn, number: str) -> None:
    client = signed_in("dispatcher")
    page = client.get(f"/desk/cases/{number}/").content.decode()
    assert "出具文书" in page and "处置单" in page and "不予受理告知书" not in page
    asked = {"template": "sheet", "document_reason": "今天修好"}
    preview = client.post(f"/desk/cases/{number}/documents/", asked | {"preview": "1"})
    assert preview["Content-Type"] == "application/pdf" and preview.content.startswith(b"%PDF")
    assert not IssuedDocument.objects.exists()
    answer = client.post(f"/desk/cases/{number}/documents/", asked, follow=True).content.decode()
    document = IssuedDocument.objects.get()
    assert document.number in answer and "正在生成" in answer
    assert client.get(f"/desk/documents/{document.code}/").status_code == 404
    make_document(document.pk)
    assert client.get(f"/desk/documents/{document.code}/").content.startswith(b"%PDF")
    assert f"/desk/documents/{document.code}/" in client.get(f"/desk/cases/{number}/").content.decode()


def test_a_document_out_of_sight_is_not_there(signed_in: SignedIn, number: str) -> None:
    signed_in("dispatcher").post(f"/desk/cases/{number}/documents/", {"template": "sheet"})
    document = IssuedDocument.objects.get()
    make_document(document.pk)
    stranger = signed_in("jiangbei-dispatcher")
    assert stranger.get(f"/desk/documents/{document.code}/").status_code == 404
    assert stranger.post(f"/desk/cases/{number}/documents/", {"template": "sheet"}).status_code == 404


def test_who_may_not_issue_is_told_what_is_possible(signed_in: SignedIn, number: str) -> None:
    client = signed_in("verifier")
    assert "出具文书" not in client.get(f"/desk/cases/{number}/").content.decode()
    answer = client.post(f"/desk/cases/{number}/documents/", {"template": "sheet"}, follow=True)
    assert "您在本案不能出具" in answer.content.decode()
    assert not IssuedDocument.objects.exists()
