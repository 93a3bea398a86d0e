"""Whose address counts, directly at the application that the server loads."""

from collections.abc import Iterator, Sequence

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections
from django.test import RequestFactory
from pytest_django import Settings

from gezhi.config.proxies import NoAddress, behind, proxies_in
from gezhi.exchange.rest import access
from gezhi.lib.ratelimit import TokenBuckets
from tests.cast import Cast

PROXY = "10.0.0.5"


def status_of(proxies: Sequence[str], remote: str, forwarded: str) -> int:
    environ = RequestFactory().get("/api/v1/reports", headers={"Authorization": "Bearer wrong"}).environ
    environ |= {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": forwarded}
    said: list[str] = []
    answer = behind(proxies, WSGIHandler())(environ, lambda status, *_: said.append(status))  # type: ignore[arg-type]
    list(answer)
    return int(said[0].split()[0])


@pytest.fixture(autouse=True)
def _three_wrong_keys(monkeypatch: pytest.MonkeyPatch, city: Cast) -> Iterator[None]:
    monkeypatch.setattr(access, "wrong_keys", TokenBuckets(size=3, seconds=1000))
    request_started.disconnect(close_old_connections)  # it would end the test's transaction
    yield
    request_started.connect(close_old_connections)


def test_clients_behind_a_trusted_proxy_are_counted_one_by_one() -> None:
    for client in range(6):
        assert status_of(["10.0.0.0/24"], PROXY, f"203.0.113.{client}") == 401
    seen = [status_of([PROXY], PROXY, "203.0.113.9") for _ in range(4)]
    assert seen == [401, 401, 401, 429]


def test_what_a_client_wrote_before_the_proxy_does_not_count() -> None:
    seen = [status_of([PROXY], PROXY, f"198.51.100.{n}, 203.0.113.77") for n in range(4)]
    assert seen == [401, 401, 401, 429]


@pytest.mark.parametrize("proxies", [[], ["10.0.0.6"]])
def test_nobody_else_can_say_another_address(proxies: Sequence[str]) -> None:
    seen = [status_of(proxies, PROXY, f"203.0.113.{client}") for client in range(4)]
    assert seen == [401, 401, 401, 429]


@pytest.mark.parametrize(("remote", "status"), [(PROXY, 200), ("198.51.100.7", 301)])
def test_only_a_trusted_proxy_says_that_it_came_by_tls(settings: Settings, remote: str, status: int) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    environ = RequestFactory().get("/").environ
    environ |= {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_PROTO": "https"}
    said: list[str] = []
    list(behind([PROXY], WSGIHandler())(environ, lambda status, *_: said.append(status)))  # type: ignore[arg-type]
    assert int(said[0].split()[0]) == status


def test_the_setting_names_addresses_and_networks() -> None:
    assert proxies_in("") == ()
    assert proxies_in("127.0.0.1, ::1,10.0.0.0/8") == ("127.0.0.1", "::1", "10.0.0.0/8")
    for text in ("*", "proxy.example.org", "10.0.0.1/8"):
        with pytest.raises(NoAddress, match="no address or network"):
            proxies_in(text)
