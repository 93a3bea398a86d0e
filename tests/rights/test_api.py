"""The same rights for programs: a code, a pass, what is held, a copy, requests; and the register for anybody."""

import io
import zipfile

import pytest
from django.test import Client
from pytest_django import Settings

from gezhi.cases.models import Case
from gezhi.exchange.rest.access import by_address, wrong_lookups
from gezhi.rights.actions.signing import code_words
from gezhi.rights.models import Code
from gezhi.rights.passes import Pass, person_with
from gezhi.rights.tags import all_tags
from tests.cast import OTHER, Cast
from tests.chaos.gateway import Gateway
from tests.rights.told import Resident, jobs, report_of, resident, said

pytestmark = pytest.mark.django_db
API = "/api/v1/rights"


@pytest.fixture(autouse=True)
def _patient() -> None:
    wrong_lookups.forget("127.0.0.1")
    by_address.forget("127.0.0.1")


@pytest.fixture
def who(desk: Cast) -> Resident:
    one = resident()
    said(one)
    return one


def passed(client: Client, number: str) -> dict[str, str]:
    asked = client.post(f"{API}/codes", {"number": number}, "application/json")
    assert asked.status_code == 200, asked.content
    code = Code.objects.get(id=asked.json()["code_id"])
    given = {"code_id": code.pk, "number": number, "code": code_words(code)}
    opened = client.post(f"{API}/openings", given, "application/json")
    assert opened.status_code == 200, opened.content
    return {"X-Rights-Pass": opened.json()["pass"]}


def test_a_program_reads_and_copies_what_is_held(client: Client, who: Resident, gateway: Gateway) -> None:
    headers = passed(client, who.number)
    tables = client.get(f"{API}/mine", headers=headers).json()["tables"]
    assert tables["cases_reporter"][0]["phone"] == who.number
    copy = client.get(f"{API}/mine/copy", headers=headers)
    assert who.marks["text"] in zipfile.ZipFile(io.BytesIO(copy.content)).read("data.json").decode()


def test_a_program_asks_and_follows(client: Client, who: Resident, gateway: Gateway) -> None:
    headers = passed(client, who.number)
    made = client.post(
        f"{API}/requests", {"right": "delete", "words": "请删"}, "application/json", headers=headers
    )
    assert made.status_code == 201, made.content
    assert made.json()["state"] == "received"
    assert Case.objects.get(number=made.json()["number"]).due_at is not None
    again = client.post(f"{API}/requests", {"right": "delete"}, "application/json", headers=headers)
    assert (again.status_code, again.json()["code"]) == (422, "asked-already")
    client.post(f"{API}/requests", {"right": "object"}, "application/json", headers=headers)
    jobs("rights.carry_out", "rights.finish_erasing")
    listed = client.get(f"{API}/requests", headers=headers).json()["requests"]
    assert {(one["right"], one["is_open"]) for one in listed} == {("delete", True), ("object", False)}


def test_a_tracking_code_gives_a_pass_for_one_report(client: Client, who: Resident) -> None:
    row = report_of(said(who, text="井盖坏了", category=OTHER))
    given = {"tracking_code": row.tracking_code, "phone_last4": who.number[-4:]}
    opened = client.post(f"{API}/openings", given, "application/json").json()
    tables = client.get(f"{API}/mine", headers={"X-Rights-Pass": opened["pass"]}).json()["tables"]
    assert [one["text"] for one in tables["cases_report"]] == ["井盖坏了"]
    wrong = client.post(f"{API}/openings", given | {"phone_last4": "0000"}, "application/json")
    assert wrong.status_code == 404


@pytest.mark.parametrize("held", ["", "nonsense", "eyJhIjoxfQ:1:x"])
def test_no_pass_shows_nothing(client: Client, desk: Cast, held: str) -> None:
    for address in ("mine", "mine/copy", "requests"):
        answer = client.get(f"{API}/{address}", headers={"X-Rights-Pass": held})
        assert answer.status_code in (401, 422)
    asked = client.post(
        f"{API}/requests", {"right": "copy"}, "application/json", headers={"X-Rights-Pass": held}
    )
    assert asked.status_code in (401, 422)


def test_a_pass_of_another_node_opens_nothing(who: Resident, settings: Settings) -> None:
    written = Pass(report_id=who.person.reports[0]).written()
    assert person_with(written) is not None
    settings.SECRET_KEY = "another" * 10
    assert person_with(written) is None


def test_wrong_codes_are_wrong_however_often(client: Client, who: Resident, gateway: Gateway) -> None:
    asked = client.post(f"{API}/codes", {"number": who.number}, "application/json").json()
    given = {"code_id": asked["code_id"], "number": who.number, "code": "abc"}
    answers = [client.post(f"{API}/openings", given, "application/json").status_code for _ in range(12)]
    assert set(answers) == {401, 429}


def test_another_s_report_is_not_asked_about(client: Client, who: Resident, gateway: Gateway) -> None:
    other = report_of(said(resident(), lon=121.535))
    headers = passed(client, who.number)
    body = {"right": "delete", "report": other.tracking_code}
    assert client.post(f"{API}/requests", body, "application/json", headers=headers).status_code == 404


def test_without_a_gateway_it_says_where_to_go(client: Client, who: Resident) -> None:
    answer = client.post(f"{API}/codes", {"number": who.number}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (422, "no-messages")


def test_the_register_names_every_column(client: Client, desk: Cast) -> None:
    columns = {one["column"]: one for one in client.get(f"{API}/register").json()["columns"]}
    assert set(columns) == set(all_tags().columns)
    assert columns["cases_reporter.phone"]["grade"] == 4
    assert columns["cases_reporter.phone"]["days"] == 365
