"""Keys for other systems: made on a page, shown once, narrow, ended within a second."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from gezhi.exchange.rest import access
from gezhi.ledger.models import Entry
from gezhi.people import actions
from gezhi.people.models import ApiToken, Session
from gezhi.people.signing_in.policy import second_factor_in
from tests import cast
from tests.people.signing import Door


@pytest.fixture
def door(city: cast.Cast) -> Door:
    door = Door()
    door.sign_in("dispatcher")
    return door


@pytest.fixture(autouse=True)
def _fresh_clock() -> Iterator[None]:
    """A test that moves the clock leaves the process in the future."""
    yield
    access._checked = (0.0, -1)
    access._callers.clear()


def make(door: Door, *scopes: str, days: int = 30, name: str = "大屏") -> str:
    answer = door.post("/desk/account/keys/new/", {"name": name, "scopes": list(scopes), "days": days})
    found = re.search(r'value="(gz_[\w-]+)"', answer.content.decode())
    return found[1] if found else ""


def asks(key: str, path: str = "/api/v1/cases") -> int:
    return int(Client().get(path, HTTP_AUTHORIZATION=f"Bearer {key}").status_code)


def test_a_key_is_made_shown_once_and_works_as_far_as_its_scope(door: Door) -> None:
    key = make(door, "read")
    assert asks(key) == 200
    refused = Client().post("/api/v1/reports", {}, "application/json", HTTP_AUTHORIZATION=f"Bearer {key}")
    assert refused.status_code == 403
    page = door.get("/desk/account/keys/").content.decode()
    assert "大屏" in page
    assert key not in page
    assert key not in str(list(ApiToken.objects.values()))


def test_a_key_lasts_a_year_at_most_and_says_what_for(door: Door, city: cast.Cast) -> None:
    assert make(door, "read", days=365)
    assert not make(door, "read", days=366)
    assert not make(door, "read", days=0)
    assert not make(door, days=30)
    assert not make(door, "read", name="")
    for scopes, days in (["read"], 366), (["anything"], 30), ([], 30):
        with pytest.raises(ValueError, match="1 to 365 days"):
            actions.issue_token(city.account("dispatcher"), "x", scopes, timezone.now(), days)


def test_nobody_puts_on_a_key_what_their_posts_do_not_give(door: Door) -> None:
    assert not make(door, "audit")
    assert make(door, "export")
    grid_worker = Door()
    grid_worker.sign_in("grid-worker")
    assert not make(grid_worker, "export")
    assert 'value="export"' not in grid_worker.get("/desk/account/keys/new/").content.decode()


def test_an_ended_key_is_out_within_a_second_in_every_process(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make(door, "read")
    assert asks(key) == 200
    pk = ApiToken.objects.get(name="大屏").pk
    door.post(f"/desk/account/keys/{pk}/end/")
    held = time.monotonic()
    monkeypatch.setattr("gezhi.exchange.rest.access.time.monotonic", lambda: held + 1.1)
    assert asks(key) == 401
    assert Entry.objects.filter(kind="people.token-withdrawn", subject=f"token:{pk}").count() == 1


def test_a_key_loses_what_its_owner_loses_within_a_second(
    door: Door, city: cast.Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = make(door, "read")
    assert asks(key) == 200
    account = city.account("dispatcher")
    actions.end_posts(list(account.posts.values_list("id", flat=True)), timezone.localdate())
    held = time.monotonic()
    monkeypatch.setattr("gezhi.exchange.rest.access.time.monotonic", lambda: held + 1.1)
    assert Client().get("/api/v1/cases", HTTP_AUTHORIZATION=f"Bearer {key}").json().get("items") in (None, [])
    assert access.caller_with_key(key).actor.posts == ()  # type: ignore[union-attr]


def test_when_a_key_was_last_used_is_known(door: Door) -> None:
    make(door, "read", name="从未用过")
    key = make(door, "read")
    asks(key)
    used = ApiToken.objects.get(name="大屏").last_used_at
    assert used is not None
    assert timezone.now() - used < timedelta(minutes=1)
    assert "没用过" in door.get("/desk/account/keys/").content.decode()


def test_nobody_ends_somebody_elses_key_but_an_administrator(door: Door, city: cast.Cast) -> None:
    make(door, "read")
    pk = ApiToken.objects.get(name="大屏").pk
    other = Door()
    other.sign_in("operator")
    assert other.post(f"/desk/account/keys/{pk}/end/").status_code == 404
    assert other.get("/desk/people/keys/").status_code == 403
    administrator = Door()
    administrator.sign_in("administrator")
    page = administrator.get("/desk/people/keys/").content.decode()
    assert "大屏" in page
    assert "派遣员小李" in page
    assert administrator.post(f"/desk/account/keys/{pk}/end/").status_code == 302
    assert ApiToken.objects.get(pk=pk).expires_at <= timezone.now()


def test_making_a_key_asks_again_who_it_is(city: cast.Cast, settings: Any) -> None:
    door = Door()
    door.client.force_login(city.account("dispatcher"))
    assert door.get("/desk/account/keys/").status_code == 200
    assert door.get("/desk/account/keys/new/")["Location"].startswith("/desk/account/confirm/")
    assert make(door, "read") == ""
    settings.SECOND_FACTOR = second_factor_in("dispatcher")
    assert door.get("/desk/account/keys/")["Location"] == "/desk/account/factors/"
    assert Session.objects.filter(account=city.account("dispatcher")).exists()
