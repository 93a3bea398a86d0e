"""What is committed reaches those who may see it, through the real process and the real database."""

import time
from collections.abc import Iterator

import httpx
import pytest
from django.core import signing
from django.db import connection, transaction
from django.test import Client

from gezhi.live.seal import SALT, sealed
from gezhi.live.tickets import scope_of, ticket_for
from tests.cases.test_actions import Loop
from tests.cast import BAISHA, WANAN, Cast, report, reported
from tests.live.conftest import Heard, Listen, Streams

ELSEWHERE = f"{BAISHA}001"


def test_a_step_is_heard_within_a_second(committed: Cast, listen: Listen) -> None:
    loop = Loop(committed, reported())
    heard = listen("dispatcher")
    begun = time.monotonic()
    loop.do("dispatcher", "dispatch", unit_id=committed.units["haishu-works"])
    (told,) = heard.cases()["cases"]
    assert time.monotonic() - begun < 1
    assert told == {
        "id": loop.case.id,
        "number": loop.case.number,
        "place": f"{WANAN}001",
        "lon": loop.case.lon,
        "lat": loop.case.lat,
        "category": loop.case.category,
        "unit": committed.units["haishu-works"],
        "source": "portal",
        "kind": "dispatch",
        "state": "dispatched",
        "open": True,
        "opened": False,
        "closed": False,
        "due": loop.case.due_at and loop.case.due_at.isoformat(),
        "overdue": False,
        "card": 0,
    }


def test_opening_and_closing_are_told(committed: Cast, listen: Listen) -> None:
    heard = listen("supervisor")
    loop = Loop(committed, reported())
    assert [case["opened"] for case in heard.cases()["cases"]] == [True]
    loop.closed()
    while not (told := heard.cases()["cases"][0])["closed"]:
        assert told["open"]
    assert (told["open"], told["opened"]) == (False, False)


def test_what_is_rolled_back_is_not_told(committed: Cast, listen: Listen) -> None:
    heard = listen("supervisor")
    try:
        with transaction.atomic():
            reported("这一条不算数")
            raise LookupError
    except LookupError:
        committed_one = reported("这一条算数")
    (told,) = heard.cases()["cases"]
    assert told["id"] == committed_one.case_id


def test_everybody_hears_of_their_own_places_and_units_only(committed: Cast, listen: Listen) -> None:
    haishu, jiangbei, handler = map(listen, ("dispatcher", "jiangbei-dispatcher", "handler"))
    there = reported(grid=ELSEWHERE)
    here = Loop(committed, reported())
    assert [case["id"] for case in jiangbei.cases()["cases"]] == [there.case_id]
    assert [case["id"] for case in haishu.cases()["cases"]] == [here.case.id]
    here.dispatched()
    assert [case["state"] for case in handler.cases()["cases"]] == ["dispatched"]


def test_a_unit_that_is_called_hears_of_the_case_too(committed: Cast, listen: Listen) -> None:
    loop = Loop(committed, reported()).handling()
    called = listen("jiangbei-handler")
    loop.do("dispatcher", "whistle", unit_ids=(committed.units["jiangbei-works"],), text="请到场")
    assert [case["id"] for case in called.cases()["cases"]] == [loop.case.id]


def test_a_unit_that_gave_a_case_back_is_told_that_it_is_gone(committed: Cast, listen: Listen) -> None:
    loop = Loop(committed, reported()).dispatched()
    handler = listen("handler")
    loop.do("handler", "return", reason="不归我管")
    told = handler.cases()
    assert (told["cases"], told["gone"]) == ([], [loop.case.id])


def test_many_cases_in_one_transaction_are_one_message(committed: Cast, listen: Listen) -> None:
    from gezhi.cases.intake.door import accept

    heard = listen("supervisor")
    accept([report(f"第 {number} 盏灯不亮", grid=ELSEWHERE, address=f"{number} 号") for number in range(30)])
    assert len(heard.cases()["cases"]) == len({*heard_ids(committed)}) > 0


def heard_ids(city: Cast) -> Iterator[int]:
    from gezhi.cases.models import Case

    yield from Case.objects.values_list("id", flat=True)


def test_a_listening_connection_that_is_killed_is_made_anew(committed: Cast, listen: Listen) -> None:
    heard = listen("dispatcher")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gezhi live'"
        )
    assert heard.next()[0] == "resync"
    receipt = reported()
    assert [case["id"] for case in heard.cases()["cases"]] == [receipt.case_id]


