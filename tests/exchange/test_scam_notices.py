"""A notice of a suspected scam call: somebody is called, nothing more is known of them, and that is soon forgotten."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from gezhi.cases.actions import act
from gezhi.cases.contact import Sight
from gezhi.cases.models import Case, CaseEvent, Report, Reporter
from gezhi.cases.procedure import Given
from gezhi.cases.queries.contact import contacts, sight_in
from gezhi.cases.queries.scope import reach_of
from gezhi.cases.world import world
from gezhi.exchange.scam.actions.forgetting import forget_protected
from gezhi.lib.reach import within
from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.actions import issue_token, open_account
from gezhi.people.models import Account
from gezhi.rights.models import Erasure
from gezhi.sensing.actions.sources import NewSource, register_source
from gezhi.sensing.models import EventTally, EventWay
from tests.cast import WANAN, Cast

NOTICES = "/api/v1/sensing/scam-notices"
PHONE = "13857412345"


@pytest.fixture
def authority(city: Cast) -> Client:
    publish(read_pack(settings.PACKS_DIR / "scam-dissuasion"))
    account = open_account("telecom", "通信管理局", None, is_system=True)
    register_source(NewSource("ca-330200", "宁波市通信管理局", EventWay.SCAM, account), timezone.now())
    return keyed(account)


def keyed(account: Account) -> Client:
    return Client(headers={"Authorization": f"Bearer {issue_token(account, 'k', ['sense'], timezone.now())}"})


def send(client: Client, **changed: object) -> Any:
    notice = {"id": "n1", "source": "ca-330200", "phone": PHONE, "place_code": WANAN, "scam": "police"}
    return client.post(NOTICES, json.dumps(notice | changed), content_type="application/json")


def the_case() -> Case:
    return Case.objects.get(category="sd-warned")


def test_a_notice_becomes_a_dissuasion_and_says_nobodys_name(authority: Client) -> None:
    answer = send(authority)
    case = the_case()
    assert answer.status_code == 201 and answer.json() == {"outcome": "opened", "case_number": case.number}
    report = Report.objects.get(case=case)
    assert PHONE not in report.text + case.title + json.dumps(report.attributes) and report.address == ""
    assert report.attributes == {"scam": "police", "urgency": "today"}
    assert Reporter.objects.get(report_id=report.pk).phone == PHONE


def test_whoever_warns_gets_no_code_that_would_open_the_persons_page(authority: Client) -> None:
    send(authority)
    code = Report.objects.get(category="sd-warned").tracking_code
    assert code not in send(authority).content.decode()


def test_the_same_notice_is_known_and_a_call_that_is_being_made_is_not_asked_for_twice(
    authority: Client,
) -> None:
    send(authority)
    assert send(authority).json()["outcome"] == "again"
    assert send(authority, id="n2", phone=f"+86{PHONE}").json() == {"outcome": "joined", "case_number": None}
    assert send(authority, id="n3", urgency="now").json()["outcome"] == "opened"


def test_two_people_of_one_village_are_two_cases(authority: Client) -> None:
    send(authority)
    assert send(authority, id="n2", phone="13857412346").json()["outcome"] == "opened"
    assert Case.objects.filter(category="sd-warned").count() == 2


def test_a_transfer_under_way_leaves_ten_minutes(authority: Client) -> None:
    send(authority, urgency="now")
    case = the_case()
    assert case.due_at is not None and case.due_at - case.opened_at == timedelta(minutes=10)


@pytest.mark.parametrize(
    ("username", "sees"),
    [
        ("operator", True), ("dispatcher", True), ("handler", False), ("grid-worker", False), ("supervisor", False),
        ("verifier", False),
        ("leader", False), ("administrator", False), ("jiangbei-dispatcher", False), ("nobody", False),
    ],
)  # fmt: skip
def test_the_number_is_seen_by_whoever_calls_and_by_nobody_else(
    authority: Client, city: Cast, username: str, sees: bool
) -> None:
    send(authority)
    case, actor = the_case(), city.actor(username)
    assert (sight_in(actor, case, world()) is Sight.MASKED) is sees
    with within(reach_of(actor)):
        assert bool(contacts(case.pk)) is sees


def test_residents_and_machines_cannot_name_the_matter(authority: Client) -> None:
    catalogue = world().catalogue
    assert "sd-warned" not in {one.key for one in catalogue.open_to_all}
    assert "sd-warned" in catalogue.shielded


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "张三"}, {"address": "万安路1号"}, {"id_number": "11010519491231002X"}, {"phone": "12345"},
        {"scam": "love"},
        {"place_code": "330203001001001"}, {"place_code": "999999999999"}, {"at": "2020-01-01T00:00:00+08:00"},
    ],
)  # fmt: skip
def test_more_than_is_needed_is_not_taken(authority: Client, changed: dict[str, object]) -> None:
    assert send(authority, **changed).status_code == 422
    assert not Report.objects.filter(category="sd-warned").exists()


def test_only_the_registered_authority_is_heard(authority: Client) -> None:
    other = keyed(open_account("other", "别的系统", None, is_system=True))
    assert send(other).json()["code"] == "not-your-source"
    assert send(authority, source="ca-1").status_code == 403
    assert EventTally.objects.get(source="", fate="mistrusted").count == 2


def test_after_closing_the_number_and_what_was_said_go_and_the_record_of_the_office_stays(
    authority: Client, city: Cast
) -> None:
    send(authority)
    case = the_case()
    form = {"how": "phone", "result": "understood"}
    act(city.actor("operator"), case.pk, "reached", Given(form=form))
    act(city.actor("dispatcher"), case.pk, "close", Given(text=f"已打 {PHONE}，已复核"))
    assert forget_protected(timezone.now() + timedelta(days=29)) == 0
    assert forget_protected(timezone.now() + timedelta(days=31)) == 1
    report = Report.objects.get(case=case)
    assert (
        report.text == ""
        and report.attributes == {}
        and not Reporter.objects.filter(report_id=report.pk).exists()
    )
    told = json.dumps(
        list(CaseEvent.objects.filter(case=case).values_list("text", "facts")),
        ensure_ascii=False,
        default=str,
    )
    assert PHONE not in told and "▇▇" in told
    assert Erasure.objects.count() == 1
    assert forget_protected(timezone.now() + timedelta(days=31)) == 0


def test_an_open_dissuasion_is_never_forgotten(authority: Client) -> None:
    send(authority)
    assert forget_protected(timezone.now() + timedelta(days=400)) == 0


def test_a_node_without_the_pack_says_so(city: Cast) -> None:
    account = open_account("telecom", "通信管理局", None, is_system=True)
    assert send(keyed(account)).json()["code"] == "no-pack"
