"""The pages of those who answer requests, and of the counter where somebody helps in person."""

import io
import zipfile

import pytest
from django.test import Client

from gezhi.cases.models import Case, Report, Reporter
from gezhi.ledger.models import Entry
from gezhi.people.models import Lookup
from gezhi.rights.actions import erase, open_request
from gezhi.rights.actions.asking import Asked
from gezhi.rights.models import Request, Right
from tests.cast import OTHER, Cast
from tests.rights.told import Resident, age, close, jobs, report_of, resident, said

pytestmark = pytest.mark.django_db
CARRIED = ("rights.carry_out", "rights.finish_erasing")


def signed_in(desk: Cast, username: str) -> Client:
    client = Client()
    client.force_login(desk.account(username))
    return client


@pytest.fixture
def who(desk: Cast) -> Resident:
    one = resident()
    close(desk, said(one))
    return one


def met(client: Client, **given: str) -> int:
    plain = {"paper": "id-card", "standing": "self", "seen": "1", "number": "", "tracking": ""}
    return client.post("/desk/rights/counter/", plain | given).status_code


def test_a_steward_sees_what_waits_and_decides_it(desk: Cast, who: Resident) -> None:
    request = open_request(who.person, Asked(Right.DELETE, "请删除"))
    number = Case.objects.get(id=request.case_id).number
    steward = signed_in(desk, "steward")
    assert number in steward.get("/desk/rights/").content.decode()
    page = steward.get(f"/desk/rights/request/{number}/").content.decode()
    assert "可以删除的" in page
    assert "您反映的事" in page
    assert who.number not in page, "behind a mask"
    assert f"{who.number[:3]}****{who.number[-4:]}" in page
    for step, given in (("accept", {}), ("grant", {"text": "同意"})):
        version = Case.objects.get(id=request.case_id).version
        answer = steward.post(f"/desk/rights/request/{number}/", {"step": step, "version": version, **given})
        assert answer.status_code == 302, answer.content.decode()[-2000:]
    jobs(*CARRIED)
    assert not Report.objects.filter(text__contains=who.marks["text"]).exists()
    assert "办理结果" in steward.get(f"/desk/rights/request/{number}/").content.decode()
    assert number not in steward.get("/desk/rights/").content.decode()
    assert number in steward.get("/desk/rights/?show=all").content.decode()


def test_a_correction_shows_the_old_and_the_new(desk: Cast, who: Resident) -> None:
    report = report_of(said(who, text="井盖坏了", category=OTHER))
    asked = Asked(Right.CORRECT, wish={"text": "井盖松了"}, report_id=report.pk)
    number = Case.objects.get(id=open_request(who.person, asked).case_id).number
    page = signed_in(desk, "steward").get(f"/desk/rights/request/{number}/").content.decode()
    assert "<del>井盖坏了</del>" in page
    assert "<ins>井盖松了</ins>" in page


@pytest.mark.parametrize(
    "username", ["handler", "dispatcher", "operator", "grid-worker", "verifier", "supervisor"]
)
def test_nobody_else_reads_requests_or_retention(desk: Cast, who: Resident, username: str) -> None:
    number = Case.objects.get(id=open_request(who.person, Asked(Right.DELETE)).case_id).number
    client = signed_in(desk, username)
    for address in ("", "retention/", "erasures/", f"request/{number}/"):
        assert client.get(f"/desk/rights/{address}").status_code == 403


@pytest.mark.parametrize("username", ["handler", "dispatcher", "grid-worker", "leader"])
def test_only_the_counter_helps_in_person(desk: Cast, who: Resident, username: str) -> None:
    assert signed_in(desk, username).get("/desk/rights/counter/").status_code == 403


def test_at_the_counter_nothing_is_shown_before_a_paper_was_looked_at(desk: Cast, who: Resident) -> None:
    client = signed_in(desk, "operator")
    assert met(client, number=who.number, seen="") == 422
    assert met(client, number=who.number, paper="nonsense") == 422
    assert met(client, number="13700000000") == 422
    assert client.get("/desk/rights/counter/person/").status_code == 302
    assert not Lookup.objects.exists()


def test_whoever_helps_at_the_counter_is_kept_as_one_who_looked(desk: Cast, who: Resident) -> None:
    client = signed_in(desk, "operator")
    assert met(client, number=who.number) == 302
    page = client.get("/desk/rights/counter/person/").content.decode()
    assert who.marks["name"] in page
    look = Lookup.objects.get(subject_id=who.person.reports[0])
    assert (look.purpose, look.account_id) == ("rights", desk.account("operator").pk)
    assert "id-card" in look.reason
    assert Entry.objects.filter(kind="rights.met").exists()
    assert "办理个人权利请求" in page, "and the person sees it"


def test_the_counter_copies_corrects_and_asks_on_behalf(desk: Cast, who: Resident) -> None:
    client = signed_in(desk, "operator")
    met(client, number=who.number, standing="guardian")
    answer = client.post("/desk/rights/counter/copy/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert who.marks["text"] in archive.read("data.json").decode()
    client.post("/desk/rights/counter/contact/", {"name": "新名字", "number": "13811110000", "email": ""})
    assert Reporter.objects.filter(name="新名字", phone="13811110000").exists()
    assert (
        client.post("/desk/rights/counter/ask/", {"right": "delete", "words": "本人要求"}).status_code == 302
    )
    request = Request.objects.get(right="delete")
    assert (request.account_id, request.standing) == (desk.account("operator").pk, "guardian")
    assert client.post("/desk/rights/counter/ask/", {"right": "nonsense"}).status_code == 422
    client.post("/desk/rights/counter/leave/")
    assert client.get("/desk/rights/counter/person/").status_code == 302


def test_a_tracking_code_at_the_counter_shows_one_report(desk: Cast, who: Resident) -> None:
    other = report_of(said(who, text="井盖坏了", category=OTHER, reporter_phone=""))
    client = signed_in(desk, "operator")
    assert met(client, tracking=other.tracking_code) == 302
    page = client.get("/desk/rights/counter/person/").content.decode()
    assert "井盖坏了" in page
    assert who.marks["text"] not in page


def test_the_steward_sees_what_goes_when(desk: Cast) -> None:
    old, young = said(resident()), said(resident(), lon=121.535)
    close(desk, old)
    close(desk, young)
    age(old, 400)
    page = signed_in(desk, "steward").get("/desk/rights/retention/").content.decode()
    assert "办结之后 365 天" in page
    assert "<b>1</b>" in page
    assert "/desk/parameters/keep.contact/" in page


def test_what_was_erased_is_listed_without_anybody(desk: Cast, who: Resident) -> None:
    erase(who.person)
    page = signed_in(desk, "steward").get("/desk/rights/erasures/").content.decode()
    assert "cases_report 1" in page
    assert who.marks["name"] not in page
    assert who.number not in page


def test_a_member_of_staff_takes_an_own_copy(desk: Cast, who: Resident) -> None:
    answer = signed_in(desk, "handler").post("/desk/rights/own-copy/")
    archive = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert desk.account("handler").name in archive.read("data.json").decode()
