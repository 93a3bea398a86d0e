"""Masks on pages: every page of a case hides whom to reach until somebody asks."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from gezhi.cases.actions import act, make_document
from gezhi.cases.actions.contact import show_contact
from gezhi.cases.intake.shapes import Receipt
from gezhi.cases.models import IssuedDocument
from gezhi.cases.procedure import Given
from gezhi.people.duty import Wish
from gezhi.people.looking import PAGE, Origin
from gezhi.people.models import Lookup
from tests.cast import Cast, reported
from tests.desk.conftest import SignedIn

PHONE, NAME, MAIL = "13800001234", "王小明", "wang@example.org"


@pytest.fixture
def matter(city: Cast) -> Receipt:
    text = f"路灯不亮，我的电话{PHONE}"
    receipt = reported(text, reporter_name=NAME, reporter_phone=PHONE, reporter_email=MAIL)
    act(city.actor("dispatcher"), receipt.case_id, "dispatch", Given(unit_id=city.units["haishu-works"]))
    return receipt


def pages(matter: Receipt) -> list[str]:
    number = matter.case_number
    desk = [f"/desk/cases/{number}/", f"/desk/cases/{number}/print/", f"/desk/cases/{number}/beside/"]
    return [*desk, f"/field/cases/{number}/", f"/command/cases/{number}/", "/desk/", "/desk/cases/"]


def shown_on(client: Client, address: str) -> list[str]:
    page = client.get(address).content.decode()
    return [one for one in (PHONE, NAME, MAIL) if one in page]


@pytest.mark.parametrize(
    "who", ["operator", "dispatcher", "handler", "verifier", "supervisor", "leader", "administrator"]
)
def test_no_page_shows_whom_to_reach(signed_in: SignedIn, matter: Receipt, who: str) -> None:
    client = signed_in(who)
    found = {address: shown_on(client, address) for address in pages(matter)}
    assert not any(found.values()), found


def test_asking_with_a_purpose_shows_it_to_whoever_asked_and_to_nobody_else(
    signed_in: SignedIn, matter: Receipt
) -> None:
    handler, verifier = signed_in("handler"), signed_in("verifier")
    form = {"purpose": "handling", "reason": "约时间入户", "report": matter.report_id}
    answer = handler.post(f"/desk/cases/{matter.case_number}/contact/", form, follow=True)
    assert "本次查看已记录" in answer.content.decode()
    for address in pages(matter)[:3]:
        assert shown_on(handler, address) == [PHONE, NAME, MAIL]
    assert shown_on(verifier, pages(matter)[0]) == []


def test_the_mask_falls_again(signed_in: SignedIn, matter: Receipt, city: Cast) -> None:
    handler, begun = signed_in("handler"), timezone.now() - timedelta(minutes=16)
    show_contact(city.actor("handler"), matter.case_number, Wish("handling", "入户"), Origin(PAGE), at=begun)
    assert shown_on(handler, f"/desk/cases/{matter.case_number}/") == []


def test_without_a_reason_the_page_says_why_it_stays_hidden(signed_in: SignedIn, matter: Receipt) -> None:
    handler = signed_in("handler")
    answer = handler.post(f"/desk/cases/{matter.case_number}/contact/", {"purpose": "handling"}, follow=True)
    assert "请写明理由" in answer.content.decode()
    assert not Lookup.objects.exists()


def test_a_look_is_asked_for_and_never_followed_to(signed_in: SignedIn, matter: Receipt) -> None:
    assert signed_in("handler").get(f"/desk/cases/{matter.case_number}/contact/").status_code == 405


@pytest.mark.parametrize(
    "back", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere_afterwards(signed_in: SignedIn, matter: Receipt, back: str) -> None:
    form = {"purpose": "handling", "reason": "入户", "back": back}
    answer = signed_in("handler").post(f"/desk/cases/{matter.case_number}/contact/", form)
    assert answer["Location"] == f"/desk/cases/{matter.case_number}/"


def test_whoever_opens_a_letter_to_the_reporter_has_looked(
    signed_in: SignedIn, city: Cast, tmp_path: Path, settings: LazySettings
) -> None:
    settings.DATA_DIR = tmp_path
    receipt = reported(reporter_name=NAME)
    act(city.actor("dispatcher"), receipt.case_id, "reject", Given(reason="不属于受理范围"))
    letter = IssuedDocument.objects.get(case_id=receipt.case_id)
    make_document(letter.pk)
    assert signed_in("dispatcher").get(f"/desk/documents/{letter.code}/").status_code == 200
    kept = Lookup.objects.get()
    assert (kept.way, kept.fields, kept.subject_id, kept.purpose) == (
        "print",
        ["name"],
        receipt.report_id,
        "handling",
    )


def test_a_look_is_kept_under_the_number_of_its_request(matter: Receipt, signed_in: SignedIn) -> None:
    """The same that stands in the log and in the answer."""
    answer = signed_in("dispatcher").post(
        f"/desk/cases/{matter.case_number}/contact/",
        {"purpose": "handling", "reason": "约时间"},
        headers={"X-Request-ID": "proxy-0001"},
    )
    assert answer["X-Request-ID"] == "proxy-0001"
    assert set(Lookup.objects.values_list("request_id", flat=True)) == {"proxy-0001"}
