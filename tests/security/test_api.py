"""Firewalls and guards of hosts add signals by key; a collector of logs reads them; nobody else does either."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from gezhi.packs.actions import publish
from gezhi.packs.loading import read_pack
from gezhi.people.actions import issue_token, open_account, record_signal
from gezhi.people.models import Signal
from gezhi.security.actions import watch
from gezhi.security.models import RaisedWarning
from tests.cast import Cast

AT = "/api/v1/security/signals"
ONE = {"key": "fw-1", "kind": "outside-attack", "address": "203.0.113.4", "count": 30, "text": "端口扫描"}


def keyed(*scopes: str) -> Client:
    owner = open_account(f"firewall-{'-'.join(scopes)}", "防火墙", None, is_system=True)
    key = issue_token(owner, "guard", scopes, timezone.now())
    return Client(HTTP_AUTHORIZATION=f"Bearer {key}")


def send(client: Client, *found: object) -> tuple[int, object]:
    answer = client.post(AT, json.dumps(found), content_type="application/json")
    return answer.status_code, answer.json()


def test_a_signal_is_taken_once_however_often_it_is_sent(city: Cast) -> None:
    client = keyed("security")
    status, first = send(client, ONE, {**ONE, "key": "fw-2"})
    assert status == 200
    assert [one["known"] for one in first] == [False, False]  # type: ignore[attr-defined, index]
    _status, again = send(client, {**ONE, "count": 99}, {**ONE, "key": "fw-3"})
    assert [one["known"] for one in again] == [True, False]  # type: ignore[attr-defined, index]
    assert Signal.objects.filter(kind="outside-attack").count() == 3


def test_two_systems_do_not_know_each_others_names(city: Cast) -> None:
    send(keyed("security"), ONE)
    _status, other = send(keyed("security", "read"), ONE)
    assert [one["known"] for one in other] == [False]  # type: ignore[attr-defined, index]


def test_the_rules_count_what_came_from_outside(city: Cast) -> None:
    publish(read_pack(settings.PACKS_DIR / "security"))
    send(keyed("security"), ONE)
    watch(timezone.now())
    assert list(RaisedWarning.objects.values_list("rule", "level", "number")) == [("sec-devices", 2, 30)]


@pytest.mark.parametrize(
    "bad",
    [
        {**ONE, "kind": "export"},
        {**ONE, "kind": "sign-in-failed"},
        {**ONE, "address": "not an address"},
        {**ONE, "count": 0},
        {**ONE, "count": 10**30},
        {**ONE, "text": "x" * 301},
        {**ONE, "key": ""},
        {**ONE, "text": "a\0b"},
        {**ONE, "key": "a\nb"},
        {**ONE, "at": "2020-01-01T00:00:00Z"},
        {**ONE, "at": "2026-07-06T09:00:00"},
        {**ONE, "more": 1},
    ],
)
def test_what_is_not_right_is_refused_with_all_that_came_with_it(city: Cast, bad: dict[str, object]) -> None:
    status, _told = send(keyed("security"), {**ONE, "key": "fine"}, bad)
    assert status == 422
    assert not Signal.objects.filter(kind="outside-attack").exists()


def test_too_many_at_once_are_refused(city: Cast) -> None:
    status, _told = send(keyed("security"), *({**ONE, "key": f"k{n}"} for n in range(501)))
    assert status == 422


def test_a_key_for_something_else_neither_sends_nor_reads(city: Cast) -> None:
    client = keyed("report", "read", "act")
    assert send(client, ONE)[0] == 403
    assert client.get(AT).status_code == 403
    assert client.get("/api/v1/security/warnings").status_code == 403


@pytest.mark.parametrize(("who", "status"), [("administrator", 200), ("dispatcher", 403), ("leader", 403)])
def test_security_posts_read_and_nobody_sends_without_a_key(city: Cast, who: str, status: int) -> None:
    client = Client()
    client.force_login(city.account(who))
    assert client.get(AT).status_code == status
    assert send(client, ONE)[0] == 403


def test_signals_are_read_as_lines_from_where_one_left_off(city: Cast) -> None:
    for number in range(5):
        record_signal("export", 7, "10.0.0.1", {"rows": number})
    client = keyed("security")
    lines = client.get(AT, {"limit": 3}).content.decode().splitlines()
    assert [json.loads(line)["facts"]["rows"] for line in lines] == [0, 1, 2]
    rest = client.get(AT, {"after": json.loads(lines[-1])["id"]}).content.decode().splitlines()
    assert [json.loads(line)["facts"]["rows"] for line in rest] == [3, 4]


def test_warnings_are_read_with_their_cases(city: Cast) -> None:
    publish(read_pack(settings.PACKS_DIR / "security"))
    record_signal("disk-full", None, "", {"percent": 97}, timezone.now() - timedelta(seconds=1))
    watch(timezone.now())
    [one] = keyed("security").get("/api/v1/security/warnings").json()
    assert (one["rule"], one["level"], one["case"]) == ("sec-disk", "orange", None)


def test_wrong_keys_are_told_to_the_rules(city: Cast) -> None:
    for _ in range(3):
        Client(HTTP_AUTHORIZATION="Bearer nonsense", REMOTE_ADDR="198.51.100.200").get("/api/v1/cases")
    signal = Signal.objects.get(kind="wrong-key")
    assert (signal.address, signal.facts["count"]) == ("198.51.100.200", 1)


def test_refusals_are_told_to_the_rules(city: Cast) -> None:
    client = Client(REMOTE_ADDR="198.51.100.201")
    client.force_login(city.account("operator"))
    assert client.post("/desk/cases/export/").status_code == 403
    signal = Signal.objects.get(kind="refused")
    assert (signal.address, signal.account_id) == ("198.51.100.201", city.account("operator").pk)
