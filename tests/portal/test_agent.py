"""Somebody reports for another: said in the report, on the case and on the receipt; the rest is the person's."""

import pytest
from django.test import Client

from gezhi.cases.models import Case, CaseEvent, Report
from gezhi.cases.queries.contact import contact_of
from gezhi.ledger.models import Entry
from tests import cast

PHONE = "13800001234"


def form(**fields: object) -> dict[str, object]:
    plain = {"source_id": "agent-1", "text": "万安社区水管爆了", "address": "5 幢", "consent": "1"}
    return plain | {"reporter_name": "王秀英", "reporter_phone": PHONE} | fields


@pytest.fixture
def agent(client: Client, city: cast.Cast) -> Client:
    client.force_login(city.account("grid-worker"))
    return client


def test_the_agent_is_recorded_and_the_person_stays_the_reporter(agent: Client, city: cast.Cast) -> None:
    answer = agent.post("/agent/", form())
    report, event = Report.objects.get(), CaseEvent.objects.get()
    account = city.account("grid-worker").pk
    assert (report.source, report.submitted_by_id, contact_of(report.pk).name) == ("agent", account, "王秀英")
    assert report.attributes["agent"] == "万安社区居委会 网格员小孙"
    assert (event.account_id, event.role, event.facts["source"]) == (account, "staff", "agent")
    assert answer["Location"] == f"/agent/{report.tracking_code}/"
    assert Case.objects.get().source == "agent"


def test_the_receipt_says_who_did_it_and_is_for_that_agent_alone(agent: Client, city: cast.Cast) -> None:
    address = agent.post("/agent/", form())["Location"]
    page = agent.get(address).content.decode()
    assert "由 万安社区居委会 网格员小孙 代办" in page and "<svg" in page
    other = Client()
    other.force_login(city.account("operator"))
    assert other.get(address).status_code == 404


def test_neither_code_nor_rating_passes_to_the_agent(agent: Client, city: cast.Cast) -> None:
    agent.post("/agent/", form())
    code = Report.objects.get().tracking_code
    assert "万安社区水管爆了" not in agent.get(f"/report/thanks/{code}/").content.decode()
    assert agent.post(f"/follow/{code}/rate/", {"rating": "5"}).status_code == 404
    followed = Client().post("/follow/", {"code": code, "last4": PHONE[-4:]}, follow=True)
    assert "由 万安社区居委会 网格员小孙 代办" in followed.content.decode()


@pytest.mark.parametrize(("missing", "field"), [("consent", "consent"), ("reporter_name", "name")])
def test_without_consent_or_a_name_nothing_is_reported(agent: Client, missing: str, field: str) -> None:
    answer = agent.post("/agent/", form(**{missing: ""}))
    assert answer.status_code == 422
    assert list(answer.context["faults"]) == [field]
    assert not Report.objects.exists()


@pytest.mark.parametrize("username", ["handler", "verifier", "dispatcher", "leader", "nobody"])
def test_other_posts_do_not_report_as_agents(client: Client, city: cast.Cast, username: str) -> None:
    client.force_login(city.account(username))
    assert client.get("/agent/").status_code == 403


def test_the_case_shows_who_reported_for_whom(agent: Client, city: cast.Cast) -> None:
    agent.post("/agent/", form())
    agent.force_login(city.account("second-dispatcher"))
    page = agent.get(f"/desk/cases/{Case.objects.get().number}/").content.decode()
    assert "由 万安社区居委会 网格员小孙 代办" in page
    assert "代居民上报" in page


def test_the_ledger_holds_the_channel(agent: Client) -> None:
    agent.post("/agent/", form())
    assert b'"source":"agent"' in bytes(Entry.objects.get(kind="case.report").body)
