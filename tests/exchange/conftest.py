"""Keys of the cast, and of another system that reports."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from gezhi.exchange.rest import access
from gezhi.exchange.sensorthings import views as things
from gezhi.people.actions import issue_token, open_account
from gezhi.people.models import Account
from tests.cast import Cast

ALL = ("report", "read", "act")


@pytest.fixture(autouse=True)
def _nobody_waits() -> Iterator[None]:
    """Buckets are full and no key is remembered when a test begins."""
    yield
    known = (access.by_caller, access.by_address, access.wrong_keys, access.wrong_lookups, things.refused)
    for buckets in known:
        buckets._held.clear()
    access._callers.clear()


@pytest.fixture(autouse=True)
def _own_folder(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    settings.DATA_DIR = tmp_path_factory.mktemp("data")


def with_key(key: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {key}"})


@pytest.fixture
def person(city: Cast) -> Callable[[str], Client]:
    """A client with a key of one of the cast."""

    def client(username: str) -> Client:
        return with_key(issue_token(city.account(username), username, ALL, timezone.now()))

    return client


@pytest.fixture
def system(city: Cast) -> Account:
    return open_account("partner", "合作系统", None, is_system=True)


@pytest.fixture
def key(system: Account) -> str:
    return issue_token(system, "partner", ["report"], timezone.now())


@pytest.fixture
def ended_key(system: Account) -> str:
    return issue_token(system, "old", ["report"], timezone.now() - timedelta(days=366))


@pytest.fixture
def partner(key: str) -> Client:
    return with_key(key)
