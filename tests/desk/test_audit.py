"""Auditors see who looked at whose data, and nobody looks unseen, auditors included."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gezhi.cases.actions import act
from gezhi.cases.actions.contact import show_contact
from gezhi.cases.actions.glass import break_glass
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.procedure import Given
from gezhi.people.actions import appoint, open_account
from gezhi.people.duty import Wish
from gezhi.people.looking import PAGE, Origin
from gezhi.people.models import BreakGlass, Lookup, Signal, Unit
from tests.cast import BAISHA, CITY, HAISHU, JIANGBEI, SINCE, Cast, reported
from tests.desk.conftest import SignedIn
from tests.statements import statements

PHONE, NAME = "13800001234", "王小明"
EMERGENCY = "居民来电称煤气泄漏，江北值班无人接听"


@pytest.fixture
def audited(city: Cast) -> Cast:
    """The city with an auditor of it, and one of Jiangbei."""
    for username, place in (("auditor", CITY), ("jiangbei-auditor", JIANGBEI)):
        account = open_account(username, username, None)
        appoint(account, Unit.objects.get(id=city.units["centre"]), "auditor", place, SINCE)
    return city


def looked(city: Cast, who: str = "handler", reason: str = "约时间入户") -> Receipt:
    receipt = reported(reporter_name=NAME, reporter_phone=PHONE)
    if not receipt.joined:
        unit = city.units["haishu-works"]
        act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=unit))
    origin = Origin(PAGE, "203.0.113.7")
    show_contact(city.actor(who), receipt.case_number, Wish("handling", reason), origin, [receipt.report_id])
    return receipt


def test_an_auditor_reads_who_when_why_and_about_which_number(signed_in: SignedIn, audited: Cast) -> None:
    receipt = looked(audited)
    page = signed_in("auditor").get("/desk/audit/").content.decode()
    for words in ("处置员老张", "办理事项", "约时间入户", receipt.case_number, "203.0.113.7"):
        assert words in page
    assert PHONE not in page and NAME not in page


def test_the_audit_is_for_auditors_of_the_place(signed_in: SignedIn, audited: Cast) -> None:
    receipt = looked(audited)
    for who in ("leader", "administrator", "supervisor", "handler"):
        assert signed_in(who).get("/desk/audit/").status_code == 403
    assert receipt.case_number not in signed_in("jiangbei-auditor").get("/desk/audit/").content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("who=老张", True),
        ("who=小陈", False),
        ("purpose=handling", True),
        ("purpose=callback", False),
        ("way=page", True),
        ("way=api", False),
        ("subject=report:{report}", True),
        ("subject=report:0", False),
        ("subject=x", False),
        ("number={number}", True),
        ("number=2020010100000001", False),
        ("glass=1", False),
        ("since=2999-01-01", False),
        ("until=2999-01-01", True),
        ("since=never", True),
    ],
)
def test_filters_narrow_the_list(signed_in: SignedIn, audited: Cast, query: str, found: bool) -> None:
    receipt = looked(audited)
    asked = query.format(report=receipt.report_id, number=receipt.case_number)
    page = signed_in("auditor").get(f"/desk/audit/?{asked}").content.decode()
    assert ("约时间入户" in page) == found


def test_a_look_at_the_looks_is_kept_and_leaders_see_it(signed_in: SignedIn, audited: Cast) -> None:
    looked(audited)
    signed_in("auditor").get("/desk/audit/?who=老张")
    kept = Lookup.objects.get(account_id=audited.account("auditor").pk)
    assert (kept.purpose, kept.subject_kind, kept.reason) == ("audit", "records", "who=老张")
    page = signed_in("leader").get("/desk/audit/auditors/").content.decode()
    assert "who=老张" in page
    assert signed_in("auditor").get("/desk/audit/auditors/").status_code == 403
    assert Lookup.objects.filter(account_id=audited.account("leader").pk).exists()


def test_the_list_leaves_as_a_file_that_is_a_signal(signed_in: SignedIn, audited: Cast) -> None:
    looked(audited)
    answer = signed_in("auditor").get("/desk/audit/export/?as=csv")
    assert "约时间入户" in answer.content.decode("utf-8-sig")
    signal = Signal.objects.get(kind="export")
    assert (signal.account_id, signal.facts["rows"]) == (audited.account("auditor").pk, 1)


def test_everybody_sees_what_they_looked_at_themselves(signed_in: SignedIn, audited: Cast) -> None:
    receipt = looked(audited)
    assert receipt.case_number in signed_in("handler").get("/desk/duty/looks/").content.decode()
    assert receipt.case_number not in signed_in("verifier").get("/desk/duty/looks/").content.decode()


def test_an_auditor_opens_no_case(signed_in: SignedIn, audited: Cast) -> None:
    receipt = looked(audited)
    auditor = signed_in("auditor")
    for address in ("", "print/", "beside/"):
        assert auditor.get(f"/desk/cases/{receipt.case_number}/{address}").status_code == 404
    asks = {"purpose": "audit", "reason": "审计"}
    assert auditor.post(f"/desk/cases/{receipt.case_number}/contact/", asks).status_code == 403
    assert receipt.case_number not in auditor.get("/desk/cases/").content.decode()


def test_a_page_of_looks_costs_the_same_however_many_there_are(signed_in: SignedIn, audited: Cast) -> None:
    auditor, costs = signed_in("auditor"), []
    for many in (1, 30):
        for _ in range(many):
            looked(audited)
        auditor.get("/desk/audit/")
        with statements() as told:
            auditor.get("/desk/audit/")
        costs.append(len(told))
    assert costs[0] == costs[1]


# counting looks


def test_many_looks_in_an_hour_are_a_signal_at_each_multiple(
    audited: Cast, settings: pytest.FixtureRequest
) -> None:
    settings.BULK_READS, settings.ODD_HOURS = 3, None  # type: ignore[attr-defined]
    for number in range(7):
        looked(audited, reason=f"第 {number} 户")
    found = Signal.objects.filter(kind="bulk-read").order_by("id")
    assert [one.facts["rows"] for one in found] == [3, 6]
    assert {one.account_id for one in found} == {audited.account("handler").pk}


@pytest.mark.parametrize(("hour", "signals"), [(23, 1), (3, 1), (6, 0), (12, 0), (21, 0)])
def test_a_mask_that_is_lifted_at_night_is_a_signal(audited: Cast, hour: int, signals: int) -> None:
    receipt = reported(reporter_name=NAME)
    at = timezone.localtime().replace(hour=hour, minute=30)
    wish = Wish("callback")
    show_contact(audited.actor("operator"), receipt.case_number, wish, Origin(PAGE), at=at)
    assert Signal.objects.filter(kind="odd-hour-unmasking").count() == signals


# emergency looks


def test_an_emergency_look_is_announced_on_every_page(signed_in: SignedIn, audited: Cast) -> None:
    far = reported(grid=f"{BAISHA}001", reporter_phone=PHONE)
    client = signed_in("dispatcher")
    answer = client.post("/desk/duty/emergency/", {"what": far.case_number, "reason": EMERGENCY}, follow=True)
    assert "已告知审计员" in answer.content.decode()
    for address in ("/desk/", "/desk/cases/", f"/desk/cases/{far.case_number}/", "/command/", "/desk/duty/"):
        assert "紧急查看中" in client.get(address).content.decode(), address
    glass = BreakGlass.objects.get()
    client.post(f"/desk/duty/emergency/{glass.pk}/end/")
    assert "紧急查看中" not in client.get("/desk/").content.decode()
    assert client.get(f"/desk/cases/{far.case_number}/").status_code == 404


def test_contact_data_in_an_emergency_need_a_reason_and_name_the_emergency(
    signed_in: SignedIn, audited: Cast
) -> None:
    far = reported(grid=f"{BAISHA}001", reporter_phone=PHONE)
    glass = break_glass(audited.actor("dispatcher"), far.case_number, EMERGENCY)
    client, address = signed_in("dispatcher"), f"/desk/cases/{far.case_number}/contact/"
    client.post(address, {"purpose": "handling"})
    assert not Lookup.objects.exists()
    client.post(address, {"purpose": "handling", "reason": "通知撤离"})
    assert Lookup.objects.get().break_glass_id == glass.pk
    assert "通知撤离" in signed_in("auditor").get("/desk/audit/?glass=1").content.decode()


def test_an_export_takes_nothing_that_only_an_emergency_opened(signed_in: SignedIn, audited: Cast) -> None:
    far = reported(grid=f"{BAISHA}001")
    break_glass(audited.actor("dispatcher"), far.case_number, EMERGENCY)
    answer = signed_in("dispatcher").post("/desk/cases/export/?as=csv")
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    assert far.case_number.encode() not in content


def test_an_auditor_reviews_and_the_person_reads_it(signed_in: SignedIn, audited: Cast) -> None:
    far = reported(grid=f"{BAISHA}001")
    glass = break_glass(audited.actor("dispatcher"), far.case_number, EMERGENCY)
    auditor = signed_in("auditor")
    assert EMERGENCY in auditor.get("/desk/audit/emergency/").content.decode()
    assert "紧急查看了岗位之外的案件" in auditor.get("/desk/inbox/").content.decode()
    assert (
        auditor.post(f"/desk/audit/emergency/{glass.pk}/", {"do": "accept", "words": ""}).status_code == 422
    )
    auditor.post(f"/desk/audit/emergency/{glass.pk}/", {"do": "object", "words": "应先联系带班领导"})
    page = signed_in("dispatcher").get("/desk/inbox/").content.decode()
    assert "有异议" in page and "应先联系带班领导" in page
    assert signed_in("leader").post(f"/desk/audit/emergency/{glass.pk}/", {"do": "accept"}).status_code == 403


# posts


def test_a_post_is_handed_over_and_taken_back_on_its_page(signed_in: SignedIn, audited: Cast) -> None:
    client, today = signed_in("dispatcher"), timezone.localdate()
    post = audited.actor("dispatcher").posts[0].id
    form = {
        "post": post,
        "to": "operator",
        "begins": today,
        "last": today + timedelta(days=6),
        "reason": "培训",
    }
    answer = client.post("/desk/duty/delegate/", form, follow=True).content.decode()
    assert "话务员小王" in answer and "委托中" in answer
    operator = signed_in("operator").get("/desk/duty/").content.decode()
    assert "代 派遣员小李" in operator
    assert "委托" in signed_in("auditor").get("/desk/audit/posts/").content.decode()
    made = audited.actor("operator").posts[1]
    assert made.for_name == "派遣员小李"
    assert client.post("/desk/duty/delegate/", form).status_code == 422


def test_a_leader_is_named_by_two_administrators_on_the_page(signed_in: SignedIn, audited: Cast) -> None:
    account = open_account("second", "第二管理员", None)
    appoint(account, Unit.objects.get(id=audited.units["centre"]), "administrator", CITY, SINCE)
    first, second = signed_in("administrator"), signed_in("second")
    form = {"username": "nobody", "unit": "centre", "role": "leader", "place": HAISHU, "reason": "任命文件"}
    answer = first.post("/desk/staffing/nominate/", form | {"begins": str(timezone.localdate())}, follow=True)
    assert "等另一位管理员审批" in answer.content.decode()
    assert not audited.actor("nobody").posts
    page = second.get("/desk/staffing/").content.decode()
    assert "任命文件" in page
    pk = page.split("/desk/staffing/nominations/")[1].split("/")[0]
    assert first.post(f"/desk/staffing/nominations/{pk}/", {"do": "grant"}).status_code == 422
    second.post(f"/desk/staffing/nominations/{pk}/", {"do": "grant"})
    assert [post.role for post in audited.actor("nobody").posts] == ["leader"]
    assert signed_in("leader").get("/desk/staffing/").status_code == 403


def test_a_post_is_given_by_the_names_of_the_person_the_unit_and_the_place(
    signed_in: SignedIn, audited: Cast
) -> None:
    unit = Unit.objects.get(id=audited.units["centre"])
    open_account("colleague", "岗位新人", None)
    form = {"username": "岗位新人", "unit": unit.name, "role": "handler", "place": "海曙区", "reason": "调入"}
    administrator = signed_in("administrator")
    begins = {"begins": str(timezone.localdate())}
    assert administrator.post("/desk/staffing/nominate/", form | begins).status_code == 302
    post = audited.actor("colleague").posts[0]
    assert (post.role, post.unit_id, post.place_code) == ("handler", unit.pk, HAISHU)
    refused = administrator.post("/desk/staffing/nominate/", form | begins | {"place": "不存在"})
    assert "没有名称含“不存在”的区域" in refused.content.decode()
