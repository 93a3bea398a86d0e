"""The second factor: an app's codes reckoned by the RFC, recovery codes, and whose posts cannot do without."""

import base64
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection

from gezhi.ledger.models import Entry
from gezhi.people.models import Signal
from gezhi.people.signing_in.policy import WIDE_ROLES, NoPolicy, second_factor_in
from gezhi.people.signing_in.sealing import CannotOpen, opened, sealed
from tests import cast
from tests.people.signing import Door, code_of, codes_shown, set_up_app


@pytest.fixture
def door(city: cast.Cast) -> Door:
    door = Door()
    door.sign_in("dispatcher")
    return door


def kinds_about(city: cast.Cast, username: str) -> list[str]:
    subject = f"account:{city.account(username).pk}"
    return list(Entry.objects.filter(subject=subject).order_by("id").values_list("kind", flat=True))


@pytest.mark.parametrize(
    ("at", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
    ],
)
def test_our_reckoning_gives_the_codes_that_the_rfc_prints(at: int, code: str) -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert code_of(secret, at) == code


def test_whoever_has_set_up_an_app_is_asked_for_its_code(door: Door, city: cast.Cast) -> None:
    secret = set_up_app(door)
    other = Door()
    assert other.sign_in("dispatcher", target="/desk/cases/")["Location"] == "/desk/sign-in/second/"
    assert not other.is_in()
    assert other.post("/desk/sign-in/second/", {"code": "000000"}).status_code == 422
    assert not other.is_in()
    answer = other.post("/desk/sign-in/second/", {"code": code_of(secret, step=1)})
    assert answer["Location"] == "/desk/cases/"
    assert other.is_in()
    assert kinds_about(city, "dispatcher").count("people.factor-added") == 1


def test_a_code_counts_once_in_whatever_process(door: Door) -> None:
    secret = set_up_app(door)
    code = code_of(secret, step=1)
    for expected in (302, 422):
        other = Door()
        other.sign_in("dispatcher")
        assert other.post("/desk/sign-in/second/", {"code": code}).status_code == expected


def test_the_code_that_proved_the_app_opens_nothing(door: Door) -> None:
    secret = set_up_app(door)
    used = code_of(secret)
    other = Door()
    other.sign_in("dispatcher")
    assert other.post("/desk/sign-in/second/", {"code": used}).status_code == 422


def test_recovery_codes_are_shown_once_and_each_opens_once(door: Door, city: cast.Cast) -> None:
    set_up_app(door)
    codes = codes_shown(door)
    assert len(set(codes)) == 10
    assert codes_shown(door) == []
    for expected in (302, 422):
        other = Door()
        other.sign_in("dispatcher")
        assert other.post("/desk/sign-in/second/", {"code": codes[0]}).status_code == expected
    assert "people.recovery-code-used" in kinds_about(city, "dispatcher")
    assert "备用码还有 9 个" in door.get("/desk/account/").content.decode()


def test_new_recovery_codes_end_the_old_ones(door: Door) -> None:
    set_up_app(door)
    old = codes_shown(door)
    door.post("/desk/account/factors/codes/")
    new = codes_shown(door)
    assert len(new) == 10
    assert not set(old) & set(new)
    other = Door()
    other.sign_in("dispatcher")
    assert other.post("/desk/sign-in/second/", {"code": old[1]}).status_code == 422
    assert other.post("/desk/sign-in/second/", {"code": new[1]}).status_code == 302


def test_codes_cannot_be_tried_for_long(door: Door, city: cast.Cast) -> None:
    set_up_app(door)
    statuses = []
    for number in range(12):
        other = Door(f"198.51.100.{number}")
        other.sign_in("dispatcher")
        statuses.append(other.post("/desk/sign-in/second/", {"code": f"{number:06d}"}).status_code)
    assert statuses == [422] * 10 + [429] * 2
    assert Signal.objects.filter(kind="sign-in-failed", facts__step="code").count() == 10


