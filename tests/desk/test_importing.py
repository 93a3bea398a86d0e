"""A file is uploaded, its columns are checked, it is imported, its faults are fetched."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from gezhi.cases.models import ImportRun, Report
from gezhi.exchange.files.actions import run_import
from tests.desk.conftest import SignedIn

ROWS = """编号,标题,内容,经度,纬度,电话
1,路灯不亮,万安社区门口的路灯不亮了,121.505,29.805,13800001234
2,垃圾,楼下垃圾没人收,121.525,29.805,
3,井盖,井盖松动,400,29.805,
"""


@pytest.fixture
def dispatcher(signed_in: SignedIn) -> Client:
    return signed_in("dispatcher")


def upload(client: Client, data: bytes, name: str = "诉求.csv") -> str:
    """The address of the page on which the columns are checked."""
    answer = client.post("/desk/import/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.context["refused"]
    return str(answer["Location"])


def columns(client: Client, address: str) -> dict[str, str]:
    """The form as it is prefilled."""
    context = client.get(address).context
    chosen = {f"field-{field.name}": field.column for field in context["fields"]}
    return chosen | {"source": "test", "id": context["id_column"], "crs": context["crs"]}


def test_columns_are_guessed_previewed_imported_and_faults_fetched(dispatcher: Client) -> None:
    address = upload(dispatcher, ROWS.encode("gb18030"))
    form = columns(dispatcher, address)
    assert (form["id"], form["field-lon"], form["field-reporter_phone"]) == ("编号", "经度", "电话")
    shown = dispatcher.post(address, form | {"do": "preview"}).content.decode()
    assert "约 3 行，看了前 3 行，1 行有错" in shown
    assert "万安社区门口的路灯不亮了" in shown
    assert not Report.objects.exists()

    run = dispatcher.post(address, form | {"do": "start"})["Location"]
    assert dispatcher.get(f"{run}progress/").json()["ended"] is False
    run_import(ImportRun.objects.get())
    assert dispatcher.get(f"{run}progress/").json()["ended"] is True
    assert "读到 3 行：新增 2，已有 0，有错 1" in dispatcher.get(run).content.decode()
    errors = dispatcher.get(f"{run}errors/").content.decode("utf-8-sig")
    assert re.search(r"^\d+,lon,400", errors, re.M)
    assert Report.objects.count() == 2


@pytest.mark.parametrize(
    ("name", "data"), [("reports.exe", b"MZ"), ("reports.xlsx", b"no workbook"), ("empty.csv", b"")]
)
def test_a_file_that_cannot_be_read_says_why(dispatcher: Client, name: str, data: bytes) -> None:
    answer = dispatcher.post("/desk/import/", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 422
    assert "这个文件读不了" in answer.content.decode()


def test_no_column_for_the_matter_is_refused(dispatcher: Client) -> None:
    address = upload(dispatcher, ROWS.encode())
    answer = dispatcher.post(address, columns(dispatcher, address) | {"field-text": "", "do": "start"})
    assert answer.status_code == 422
    assert not ImportRun.objects.exists()


def test_an_operator_imports_nothing(signed_in: SignedIn) -> None:
    assert signed_in("operator").get("/desk/import/").status_code == 403


def test_an_import_is_seen_by_who_began_it_and_by_administrators(signed_in: SignedIn) -> None:
    dispatcher = signed_in("dispatcher")
    address = upload(dispatcher, ROWS.encode())
    run = dispatcher.post(address, columns(dispatcher, address) | {"do": "start"})["Location"]
    seen = {}
    for username in ("dispatcher", "administrator", "jiangbei-dispatcher"):
        client = signed_in(username)
        listed = run in client.get("/desk/import/").content.decode()
        answers = {client.get(run + part).status_code for part in ("", "progress/", "errors/")}
        seen[username] = (listed, answers)
    assert seen == {
        "dispatcher": (True, {200}),
        "administrator": (True, {200}),
        "jiangbei-dispatcher": (False, {404}),
    }
