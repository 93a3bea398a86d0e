"""Accounts, posts and keys from the command line."""

from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from django.utils import timezone

from gezhi.config.cli import main
from gezhi.people.access import actor_of
from gezhi.people.actions import hash_key
from gezhi.people.models import Account, ApiToken, Post
from gezhi.people.queries import token_with
from tests.cast import CITY, HAISHU, PASSWORD, Cast


def run(*words: str) -> Result:
    return CliRunner().invoke(main, ["people", *words])


def test_an_account_is_opened_and_appointed(city: Cast) -> None:
    done = run("account", "new", "新来的", "--password", PASSWORD)
    assert done.exit_code == 0, done.output
    assert run("appoint", "new", "centre", "dispatcher", HAISHU).exit_code == 0
    account = Account.objects.get(username="new")
    assert account.check_password(PASSWORD)
    assert actor_of(account, timezone.localdate()).roles_at(HAISHU, None) == {"dispatcher"}


def test_names_taken_and_weak_passwords_are_refused(city: Cast) -> None:
    assert (
        "There is an account 'handler' already."
        in run("account", "handler", "x", "--password", PASSWORD).output
    )
    assert "too short" in run("account", "new", "x", "--password", "short").output
    assert not Account.objects.filter(username="new").exists()


def test_appointments_to_what_does_not_exist_are_refused(city: Cast) -> None:
    assert (
        "There is no account nobody-at-all."
        in run("appoint", "nobody-at-all", "centre", "leader", HAISHU).output
    )
    assert "There is no unit moon." in run("appoint", "nobody", "moon", "leader", HAISHU).output
    assert (
        "'king' is no role; roles are grid-worker"
        in run("appoint", "nobody", "centre", "king", HAISHU).output
    )


@pytest.mark.parametrize("place", ["海曙区", "440300000000", f"{HAISHU}999"])
def test_a_place_that_the_node_does_not_have_is_refused(city: Cast, place: str) -> None:
    refused = run("appoint", "nobody", "centre", "leader", place)
    assert refused.exit_code != 0
    assert not city.actor("nobody").posts


def test_a_key_is_printed_once_and_works(city: Cast) -> None:
    done = run("token", "partner", "合作系统", "--scope", "report", "--scope", "read", "--days", "7")
    token = token_with(hash_key(done.stdout.splitlines()[0]))
    assert token is not None
    assert (token.scopes, token.account.is_system) == (["report", "read"], True)
    assert not token.account.check_password("")


def test_a_new_password_is_set_and_a_weak_one_refused(city: Cast) -> None:
    assert "too short" in run("password", "handler", "--password", "short").output
    assert city.account("handler").check_password(PASSWORD)
    assert run("password", "handler", "--password", "another long word").exit_code == 0
    assert city.account("handler").check_password("another long word")
    assert "There is no account moon." in run("password", "moon", "--password", PASSWORD).output


def test_a_password_is_asked_for_twice_and_a_system_gets_none(city: Cast) -> None:
    typed = CliRunner().invoke(
        main, ["people", "password", "handler"], input="a new long word\nanother one\n"
    )
    assert "do not match" in typed.output
    run("token", "partner", "合作系统")
    assert run("password", "partner", "--password", PASSWORD).exit_code == 1
    assert not Account.objects.get(username="partner").has_usable_password()


def test_a_post_ends_on_the_day_that_is_named(city: Cast) -> None:
    today = timezone.localdate()
    later = today + timedelta(days=3)
    done = run("end-post", "dispatcher", "centre", "dispatcher", "--on", str(later))
    assert done.exit_code == 0, done.output
    account = city.account("dispatcher")
    assert actor_of(account, today).posts
    assert not actor_of(account, later).posts
    assert run("end-post", "dispatcher", "centre", "dispatcher").exit_code == 0
    assert not city.actor("dispatcher").posts
    assert "no dispatcher at centre on" in run("end-post", "dispatcher", "centre", "dispatcher").output


def test_a_post_given_by_mistake_is_taken_back_on_its_first_day(city: Cast) -> None:
    run("appoint", "nobody", "centre", "leader", CITY)
    assert run("end-post", "nobody", "centre", "leader").exit_code == 0
    assert not Post.objects.filter(account__username="nobody").exists()


def test_people_are_listed_with_their_posts_of_today(city: Cast) -> None:
    assert run("list", "二").output == ""
    listed = run("list", "second").output.splitlines()
    assert listed == [
        f"second-dispatcher\t派遣员小钱\tdispatcher at centre for {HAISHU}",
        f"second-handler\t处置员老赵\thandler at haishu-works for {HAISHU}",
    ]
    assert "nobody\t无岗人员\tno post" in run("list").output.splitlines()


def test_keys_are_listed_without_the_key_and_can_be_withdrawn(city: Cast) -> None:
    key = run("token", "partner", "合作系统", "--scope", "read").stdout.splitlines()[0]
    number = str(ApiToken.objects.get().pk)
    listed = run("keys").output
    assert listed.startswith(f"{number}\tpartner\t合作系统\tread\tuntil ")
    assert key not in listed
    assert run("withdraw-key", number).exit_code == 0
    token = token_with(hash_key(key))
    assert token is not None
    assert token.expires_at <= timezone.now()
    assert "\tended " in run("keys").output
    assert "ended already" in run("withdraw-key", number).output
    assert "There is no key 999999." in run("withdraw-key", "999999").output
