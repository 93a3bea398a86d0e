"""The city's identity provider says who came and who left, and is believed in nothing that it did not sign for us."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount
from pytest_django import Settings

from gezhi.people.models import Signal
from gezhi.people.signing_in import provider as ours
from gezhi.people.signing_in.provider import subject_hash
from tests import cast
from tests.people.provider import STRANGER, Provider, asked_in, running
from tests.people.signing import Answer, Door, set_up_app


@pytest.fixture
def provider(city: cast.Cast, settings: Settings) -> Iterator[Provider]:
    with running() as found:
        settings.OIDC = found.as_setting()
        settings.SOCIALACCOUNT_PROVIDERS = settings.OIDC.for_allauth()
        ours._described.clear()
        yield found
        ours._described.clear()


def go(door: Door) -> dict[str, str]:
    """What the node asks the provider for."""
    answer = door.get("/desk/sign-in/city/")
    assert answer.status_code == 302, answer.content.decode()
    return asked_in(answer["Location"])


def come(door: Door, provider: Provider) -> Answer:
    asked = go(door)
    provider.nonce = provider.nonce or asked["nonce"]
    return door.get(f"/desk/sign-in/city/back/?code=c&state={asked['state']}")


def test_the_way_out_carries_state_nonce_and_a_challenge(provider: Provider) -> None:
    one, two = go(Door()), go(Door())
    assert one["code_challenge_method"] == "S256"
    for name in ("state", "nonce", "code_challenge"):
        assert len(one[name]) >= 16
        assert one[name] != two[name]


def test_whoever_the_provider_names_comes_in_and_stays_that_account(provider: Provider) -> None:
    door = Door()
    assert come(door, provider).status_code == 302
    assert door.is_in()
    linked = SocialAccount.objects.get()
    assert (linked.user.username, linked.uid) == ("dispatcher", subject_hash("staff-1"))
    provider.claims, provider.nonce = {"preferred_username": "operator"}, ""
    again = Door()
    come(again, provider)
    assert "派遣员" in again.get("/desk/account/").content.decode()
    assert SocialAccount.objects.count() == 1


def test_nobody_is_brought_in_who_did_not_ask(provider: Provider) -> None:
    mine, theirs = Door(), Door("192.0.2.9")
    asked = go(theirs)
    provider.nonce = asked["nonce"]
    for door, path in (
        (mine, f"?code=c&state={asked['state']}"),
        (mine, "?code=c"),
        (mine, "?code=c&state=x"),
    ):
        assert door.get(f"/desk/sign-in/city/back/{path}").status_code == 403
        assert not door.is_in()


@pytest.mark.parametrize(
    "wrong",
    [
        {"claims": {"aud": "another"}},
        {"claims": {"azp": "another"}},
        {"claims": {"iss": "https://elsewhere.example"}},
        {"claims": {"exp": int(time.time()) - 60}},
        {"nonce": "of another browser"},
        {"signed": {"key": STRANGER}},
        {"signed": {"key": "a shared secret of thirty-two bytes", "algorithm": "HS256"}},
        {"signed": {"key": None, "algorithm": "none"}},
        {"signed": {"headers": {"kid": "k2"}}},
        {"signed": {"key": STRANGER, "headers": {"jku": "http://127.0.0.1:9/keys", "kid": "k2"}}},
    ],
)
def test_a_token_that_is_not_the_providers_for_us_is_refused(
    provider: Provider, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(provider, name, value)
    door = Door()
    assert come(door, provider).status_code == 403
    assert not door.is_in()
    assert not SocialAccount.objects.exists()


def test_a_provider_that_describes_another_is_not_believed(provider: Provider) -> None:
    provider.described = {"issuer": "https://elsewhere.example"}
    assert Door().get("/desk/sign-in/city/").status_code == 502


def test_a_provider_that_sends_on_is_not_followed(provider: Provider) -> None:
    provider.moved = "/elsewhere"
    assert Door().get("/desk/sign-in/city/").status_code == 502
    assert not [path for path in provider.asked if path.startswith("/elsewhere")]


def test_the_providers_two_factors_count_as_two_and_nothing_else_does(provider: Provider) -> None:
    door = Door()
    door.sign_in("dispatcher")
    set_up_app(door)
    for acr, way in (
        ("", "/desk/sign-in/second/"),
        ("urn:other", "/desk/sign-in/second/"),
        ("urn:example:two", ""),
    ):
        provider.claims, provider.nonce = {"acr": acr}, ""
        other = Door()
        answer = come(other, provider)
        assert (answer["Location"] == way) is bool(way)
        assert other.is_in() is not bool(way)


def test_a_name_that_nobody_has_or_another_identity_holds_is_a_signal(provider: Provider) -> None:
    come(Door(), provider)
    for claims in ({"sub": "staff-2"}, {"sub": "staff-3", "preferred_username": "nobody-here"}):
        provider.claims, provider.nonce = claims, ""
        assert come(Door(), provider).status_code == 403
    assert Signal.objects.filter(kind="sign-in-failed").count() == 2


def left(provider: Provider, token: str) -> int:
    return int(Door("198.51.100.4").post("/api/v1/identity/logout", {"logout_token": token}).status_code)


@pytest.mark.parametrize("more", [{}, {"sid": None}])
def test_whoever_left_at_the_provider_is_out_here(provider: Provider, more: dict[str, Any]) -> None:
    door, beside = Door(), Door("192.0.2.7")
    come(door, provider)
    beside.sign_in("dispatcher")
    assert left(provider, provider.logout_token(**more)) == 200
    assert not door.is_in()
    assert beside.is_in(), "a session that a password began is no matter of the provider's"


@pytest.mark.parametrize(
    ("signed", "claims"),
    [
        ({"headers": {"typ": "JWT"}}, {}),
        ({"headers": {}}, {}),
        ({}, {"nonce": "n"}),
        ({}, {"events": {}}),
        ({}, {"events": "http://schemas.openid.net/event/backchannel-logout"}),
        ({}, {"aud": "another"}),
        ({}, {"sid": None, "sub": ""}),
        ({"key": STRANGER, "headers": {"typ": "logout+jwt"}}, {}),
    ],
)
def test_only_a_logout_token_ends_a_session(
    provider: Provider, signed: dict[str, Any], claims: dict[str, Any]
) -> None:
    door = Door()
    come(door, provider)
    provider.signed = signed
    assert left(provider, provider.logout_token(**claims)) == 400
    assert left(provider, "no token") == 400
    assert door.is_in()


def test_without_a_provider_nobody_leaves(city: cast.Cast) -> None:
    assert Door().post("/api/v1/identity/logout", {"logout_token": "x"}).status_code == 400
