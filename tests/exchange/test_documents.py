"""Documents over REST."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from gezhi.cases.actions import act, make_document
from gezhi.cases.models import Case, IssuedDocument
from gezhi.cases.procedure import Given
from tests.cases.letters import CATEGORY, publish_letters
from tests.cast import Cast, reported

Person = Callable[[str], Client]


@pytest.fixture
def tracking_code(city: Cast, tmp_path: Path, settings: LazySettings) -> str:
    settings.DATA_DIR = tmp_path
    publish_letters(tmp_path)
    return reported("三楼楼道灯不亮", category=CATEGORY, reporter_phone="13800001234").tracking_code


def post(client: Client, address: str, body: object) -> tuple[int, dict[str, object]]:
    answer = client.post(f"/api/v1/{address}", json.dumps(body), content_type="application/json")
    return answer.status_code, answer.json()


def test_a_dispatcher_lists_issues_and_fetches(person: Person, tracking_code: str) -> None:
    client, number = person("dispatcher"), Case.objects.get().number
    address = f"cases/{number}/documents"
    listed = client.get(f"/api/v1/{address}").json()
    assert listed == {
        "documents": [],
        "offered": [{"template": "sheet", "title_zh": "处置单", "title_en": "Handling Sheet"}],
    }
    status, paper = post(client, address, {"template": "sheet", "reason": "今天修好"})
    assert (status, paper["ready"], paper["verification"]) == (201, False, f"/verify/{paper['code']}/")
    assert client.get(f"/api/v1/documents/{paper['code']}").json()["code"] == "not-made"
    make_document(IssuedDocument.objects.get().pk)
    assert client.get(f"/api/v1/documents/{paper['code']}").content.startswith(b"%PDF")
    verified = Client().get(f"/api/v1/documents/{paper['code']}/verification").json()
    assert (verified["number"], len(verified["sha256"])) == (paper["number"], 64)


def test_what_is_not_offered_is_refused(person: Person, tracking_code: str) -> None:
    number = Case.objects.get().number
    status, problem = post(person("dispatcher"), f"cases/{number}/documents", {"template": "rejection"})
    assert (status, problem["code"]) == (403, "unknown-document")
    status, problem = post(person("jiangbei-dispatcher"), f"cases/{number}/documents", {"template": "sheet"})
    assert (status, problem["code"]) == (404, "unknown-case")


def test_a_reporter_fetches_the_letter_with_code_and_digits(
    client: Client, city: Cast, tracking_code: str
) -> None:
    act(city.actor("dispatcher"), Case.objects.get().pk, "reject", Given(reason="不属于本辖区"))
    document = IssuedDocument.objects.get()
    make_document(document.pk)
    mine = f"/api/v1/reports/{tracking_code}/documents"
    assert client.get(mine, {"phone_last4": "9999"}).status_code == 404
    assert [one["number"] for one in client.get(mine, {"phone_last4": "1234"}).json()] == [document.number]
    answer = client.get(f"{mine}/{document.code}", {"phone_last4": "1234"})
    assert answer["Content-Type"] == "application/pdf"


def test_a_code_that_is_none_is_not_found(client: Client, tracking_code: str) -> None:
    answer = client.get("/api/v1/documents/AAAABBBBCCCC/verification")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-document")
