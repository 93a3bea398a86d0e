"""The hub: nobody is told of what they do not see, nobody is told too often, whoever lags reads again."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gezhi.lib.codes import place_range
from gezhi.live import stream
from gezhi.live.hub import BYE, MOST, PING, RESYNC, WAITING, Client, Full, Hub, joined
from gezhi.live.scope import Change, Scope
from tests.cast import BAISHA, CITY, HAISHU, JIANGBEI, LINGXIA, NANMEN, WANAN
from tests.live.apart import run as run_apart

PLACES = (WANAN, BAISHA, LINGXIA, NANMEN, HAISHU)
EVERYTHING = Scope((place_range(CITY),), frozenset())
places = st.frozensets(st.sampled_from(PLACES), max_size=3)
units = st.frozensets(st.integers(1, 5), max_size=3)
scopes = st.builds(
    lambda held, led: Scope(tuple(sorted(map(place_range, held))), led),
    st.frozensets(st.sampled_from([*PLACES, CITY, JIANGBEI]), max_size=3),
    units,
)


def shown(case_id: int, **fields: object) -> dict[str, object]:
    return {"id": case_id, "open": True, "opened": False, "closed": False} | fields


def change(case_id: int = 1, place: str = WANAN, **fields: object) -> Change:
    return Change(case_id, shown(case_id), place, frozenset(), **fields)  # type: ignore[arg-type]


changes = st.builds(
    lambda case_id, place, now, left, before: Change(case_id, shown(case_id), place, now, left, before),
    *(st.integers(1, 6), st.sampled_from(PLACES), units, places, units),
)


def run(story: Callable[[], Awaitable[None]]) -> None:
    run_apart(asyncio.wait_for(story(), 10))


def heard(client: Client) -> list[bytes | None]:
    told = []
    while not client._messages.empty():
        told.append(client._messages.get_nowait())
    return told


def data(told: bytes | None) -> dict[str, list[object]]:
    assert told and told.startswith(b"event: cases\n")
    return json.loads(told.split(b"data: ")[1])  # type: ignore[no-any-return]


@given(st.lists(scopes, max_size=5), st.lists(changes, min_size=1, max_size=8))
def test_nobody_is_told_of_a_case_outside_their_scope(held: list[Scope], batch: list[Change]) -> None:
    async def story() -> None:
        hub = Hub(10, period=0)
        clients = [(scope, hub.join(scope)) for scope in held]
        hub.publish(batch)
        last = {one.case_id: one for one in batch}
        for scope, client in clients:
            told = [data(one) for one in heard(client)]
            cases = {case["id"] for one in told for case in one["cases"]}  # type: ignore[index]
            gone = {case for one in told for case in one["gone"]}
            touched = {one.case_id for one in batch if scope.sees(one)}
            assert cases <= touched
            assert {key for key, one in last.items() if scope.sees(one)} <= cases
            assert gone <= {one.case_id for one in batch if scope.loses(one)}

    run(story)


def test_a_county_does_not_hear_of_the_next_one_nor_a_unit_of_another() -> None:
    county, unit = Scope((place_range(HAISHU),), frozenset()), Scope((), frozenset({7}))
    here, there = change(1, WANAN), Change(2, shown(2), BAISHA, frozenset({7}))
    assert (county.sees(here), county.sees(there)) == (True, False)
    assert (unit.sees(here), unit.sees(there)) == (False, True)


def test_a_case_that_left_is_told_as_gone_without_where_it_went() -> None:
    async def story() -> None:
        hub = Hub(10)
        client = hub.join(Scope((place_range(HAISHU),), frozenset()))
        hub.publish([change(5, BAISHA, left_places=frozenset({WANAN}))])
        assert {key: data(told)[key] for told in heard(client) for key in ("cases", "gone")} == {
            "cases": [],
            "gone": [5],
        }

    run(story)


def test_the_first_event_goes_at_once_and_the_next_ones_together() -> None:
    async def story() -> None:
        hub = Hub(10, period=0.05)
        client, other = hub.join(EVERYTHING), hub.join(EVERYTHING)
        hub.publish([change(1)])
        assert len(heard(client)) == 1
        for number in (2, 3, 2):
            hub.publish([change(number)])
        assert heard(client) == []
        await asyncio.sleep(0.1)
        (told,) = heard(client)
        assert [case["id"] for case in data(told)["cases"]] == [2, 3]  # type: ignore[index]
        assert heard(other)[-1] is told, "written out once for the group"

    run(story)


def test_what_was_opened_or_closed_meanwhile_is_not_forgotten() -> None:
    opened, closed = shown(1, opened=True), shown(1, open=False, closed=True)
    assert joined(opened, shown(1))["opened"] is True
    assert joined(closed, shown(1, open=False))["closed"] is True
    assert joined(closed, shown(1, open=True))["closed"] is False


def test_whoever_lags_behind_is_told_to_read_again() -> None:
    async def story() -> None:
        hub = Hub(10, period=0)
        slow, quick = hub.join(EVERYTHING), hub.join(EVERYTHING)
        for number in range(WAITING + 1):
            hub.publish([change(number)])
            heard(quick)
        assert heard(slow) == [RESYNC]

    run(story)


def test_a_flood_is_told_as_one_word() -> None:
    async def story() -> None:
        hub = Hub(10, period=0)
        client = hub.join(EVERYTHING)
        hub.publish([change(number) for number in range(MOST + 1)])
        assert heard(client) == [RESYNC]

    run(story)


def test_no_more_clients_than_allowed_and_a_place_is_free_again() -> None:
    async def story() -> None:
        hub = Hub(1)
        client = hub.join(EVERYTHING)
        with pytest.raises(Full):
            hub.join(EVERYTHING)
        hub.leave(client)
        hub.join(EVERYTHING)

    run(story)


def test_a_stream_ends_so_that_rights_are_asked_again() -> None:
    async def story() -> None:
        hub = Hub(10, lifetime=0.02)
        client = hub.join(EVERYTHING)
        hub.beat()
        assert heard(client) == [PING]
        await asyncio.sleep(0.03)
        hub.beat()
        hub.publish([change(1)])
        assert heard(client) == [BYE, None]

    run(story)


def test_a_client_that_takes_nothing_in_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "PATIENCE", 0.05)

    async def scenario() -> None:
        async def never(*_told: object) -> dict[str, object]:
            await asyncio.Event().wait()
            raise AssertionError

        client = Hub(1).join(EVERYTHING)
        await asyncio.wait_for(stream.Application()._stream(client, never, never), 5)

    run_apart(scenario())
