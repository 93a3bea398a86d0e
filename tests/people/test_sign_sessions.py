"""Open browsers: listed, ended, and ending by themselves."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gezhi.ledger.models import Entry
from gezhi.people import actions
from gezhi.people.actions.signing import end_session, end_sessions
from gezhi.people.actions.tries import forget_ended_sessions
from gezhi.people.models import Account, Post, Session, Unit
from gezhi.people.signing_in.devices import device_in
from tests import cast
from tests.people.signing import Door

CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36"
PHONE = "Mozilla/5.0 (Linux; Android 14; HarmonyOS) AppleWebKit/537.36 Chrome/114.0 Mobile MicroMessenger/8.0"


def entered(username: str = "dispatcher", address: str = "192.0.2.1") -> Door:
    door = Door(address)
    assert door.sign_in(username).status_code == 302
    return door


def set_seen(ago: timedelta) -> None:
    Session.objects.exclude(account=None).update(seen_at=timezone.now() - ago)


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (CHROME, "Chrome · Windows"),
        (PHONE, "WeChat · HarmonyOS"),
        ("curl/8", "curl/8"),
        ("", ""),
        ("x" * 99, "x" * 60),
    ],
)
def test_a_device_is_told_in_few_words(agent: str, device: str) -> None:
    assert device_in(agent) == device


def test_everybody_sees_where_they_are_signed_in(city: cast.Cast) -> None:
    door = Door()
    door.client.defaults["HTTP_USER_AGENT"] = CHROME
    door.sign_in("dispatcher")
    entered(address="203.0.113.9")
    entered("operator", "198.51.100.7")
    page = door.get("/desk/account/").content.decode()
    assert "Chrome · Windows" in page
    assert "203.0.113.9" in page
    assert "198.51.100.7" not in page
    assert page.count("就是这里") == 1


def test_one_other_or_all_others_are_ended(city: cast.Cast) -> None:
    here, second, third = entered(), entered(), entered()
    page = here.get("/desk/account/").content.decode()
    keys = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    assert len(keys) == 2
    here.post("/desk/account/sessions/end/", {"session": keys[0]})
    assert [door.is_in() for door in (here, second, third)].count(True) == 2
    here.post("/desk/account/sessions/end/", {"session": "others"})
    assert [door.is_in() for door in (here, second, third)] == [True, False, False]
    assert Entry.objects.filter(kind="people.sessions-ended").count() == 2


def test_nobody_ends_somebody_elses(city: cast.Cast) -> None:
    here, theirs = entered(), entered("operator")
    key = Session.objects.get(account=city.account("operator")).session_key
    here.post("/desk/account/sessions/end/", {"session": key})
    assert theirs.is_in()


def test_a_copy_of_the_table_opens_nothing(city: cast.Cast) -> None:
    door = entered()
    cookie = door.client.cookies["sessionid"].value
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM people_session t")
        assert cookie not in cursor.fetchone()[0]
    stolen = Door()
    stolen.client.cookies["sessionid"] = Session.objects.exclude(account=None).get().session_key
    assert not stolen.is_in()


def test_signing_in_gives_the_browser_a_new_key(city: cast.Cast) -> None:
    door = Door()
    door.client.get("/desk/sign-in/")
    session = door.client.session
    session["x"] = "y"
    session.save()
    before = door.client.cookies["sessionid"].value
    door.sign_in("dispatcher")
    after = door.client.cookies["sessionid"].value
    assert before != after
    planted = Door()
    planted.client.cookies["sessionid"] = before
    assert not planted.is_in()


def test_showing_again_who_one_is_gives_a_new_key(city: cast.Cast) -> None:
    door = entered()
    before = door.client.cookies["sessionid"].value
    door.post("/desk/account/confirm/", {"password": cast.PASSWORD})
    assert door.client.cookies["sessionid"].value != before
    assert door.is_in()


def test_a_session_ends_when_nobody_uses_it(city: cast.Cast, settings: Any) -> None:
    door = entered()
    set_seen(settings.SESSION_IDLE - timedelta(minutes=5))
    assert door.is_in()
    set_seen(settings.SESSION_IDLE + timedelta(minutes=1))
    assert not door.is_in()


def test_use_is_noted_to_the_minute_and_what_pages_ask_by_themselves_is_none(city: cast.Cast) -> None:
    door = entered()
    set_seen(timedelta(hours=2))
    door.get("/live/ticket/")
    assert timezone.now() - Session.objects.get(account__username="dispatcher").seen_at > timedelta(hours=1)
    door.get("/desk/cases/")
    assert timezone.now() - Session.objects.get(account__username="dispatcher").seen_at < timedelta(minutes=1)


def test_a_session_ends_at_its_longest_however_busy(city: cast.Cast, settings: Any) -> None:
    door = entered()
    row = Session.objects.get(account__username="dispatcher")
    assert abs(row.expire_date - timezone.now() - settings.SESSION_LONGEST) < timedelta(minutes=1)
    door.post("/desk/account/confirm/", {"password": cast.PASSWORD})
    later = Session.objects.get(account__username="dispatcher")
    assert abs(later.expire_date - row.expire_date) < timedelta(seconds=5)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert not door.is_in()
    assert forget_ended_sessions(timezone.now()) == 1


def test_a_resident_keeps_what_they_follow_for_two_weeks(city: cast.Cast) -> None:
    door = Door()
    door.post("/report/", {"text": "路灯不亮", "address": "解放南路"})
    row = Session.objects.get(account=None)
    assert row.expire_date - timezone.now() > timedelta(days=13)
    Session.objects.update(seen_at=timezone.now() - timedelta(days=10))
    assert door.client.session.get("followed") or list(door.client.session.keys())


def haishu(city: cast.Cast) -> Unit:
    return Unit.objects.get(pk=city.units["haishu-works"])


def test_whoever_gets_or_loses_a_post_signs_in_anew_at_once(city: cast.Cast) -> None:
    account, today = city.account("nobody"), timezone.localdate()
    door = entered("nobody")
    post = actions.appoint(account, haishu(city), "handler", cast.HAISHU, today)
    assert not door.is_in()
    door.sign_in("nobody")
    assert door.get("/desk/").status_code == 200
    actions.end_posts([post.pk], today)
    assert not door.is_in()
    assert not Post.objects.filter(account=account).exists()


def test_a_new_password_set_by_command_ends_what_is_open(city: cast.Cast) -> None:
    door = entered()
    actions.set_password(city.account("dispatcher"), "another long word")
    assert not door.is_in()
    assert not Session.objects.filter(account=city.account("dispatcher")).exists()


def test_a_closed_account_is_out_at_once(city: cast.Cast) -> None:
    door = entered()
    Account.objects.filter(username="dispatcher").update(is_active=False)
    assert not door.is_in()
    assert door.sign_in("dispatcher").status_code == 422


def test_ending_leaves_an_entry_only_when_something_ended(city: cast.Cast) -> None:
    me = city.account("dispatcher").pk
    before = Entry.objects.count()
    assert not end_session(me, "0" * 64, me)
    assert end_sessions(me, me) == 0
    assert Entry.objects.count() == before


def test_a_page_reads_its_session_with_one_statement(city: cast.Cast) -> None:
    door = entered()
    with CaptureQueriesContext(connection) as asked:
        assert door.get("/desk/account/password/").status_code == 200
    assert sum("people_session" in one["sql"] for one in asked.captured_queries) == 1
