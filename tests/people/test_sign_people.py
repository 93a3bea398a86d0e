"""Accounts of others, as far as an administrator may look after them."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from gezhi.ledger.models import Entry
from gezhi.people import actions
from gezhi.people.administering import may_look_after
from gezhi.people.models import Account, Unit
from tests import cast
from tests.people.signing import Door, set_up_app


@pytest.fixture
def door(city: cast.Cast) -> Door:
    door = Door()
    door.sign_in("administrator")
    return door


def act(door: Door, account: Account, do: str, reason: str = "") -> str:
    answer = door.post(f"/desk/people/{account.pk}/do/", {"do": do, "reason": reason})
    if answer.status_code != 302:
        return str(answer.content.decode())
    return str(door.get(answer["Location"]).content.decode())


def test_an_administrator_opens_an_account_whose_person_sets_the_password(door: Door) -> None:
    typed = {"username": "newcomer", "name": "新来的小郑", "name_en": ""}
    page = door.post("/desk/people/new/", typed).content.decode()
    link = re.search(r'value="http://testserver(/desk/sign-in/link/[\w-]+/)"', page)
    assert link
    assert "<svg" in page
    person = Door()
    person.get(link[1])
    new = "four words that nobody said"
    assert person.post("/desk/sign-in/link/", {"new": new, "again": new}).status_code == 302
    assert person.sign_in("newcomer", new).status_code == 302
    assert person.get("/desk/").status_code == 403, "without a post nothing opens"
    assert person.is_in()


@pytest.mark.parametrize(
    "typed",
    [
        {"username": "", "name": "某人"},
        {"username": "dispatcher", "name": "某人"},
        {"username": "Dispatcher", "name": "某人"},
        {"username": "two words", "name": "某人"},
        {"username": "x", "name": ""},
    ],
)
def test_an_account_without_a_name_of_its_own_is_not_opened(door: Door, typed: dict[str, object]) -> None:
    assert door.post("/desk/people/new/", typed).status_code == 422


def test_the_list_finds_people_by_name_and_standing(door: Door, city: cast.Cast) -> None:
    page = door.get("/desk/people/?text=小李").content.decode()
    assert "派遣员小李" in page
    assert "江北派遣员" not in page
    assert "派遣员" in page
    Account.objects.filter(username="nobody").update(is_active=False)
    assert "无岗人员" not in door.get("/desk/people/?text=无岗").content.decode()
    assert "无岗人员" in door.get("/desk/people/?standing=closed").content.decode()


def test_closing_needs_a_reason_and_ends_everything_at_once(door: Door, city: cast.Cast) -> None:
    account = city.account("dispatcher")
    key = actions.issue_token(account, "x", ["read"], timezone.now(), 5)
    person = Door("192.0.2.50")
    person.sign_in("dispatcher")
    assert "没有办成" in act(door, account, "close")
    assert "账号已停用" in act(door, account, "close", "离职")
    assert not person.is_in()
    assert person.sign_in("dispatcher").status_code == 422
    assert person.get("/api/v1/cases", HTTP_AUTHORIZATION=f"Bearer {key}").status_code == 401
    assert "账号已恢复" in act(door, account, "reopen", "返聘")
    assert person.sign_in("dispatcher").status_code == 302
    kinds = Entry.objects.filter(subject=f"account:{account.pk}").values_list("kind", flat=True)
    assert {"people.account-closed", "people.account-reopened"} <= set(kinds)


def test_somebody_who_lost_phone_and_codes_is_let_in_again(door: Door, city: cast.Cast) -> None:
    person = Door("192.0.2.50")
    person.sign_in("dispatcher")
    set_up_app(person)
    account = city.account("dispatcher")
    assert "已清除" in act(door, account, "factors")
    assert not Authenticator.objects.filter(user=account).exists()
    assert Door("192.0.2.50").sign_in("dispatcher")["Location"] == "/desk/"


def test_open_browsers_of_others_are_ended(door: Door, city: cast.Cast) -> None:
    person = Door("192.0.2.50")
    person.sign_in("dispatcher")
    page = door.get(f"/desk/people/{city.account('dispatcher').pk}/").content.decode()
    assert "192.0.2.50" in page
    assert "已结束 1 处登录" in act(door, city.account("dispatcher"), "sessions")
    assert not person.is_in()


def test_nobody_looks_after_their_own_account(door: Door, city: cast.Cast) -> None:
    assert "您不能改这个账号" in act(door, city.account("administrator"), "close", "试试")
    assert city.account("administrator").is_active


def test_an_administrator_of_a_county_does_not_reach_the_city(city: cast.Cast) -> None:
    unit = Unit.objects.get(pk=city.units["haishu-works"])
    actions.appoint(city.account("nobody"), unit, "administrator", cast.HAISHU, timezone.localdate())
    door = Door()
    door.sign_in("nobody")
    assert "您不能改这个账号" in act(door, city.account("leader"), "close", "试试")
    assert "您不能改这个账号" in act(door, city.account("jiangbei-dispatcher"), "link")
    assert "账号已停用" in act(door, city.account("handler"), "close", "离职")


def test_looking_after_others_is_for_administrators(city: cast.Cast) -> None:
    door = Door()
    door.sign_in("leader")
    for path in ("/desk/people/", "/desk/people/new/", f"/desk/people/{city.account('handler').pk}/"):
        assert door.get(path).status_code == 403


def test_acting_on_others_asks_again_who_it_is(city: cast.Cast) -> None:
    door = Door()
    door.client.force_login(city.account("administrator"))
    answer = door.post(f"/desk/people/{city.account('handler').pk}/do/", {"do": "close", "reason": "x"})
    assert answer["Location"].startswith("/desk/account/confirm/")
    assert city.account("handler").is_active


PLACES = st.sampled_from([cast.CITY, cast.HAISHU, cast.JIANGBEI, cast.NANMEN, cast.WANAN, f"{cast.WANAN}001"])


@given(st.lists(PLACES, max_size=3), st.lists(PLACES, max_size=3))
def test_whoever_reaches_an_account_reaches_all_its_posts(mine: list[str], theirs: list[str]) -> None:
    may = may_look_after(1, mine, 2, theirs)
    assert may == (
        bool(mine) and all(any(may_look_after(1, [one], 2, [place]) for one in mine) for place in theirs)
    )
    assert not may_look_after(2, mine, 2, theirs)
    if cast.CITY in mine:
        assert may


@pytest.mark.parametrize(
    "path", ["staffing/nominate/", "staffing/nominations/1/", "duty/delegate/", "people/new/"]
)
def test_granting_posts_asks_again_who_it_is(city: cast.Cast, path: str) -> None:
    door = Door()
    door.client.force_login(city.account("administrator"))
    answer = door.post(f"/desk/{path}", {"username": "nobody", "do": "grant"})
    assert answer.status_code == 302, path
    assert answer["Location"].startswith("/desk/account/confirm/")
