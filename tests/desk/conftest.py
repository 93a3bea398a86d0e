from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.people.signing_in.store import PROVED
from tests import cast

SignedIn = Callable[[str], Client]


@pytest.fixture
def signed_in(city: cast.Cast) -> SignedIn:
    """A browser in which this member of the cast has just signed in."""

    def enter(username: str) -> Client:
        client = Client()
        client.force_login(city.account(username))
        session = client.session
        session[PROVED] = timezone.now().isoformat()
        session.save()
        return client

    return enter
