"""What a mask hides, and for whom and for what it is lifted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gezhi.cases.actions import act
from gezhi.cases.actions.contact import show_contact
from gezhi.cases.contact import Contact, masked_text
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import Case
from gezhi.cases.procedure import Given, Refused
from gezhi.cases.queries.contact import shown_reports
from gezhi.ledger.models import Entry
from gezhi.people.access import Actor
from gezhi.people.duty import DUTIES, SHOWN, Wish
from gezhi.people.looking import PAGE, Origin
from gezhi.people.models import Lookup
from gezhi.people.purposes import AUDIT, CALLBACK, HANDLING, STATISTICS, SUPERVISION, VERIFYING
from tests.cast import Cast, reported

PHONE, NAME = "13800001234", "王小明"
HERE = Origin(PAGE, "203.0.113.7", "request-1")


@pytest.fixture
def matter(city: Cast) -> Receipt:
    receipt = reported(reporter_name=NAME, reporter_phone=PHONE)
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    return receipt


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("请打13800001234找我", "请打138****1234找我"),
        ("电话 138 0000 1234，谢谢", "电话 138****1234，谢谢"),
        ("+86-13800001234", "861****1234"),
        ("座机0574-87654321", "座机057****4321"),
        ("身份证330203199001011234", "身份证330****1234"),
        ("写信到 wang.xm@example.org 也行", "写信到 w***@example.org 也行"),
        (
            "案件2026112300000260，门牌1380号，路灯编号13800001",
            "案件2026112300000260，门牌1380号，路灯编号13800001",
        ),
    ],
)
def test_numbers_in_what_was_reported_are_masked_and_others_are_left(said: str, shown: str) -> None:
    assert masked_text(said) == shown


def test_a_mask_leaves_enough_to_address_somebody() -> None:
    assert Contact(NAME, PHONE, "wang@example.org").masked() == Contact(
        "王**", "138****1234", "w***@example.org"
    )


def test_a_title_holds_no_number(city: Cast) -> None:
    receipt = reported(f"路灯不亮，联系人 {PHONE}")
    assert PHONE not in Case.objects.get(id=receipt.case_id).title


def test_a_handler_sees_whom_to_call_for_a_quarter_of_an_hour(city: Cast, matter: Receipt) -> None:
    now, actor = timezone.now(), city.actor("handler")
    wish = Wish(HANDLING, "约时间入户")
    shown = show_contact(actor, matter.case_number, wish, HERE, at=now)
    assert shown.contacts == {matter.report_id: Contact(NAME, PHONE)}
    assert set(shown_reports(actor.account_id, matter.case_id, now + SHOWN - timedelta(seconds=1))) == {
        matter.report_id
    }
    assert shown_reports(actor.account_id, matter.case_id, now + SHOWN) == {}
    assert shown_reports(city.actor("dispatcher").account_id, matter.case_id, now) == {}


def test_the_look_is_kept_with_all_that_was_said(city: Cast, matter: Receipt) -> None:
    actor = city.actor("handler")
    show_contact(actor, matter.case_number, Wish(HANDLING, "约时间入户"), HERE)
    kept = Lookup.objects.get()
    assert (kept.account_id, kept.post_id) == (actor.account_id, actor.posts[0].id)
    assert (kept.subject_kind, kept.subject_id, kept.case_id) == ("report", matter.report_id, matter.case_id)
    assert (kept.purpose, kept.reason, kept.fields, kept.grade) == (
        HANDLING,
        "约时间入户",
        ["name", "phone"],
        4,
    )
    assert (kept.way, kept.address, kept.request_id) == (PAGE, "203.0.113.7", "request-1")
    body = bytes(Entry.objects.order_by("-id")[0].body).decode()
    assert PHONE not in body
    assert "约时间入户" not in body


def refusal(actor: Actor, number: str, wish: Wish) -> str:
    with pytest.raises(Refused) as caught:
        show_contact(actor, number, wish, HERE)
    assert not Lookup.objects.exists()
    return caught.value.code


def test_a_telephone_number_is_not_shown_without_a_reason(city: Cast, matter: Receipt) -> None:
    assert refusal(city.actor("handler"), matter.case_number, Wish(HANDLING)) == "reason-needed"


def test_a_name_alone_is_shown_for_the_own_duty_without_a_reason_and_for_another_with_one(city: Cast) -> None:
    receipt = reported(reporter_name=NAME)
    assert refusal(city.actor("supervisor"), receipt.case_number, Wish(VERIFYING)) == "reason-needed"
    show_contact(city.actor("supervisor"), receipt.case_number, Wish(SUPERVISION), HERE)
    show_contact(city.actor("supervisor"), receipt.case_number, Wish(VERIFYING, "现场核对"), HERE)


@pytest.mark.parametrize("purpose", [AUDIT, STATISTICS])
def test_some_purposes_need_nobody(city: Cast, matter: Receipt, purpose: str) -> None:
    assert (
        refusal(city.actor("supervisor"), matter.case_number, Wish(purpose, "想看")) == "no-contact-for-this"
    )


def test_a_purpose_of_ones_own_is_none(city: Cast, matter: Receipt) -> None:
    assert refusal(city.actor("handler"), matter.case_number, Wish("curiosity", "想看")) == "unknown-purpose"


@pytest.mark.parametrize("who", ["jiangbei-handler", "jiangbei-dispatcher", "nobody"])
def test_whoever_does_not_reach_the_case_reaches_nobody(city: Cast, matter: Receipt, who: str) -> None:
    assert refusal(city.actor(who), matter.case_number, Wish(CALLBACK, "回访")) == "unknown-case"


def test_nothing_is_kept_where_nothing_was_left(city: Cast) -> None:
    assert refusal(city.actor("operator"), reported().case_number, Wish(CALLBACK)) == "no-contact"


def test_every_role_that_works_cases_has_a_duty_and_auditors_have_none() -> None:
    assert "auditor" not in DUTIES
    assert set(DUTIES) >= {
        "operator",
        "dispatcher",
        "handler",
        "verifier",
        "grid-worker",
        "supervisor",
        "leader",
    }