def test_half_a_sign_in_is_none_and_does_not_last(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    secret = set_up_app(door)
    other = Door()
    other.sign_in("dispatcher")
    assert other.get("/desk/").status_code == 302
    now = time.time()
    monkeypatch.setattr("gezhi.people.signing_in.entering.time.time", lambda: now + 601)
    answer = other.post("/desk/sign-in/second/", {"code": code_of(secret, step=1)})
    assert answer["Location"] == "/desk/sign-in/"
    assert not other.is_in()


def test_secrets_lie_sealed(door: Door) -> None:
    secret = set_up_app(door)
    codes = codes_shown(door)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, ' ') FROM mfa_authenticator t")
        held = cursor.fetchone()[0]
        cursor.execute("SELECT string_agg(session_data, ' ') FROM people_session")
        held += cursor.fetchone()[0]
    assert secret not in held
    assert not [code for code in codes if code in held]


def test_what_is_sealed_opens_under_the_same_key_only(settings: Any) -> None:
    text = sealed("秘密 secret")
    assert opened(text) == "秘密 secret"
    assert sealed("秘密 secret") != text
    old = settings.SECRET_KEY
    settings.SECRET_KEY = "another"
    with pytest.raises(CannotOpen):
        opened(text)
    settings.SECRET_KEY_FALLBACKS = [old]
    assert opened(text) == "秘密 secret"


def test_a_node_with_another_key_asks_for_recovery_by_an_administrator(door: Door, settings: Any) -> None:
    """Nobody gets in without a second factor because its secret cannot be read."""
    secret = set_up_app(door)
    settings.SECRET_KEY = "another"
    other = Door()
    assert other.sign_in("dispatcher")["Location"] == "/desk/sign-in/second/"
    assert other.post("/desk/sign-in/second/", {"code": code_of(secret, step=1)}).status_code == 422


def test_removing_the_last_factor_removes_the_recovery_codes(door: Door, city: cast.Cast) -> None:
    set_up_app(door)
    account = city.account("dispatcher")
    pk = Authenticator.objects.get(user=account, type="totp").pk
    stranger = Door()
    stranger.sign_in("operator")
    stranger.post(f"/desk/account/factors/{pk}/remove/")
    assert Authenticator.objects.filter(user=account).count() == 2
    door.post(f"/desk/account/factors/{pk}/remove/")
    assert not Authenticator.objects.filter(user=account).exists()
    assert Door().sign_in("dispatcher")["Location"] == "/desk/"


# Whose posts demand it


def test_posts_that_see_much_go_on_only_with_a_second_factor(city: cast.Cast, settings: Any) -> None:
    settings.SECOND_FACTOR = second_factor_in("required")
    door = Door()
    door.sign_in("dispatcher")
    for path in ("/desk/", "/desk/cases/", "/command/", "/desk/account/keys/"):
        assert door.get(path)["Location"] == "/desk/account/factors/", path
    assert door.get("/api/v1/cases").status_code == 403
    page = door.get("/desk/account/factors/").content.decode()
    assert "要先设好第二步验证" in page
    set_up_app(door)
    assert door.get("/desk/").status_code == 200
    assert door.get("/api/v1/cases").status_code == 200


def test_who_handles_only_what_is_theirs_may_go_on(city: cast.Cast, settings: Any) -> None:
    settings.SECOND_FACTOR = second_factor_in("required")
    for username, home in (("handler", "/desk/"), ("grid-worker", "/field/")):
        door = Door()
        door.sign_in(username)
        assert door.get(home).status_code == 200


def test_a_session_from_before_the_rule_signs_in_anew(door: Door, settings: Any) -> None:
    set_up_app(door)
    old = Door()
    old.client.force_login(door.client.get("/desk/account/").wsgi_request.user)
    assert old.get("/desk/").status_code == 200
    settings.SECOND_FACTOR = second_factor_in("required")
    assert old.get("/desk/")["Location"] == "/desk/sign-in/?next=/desk/"
    assert not old.is_in()


def test_nothing_is_offered_where_the_city_wants_none(city: cast.Cast, settings: Any) -> None:
    settings.SECOND_FACTOR = second_factor_in("off")
    door = Door()
    door.sign_in("dispatcher")
    assert "/desk/account/factors/" not in door.get("/desk/account/").content.decode()


def test_the_setting_is_understood_or_refused() -> None:
    assert second_factor_in("required").roles == WIDE_ROLES
    assert second_factor_in("offered").roles == frozenset()
    assert second_factor_in("administrator, auditor").roles == {"administrator", "auditor"}
    with pytest.raises(NoPolicy, match="off, offered, required"):
        second_factor_in("always")
