from collections.abc import Callable

import pytest
from django.test import Client

from tests import cast

SignedIn = Callable[[str], Client]


@pytest.fixture
def signed_in(city: cast.Cast) -> SignedIn:
    """A browser in which this member of the cast has signed in."""

    def enter(username: str) -> Client:
        client = Client()
        client.force_login(city.account(username))
        return client

    return enter