def test_sixty_streams_hold_no_connection_of_their_own(committed: Cast, listen: Listen) -> None:
    first = listen("dispatcher")
    before = _connections()
    everybody = [first, *(listen("dispatcher") for _ in range(59))]
    assert _connections() == before, "sixty streams hold what one does"
    assert before[1] == 1, "the listener"
    receipt = reported()
    for heard in everybody:
        assert [case["id"] for case in heard.cases()["cases"]] == [receipt.case_id]


def refused(streams: Streams, ticket: str, **headers: str) -> httpx.Response:
    return httpx.get(streams.url, params={"ticket": ticket}, headers=headers)


def test_forged_and_expired_tickets_are_refused(
    committed: Cast, streams: Streams, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = ticket_for(committed.actor("dispatcher"))
    forged = signing.dumps({"account": 1, "places": [["", ":"]], "units": []}, salt=SALT, key="another key")
    assert refused(streams, "").status_code == 403
    assert refused(streams, good[:-1] + ("A" if good[-1] != "A" else "B")).status_code == 403
    assert refused(streams, forged).status_code == 403
    long_ago = time.time() - 61
    monkeypatch.setattr("django.core.signing.time.time", lambda: long_ago)
    old = ticket_for(committed.actor("dispatcher"))
    monkeypatch.undo()
    assert refused(streams, old).status_code == 403


def test_pages_of_other_origins_are_refused(committed: Cast, streams: Streams) -> None:
    ticket = ticket_for(committed.actor("dispatcher"))
    assert refused(streams, ticket, Origin="https://elsewhere.example").status_code == 403
    with httpx.stream(
        "GET", streams.url, params={"ticket": ticket}, headers={"Origin": "http://localhost:8000"}
    ) as answer:
        assert answer.headers["access-control-allow-origin"] == "http://localhost:8000"


def test_a_full_process_says_when_to_come_back(committed: Cast) -> None:
    small = Streams(clients=1)
    small.start()
    try:
        ticket = ticket_for(committed.actor("dispatcher"))
        with httpx.stream("GET", small.url, params={"ticket": ticket}) as first:
            heard = Heard(first.iter_lines())
            assert heard.next()[0] == "hello"
            answer = refused(small, ticket)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    finally:
        small.stop()


def test_a_client_that_went_away_is_forgotten(committed: Cast, streams: Streams) -> None:
    before = streams.health()["clients"]
    ticket = ticket_for(committed.actor("dispatcher"))
    with httpx.stream("GET", streams.url, params={"ticket": ticket}) as answer:
        heard = Heard(answer.iter_lines())
        heard.next()
        assert streams.health()["clients"] == before + 1
    time.sleep(0.3)
    assert streams.health()["clients"] == before


def test_a_ticket_is_for_staff(city: Cast, client: Client, settings: object) -> None:
    assert client.get("/live/ticket/").status_code == 302
    client.force_login(city.account("nobody"))
    assert client.get("/live/ticket/").status_code == 403
    settings.LIVE_URL = ":8123"  # type: ignore[attr-defined]
    client.force_login(city.account("dispatcher"))
    answer = client.get("/live/ticket/", headers={"host": "localhost:8000"})
    actor = city.actor("dispatcher")
    assert answer.json()["url"] == "http://localhost:8123/live/stream"
    assert answer.json()["ticket"].split(":")[0] == sealed(actor.account_id, scope_of(actor)).split(":")[0]


def test_a_page_may_reach_the_stream_at_its_port(city: Cast, client: Client, settings: object) -> None:
    client.force_login(city.account("dispatcher"))
    for url, allowed in (
        (":8123", "connect-src 'self' http://localhost:8123"),
        ("/live/stream", "connect-src 'self';"),
    ):
        settings.LIVE_URL = url  # type: ignore[attr-defined]
        policy = client.get("/desk/", headers={"host": "localhost"}).headers["Content-Security-Policy"] + ";"
        assert allowed in policy


def _connections() -> tuple[int, int]:
    """All of this database, and those of listeners."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE application_name = 'gezhi live')"
            " FROM pg_stat_activity WHERE datname = current_database()"
        )
        everything, listening = cursor.fetchone()
    return everything, listening


def test_every_answer_says_that_it_is_no_page(committed: Cast, streams: Streams) -> None:
    ticket = ticket_for(committed.actor("dispatcher"))
    with httpx.stream("GET", streams.url, params={"ticket": ticket}) as heard:
        for answer in (heard, refused(streams, "")):
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
            assert answer.headers["referrer-policy"] == "no-referrer"
