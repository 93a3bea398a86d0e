"""The HJ 212 server on real sockets: acknowledged only when kept, and nobody can harm his neighbours."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest

from gezhi.exchange.hj212.limits import APART, LATELY, Debt, Limits, Suspects
from gezhi.exchange.hj212.refusing import Why
from gezhi.exchange.hj212.segment import wire
from gezhi.exchange.hj212.serving import TURN, Server
from tests.exchange.hj212_cast import AIR, VALUES, Door, air_content, devices, segment
from tests.loops import played

HOST: Final = "127.0.0.1"
MANY: Final = 2_000


def frame(number: int = 0, **more: str) -> bytes:
    """A frame of this moment; another number, another time."""
    now = datetime.now(UTC) - timedelta(minutes=number)
    return wire(segment(air_content(now=now), now=now, **more))


class Line:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self, patience: float = 10.0) -> bytes:
        """The next line; b"" when hung up."""
        async with asyncio.timeout(patience):
            return await self.reader.readline()

    async def is_silent(self, seconds: float = 0.3) -> bool:
        try:
            return not await self.answer(seconds)
        except TimeoutError:
            return True

    async def is_cut(self, patience: float = 10.0) -> bool:
        try:
            async with asyncio.timeout(patience):
                while await self.reader.read(65_536):
                    pass
        except ConnectionError:
            return True
        except TimeoutError:
            return False
        return True


@asynccontextmanager
async def serving(door: Door, limits: Limits | None = None) -> AsyncIterator[Server]:
    server = await Server(door, devices(), limits).start(HOST, 0)
    try:
        yield server
    finally:
        door.may.set()
        await server.stop()


async def connected(server: Server) -> Line:
    return Line(*await asyncio.open_connection(HOST, server.port))


def run(
    scene: Callable[[Server, Door], Awaitable[None]], door: Door | None = None, limits: Limits | None = None
) -> None:
    async def play() -> None:
        took = door or Door()
        async with serving(took, limits) as server:
            await scene(server, took)

    played(play())


async def until(holds: Callable[[], bool], patience: float = 10.0) -> bool:
    for _ in range(int(patience * 100)):
        if holds():
            return True
        await asyncio.sleep(0.01)
    return False


def test_a_frame_is_acknowledged_only_when_its_readings_are_kept() -> None:
    async def scene(server: Server, door: Door) -> None:
        door.may.clear()
        line = await connected(server)
        await line.send(frame())
        assert await line.is_silent()
        door.may.set()
        assert b"CN=9014" in await line.answer()
        assert len(door.kept) == len(VALUES)

    run(scene)


def test_what_could_not_be_kept_is_not_acknowledged_and_may_come_again() -> None:
    async def scene(server: Server, door: Door) -> None:
        line, sent = await connected(server), frame()
        door.fails = True
        await line.send(sent)
        assert await line.is_silent()
        assert server.counts.unkept == len(VALUES)
        door.fails = False
        await line.send(sent)
        assert b"CN=9014" in await line.answer()

    run(scene)


def test_a_frame_that_comes_twice_is_acknowledged_twice_and_kept_once() -> None:
    async def scene(server: Server, door: Door) -> None:
        line, sent = await connected(server), frame()
        for _ in range(2):
            await line.send(sent)
            assert b"CN=9014" in await line.answer()
        assert len(door.kept) == len(VALUES)

    run(scene)


def test_a_frame_may_come_byte_by_byte_and_several_in_one_piece() -> None:
    async def scene(server: Server, door: Door) -> None:
        line = await connected(server)
        for byte in frame():
            await line.send(bytes((byte,)))
        assert b"CN=9014" in await line.answer()
        await line.send(frame(1) + frame(2) + frame(3)[:50])
        await line.send(frame(3)[50:])
        assert [b"CN=9014" in await line.answer() for _ in range(3)] == [True] * 3

    run(scene)


def test_a_good_frame_behind_a_broken_one_or_a_modems_word_is_found() -> None:
    async def scene(server: Server, door: Door) -> None:
        line = await connected(server)
        await line.send(b"modem 13800000000" + frame(1) + frame(2)[:100] + frame(3))
        assert [b"CN=9014" in await line.answer() for _ in range(2)] == [True] * 2
        assert server.counts.by_reason()[Why.START] == 2

    run(scene)


def test_heartbeats_and_notices_are_answered_at_once() -> None:
    async def scene(server: Server, door: Door) -> None:
        door.may.clear()
        line, now = await connected(server), datetime.now(UTC)
        for cn in ("9015", "1013"):
            await line.send(wire(segment("", cn=cn, flag="9", now=now)))
            assert b"CN=9013" in await line.answer()

    run(scene)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ((b"QN=20", b"QN=19"), Why.CLOCK),
        ((b"DataTime=20", b"DataTime=21"), Why.TIME),
        ((b"75.5", b"NaN"), Why.NUMBER),
        ((b"75.5", b"Infinity"), Why.NUMBER),
        ((b"75.5", b"-75.5"), Why.RANGE),
        ((b"MN=01", b"MN=02"), Why.DEVICE),
    ],
)
def test_bad_input_is_counted_by_device_and_reason_and_not_answered(
    changed: tuple[bytes, bytes], why: Why
) -> None:
    async def scene(server: Server, door: Door) -> None:
        line, now = await connected(server), datetime.now(UTC)
        await line.send(wire(segment(air_content(now=now), now=now).replace(*changed)))
        assert await line.is_silent()
        assert dict(server.counts.refused) == {("" if why is Why.DEVICE else AIR, why): 1}
        await line.send(frame())
        assert b"CN=9014" in await line.answer()
        assert len(door.kept) == len(VALUES)

    run(scene)


def test_a_line_that_never_ends_is_thrown_away_piece_by_piece() -> None:
    async def scene(server: Server, door: Door) -> None:
        line = await connected(server)
        for _ in range(50):
            await line.send(b"#" * 10_000)
        await line.send(b"\r\n" + frame())
        assert b"CN=9014" in await line.answer()
        assert server.counts.by_reason()[Why.TOO_LONG] > 0
        assert all(len(one._rest) <= server.limits.line for one in server._connections)

    run(scene, limits=Limits(bad=1_000_000))


def test_who_sends_nothing_but_rubbish_is_cut_and_others_do_not_notice() -> None:
    async def scene(server: Server, door: Door) -> None:
        bad, good = await connected(server), await connected(server)
        bad.writer.write(b"rubbish\r\n" * 500)
        took = []
        for number in range(20):
            begun = time.monotonic()
            await good.send(frame(number))
            assert b"CN=9014" in await good.answer()
            took.append(time.monotonic() - begun)
        assert await bad.is_cut()
        assert server.counts.connections["bad"] == 1
        assert sorted(took)[10] < 0.5

    run(scene)


def test_of_rubbish_that_comes_at_once_no_more_is_read_than_may_be_bad() -> None:
    async def scene(server: Server, door: Door) -> None:
        bad = await connected(server)
        await bad.send(b"rubbish\r\n" * 20_000)
        assert await bad.is_cut()
        assert server.counts.by_reason().total() <= server.limits.bad + TURN

    run(scene)


def test_who_calls_from_where_a_line_was_cut_is_heard_later_and_an_open_line_at_once() -> None:
    async def scene(server: Server, door: Door) -> None:
        good, bad = await connected(server), await connected(server)
        await bad.send(b"rubbish\r\n" * 500)
        assert await bad.is_cut()
        begun = time.monotonic()
        await good.send(frame(1))
        assert b"CN=9014" in await good.answer()
        assert time.monotonic() - begun < APART
        later = await connected(server)
        begun = time.monotonic()
        await later.send(frame(2))
        assert b"CN=9014" in await later.answer()
        assert time.monotonic() - begun > 0.8 * APART

    run(scene)


def test_lines_from_a_suspect_address_are_heard_one_after_the_other_until_a_minute_is_over() -> None:
    suspects = Suspects()
    assert suspects.wait("10.0.0.1", 5.0) == 0.0
    suspects.cut("10.0.0.1", 10.0)
    assert [suspects.wait("10.0.0.1", 11.0) for _ in range(3)] == [APART, 2 * APART, 3 * APART]
    assert suspects.wait("10.0.0.2", 11.0) == 0.0
    assert suspects.wait("10.0.0.1", 10.0 + LATELY) == 0.0


def test_a_flood_is_read_at_its_allowance_while_others_are_answered() -> None:
    async def scene(server: Server, door: Door) -> None:
        flood, good = await connected(server), await connected(server)
        flood.writer.write(b"".join(frame(number) for number in range(1, 400)))
        begun = time.monotonic()
        await good.send(frame())
        assert b"CN=9014" in await good.answer()
        assert time.monotonic() - begun < 2.0
        for _ in range(399):
            assert b"CN=9014" in await flood.answer(30)
        assert time.monotonic() - begun > 1.0

    run(scene, limits=Limits(frames=100, burst=1.0))


def test_an_allowance_is_paid_back_by_waiting() -> None:
    debt = Debt(Limits(frames=10, bytes=1_000, burst=2.0), 0.0)
    assert debt.owe(20, 100, 0.0) == 0.0
    assert debt.owe(10, 100, 0.0) == pytest.approx(1.0)
    assert debt.owe(1, 100, 1.0) == pytest.approx(0.1)
    assert debt.owe(0, 5_000, 100.0) == pytest.approx(3.0)


def test_who_does_not_fetch_his_answers_is_not_read_any_more_and_cut_in_the_end() -> None:
    async def scene(server: Server, door: Door) -> None:
        deaf, good = await connected(server), await connected(server)
        deaf.reader._transport.pause_reading()  # type: ignore[attr-defined]
        sent = b"".join(frame(number) for number in range(200))

        async def pour() -> None:
            while True:
                await deaf.send(sent)

        pouring = asyncio.create_task(pour())
        assert await until(lambda: any(one.stuck_since for one in server._connections), 60)
        await good.send(frame())
        assert b"CN=9014" in await good.answer()
        await asyncio.sleep(0.2)
        server._sweep()
        assert server.counts.connections["stuck"] == 1
        assert await until(lambda: len(server) == 1)
        pouring.cancel()

    run(scene, limits=Limits(frames=1e6, bytes=1e9, stuck=0.1, unread=4_096))


def test_who_says_nothing_is_hung_up_on() -> None:
    async def scene(server: Server, door: Door) -> None:
        idle, known = await connected(server), await connected(server)
        await known.send(frame())
        assert b"CN=9014" in await known.answer()
        await asyncio.sleep(0.2)
        server._sweep()
        assert await idle.is_cut()
        assert server.counts.connections["silent"] == 1
        assert await until(lambda: len(server) == 1)

    run(scene, limits=Limits(greeting=0.1, silent=60.0))


def test_more_connections_than_allowed_are_turned_away() -> None:
    async def scene(server: Server, door: Door) -> None:
        first, _second, third = [await connected(server) for _ in range(3)]
        assert await third.is_cut()
        await first.send(frame())
        assert b"CN=9014" in await first.answer()

    run(scene, limits=Limits(connections=2))


def test_thousands_of_devices_are_answered() -> None:
    async def scene(server: Server, door: Door) -> None:
        sent = frame()
        lines = [await connected(server) for _ in range(MANY)]
        assert len(server) == MANY
        for line in lines:
            line.writer.write(sent)
        answers = await asyncio.gather(*(line.answer(60) for line in lines))
        assert all(b"CN=9014" in answer for answer in answers)
        assert max(door.times) <= 20_000
        for line in lines:
            line.writer.close()
        assert await until(lambda: len(server) == 0)

    run(scene)


def test_what_came_before_a_stop_is_kept_and_answered() -> None:
    async def play() -> None:
        door = Door()
        server = await Server(door, devices()).start(HOST, 0)
        line = await connected(server)
        await line.send(frame(1) + frame(2))
        assert await until(lambda: bool(server._pending) or bool(door.kept))
        await server.stop()
        assert b"CN=9014" in await line.answer()
        assert b"CN=9014" in await line.answer()
        assert await line.answer() == b""
        assert len(door.kept) == 2 * len(VALUES)

    played(play())


def test_frames_that_cross_midnight_or_the_month_keep_their_times() -> None:
    async def scene(server: Server, door: Door) -> None:
        line, now = await connected(server), datetime.now(UTC)
        for days in (0, 1, 31, 365):
            moment = now - timedelta(days=days)
            await line.send(wire(segment(air_content(now=moment), now=moment)))
            assert b"CN=9014" in await line.answer()
        assert len({at for _, at in door.kept}) == 4

    run(scene)
