"""Accounts, posts and keys from the command line."""

from click.testing import CliRunner, Result
from django.utils import timezone

from gezhi.config.cli import main
from gezhi.people.access import actor_of
from gezhi.people.actions import hash_key
from gezhi.people.models import Account
from gezhi.people.queries import token_with
from tests.cast import HAISHU, PASSWORD, Cast


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


def test_a_place_that_is_no_code_is_refused(city: Cast) -> None:
    refused = run("appoint", "nobody", "centre", "leader", "海曙区")
    assert refused.exit_code != 0
    assert not city.actor("nobody").posts


def test_a_key_is_printed_once_and_works(city: Cast) -> None:
    done = run("token", "partner", "合作系统", "--scope", "report", "--scope", "read", "--days", "7")
    token = token_with(hash_key(done.stdout.splitlines()[0]))
    assert token is not None
    assert (token.scopes, token.account.is_system) == (["report", "read"], True)
    assert not token.account.check_password("")
