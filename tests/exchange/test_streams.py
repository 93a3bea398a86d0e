"""Other systems listen with a ticket of their own."""

from collections.abc import Callable

from django.test import Client

from gezhi.live.seal import opened
from gezhi.live.tickets import scope_of
from tests.cast import Cast


def test_a_key_that_reads_gets_a_ticket_to_what_its_holder_sees(
    city: Cast, person: Callable[[str], Client], settings: object
) -> None:
    settings.LIVE_URL = "/live/stream"  # type: ignore[attr-defined]
    told = person("handler").get("/api/v1/live/ticket").json()
    assert told["url"] == "/live/stream"
    assert opened(told["ticket"]) == scope_of(city.actor("handler"))


def test_without_a_key_there_is_no_ticket(city: Cast, client: Client) -> None:
    assert client.get("/api/v1/live/ticket").status_code == 401
