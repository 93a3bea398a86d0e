"""How to reach whoever reported, by the API: asked for with a purpose and a key that is for it."""

import json
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.cases.intake.shapes import Receipt
from gezhi.people.actions import issue_token
from gezhi.people.models import Lookup
from tests.cast import Cast, reported
from tests.exchange.conftest import with_key

PHONE = "13800001234"
WHY = {"purpose": "handling", "reason": "约时间入户"}


@pytest.fixture
def matter(city: Cast) -> Receipt:
    return reported(f"路灯不亮，打{PHONE}", reporter_name="王小明", reporter_phone=PHONE)


def asks(city: Cast, who: str, receipt: Receipt, body: dict[str, object], *scopes: str) -> tuple[int, str]:
    key = issue_token(city.account(who), who, scopes or ("contact",), timezone.now())
    address = f"/api/v1/cases/{receipt.case_number}/contact"
    answer = with_key(key).post(address, body, content_type="application/json")
    return answer.status_code, answer.content.decode()


def test_a_purpose_and_a_reason_open_the_mask(city: Cast, matter: Receipt) -> None:
    status, told = asks(city, "dispatcher", matter, WHY)
    assert status == 200
    contact = json.loads(told)["contacts"][0]
    assert (contact["phone"], contact["name"], contact["text"]) == (PHONE, "王小明", f"路灯不亮，打{PHONE}")
    kept = Lookup.objects.get()
    assert (kept.way, kept.purpose, kept.reason) == ("api", "handling", "约时间入户")


def test_the_case_itself_names_nobody(matter: Receipt, person: Callable[[str], Client]) -> None:
    case = person("dispatcher").get(f"/api/v1/cases/{matter.case_number}").json()
    assert PHONE not in str(case) and "王小明" not in str(case) and "138****1234" in str(case)


@pytest.mark.parametrize(
    ("who", "body", "scopes", "status", "code"),
    [
        ("dispatcher", WHY, ("read", "act"), 403, "scope"),
        ("dispatcher", {"purpose": "handling"}, (), 422, "reason-needed"),
        ("dispatcher", {"purpose": "curiosity", "reason": "x"}, (), 422, "invalid"),
        ("dispatcher", {}, (), 422, "invalid"),
        ("jiangbei-dispatcher", WHY, (), 404, "unknown-case"),
        ("nobody", WHY, (), 404, "unknown-case"),
    ],
)
def test_nothing_opens_it_otherwise(
    city: Cast,
    matter: Receipt,
    who: str,
    body: dict[str, object],
    scopes: tuple[str, ...],
    status: int,
    code: str,
) -> None:
    answered, told = asks(city, who, matter, body, *scopes)
    assert answered == status
    assert f'"{code}"' in told
    assert PHONE not in told
    assert not Lookup.objects.exists()
