"""What tests of security share."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.cast import Cast, reported

SignedIn = Callable[[str], Client]


@pytest.fixture
def signed_in(city: Cast) -> SignedIn:
    def enter(username: str) -> Client:
        client = Client(REMOTE_ADDR="10.1.2.3")
        client.force_login(city.account(username))
        return client

    return enter


@pytest.fixture
def forty(city: Cast) -> list[str]:
    """The numbers of forty open cases, newest first, none the same matter as another."""
    now = timezone.now()
    times = (now - timedelta(minutes=17 * n) for n in range(40))
    return [reported(f"路灯不亮{n}", now=at, **place_of(n)).case_number for n, at in enumerate(times)]


def place_of(number: int) -> dict[str, float]:
    return {"lon": 121.501 + 0.0013 * (number % 7), "lat": 29.801 + 0.0013 * (number // 7)}


def taken_by(client: Client, query: str = "") -> bytes:
    return b"".join(client.post(f"/desk/cases/export/{query}"))  # type: ignore[arg-type]
