"""What the agent answers, without sockets and tables."""

import itertools
import re
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

import pytest

from gezhi.exchange.gb28181.agent import Agent, Own, Peer, Why
from gezhi.exchange.gb28181.manscdp import Alarm
from tests.exchange.gb28181 import DEVICE, PLATFORM, SECRET, alarm_body, authorization, sip

HOME = Peer("UDP", "192.168.1.64", 5060)
COUNT = itertools.count()
ELSEWHERE = Peer("UDP", "10.9.9.9", 5060)


@dataclass
class Book:
    """A door that remembers."""

    good: bool = True
    alarms: list[tuple[str, Alarm]] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    refusals: list[tuple[str, Why]] = field(default_factory=list)

    def secret(self, device: str) -> str | None:
        return SECRET if device == DEVICE else None

    def alive(self, device: str) -> None:
        self.heard.append(device)

    def alarm(self, device: str, alarm: Alarm) -> bool:
        self.alarms.append((device, alarm))
        return self.good

    def refused(self, device: str, why: Why) -> None:
        self.refusals.append((device, why))


@dataclass
class Clock:
    now: float = 1_782_900_000.0

    def __call__(self) -> float:
        return self.now


def an_agent() -> tuple[Agent, Book, Clock]:
    book, clock = Book(), Clock()
    own = Own(PLATFORM, "192.168.1.1", 5060, ZoneInfo("Asia/Shanghai"))
    return Agent(own, book, clock), book, clock


def status_of(reply: bytes) -> int:
    found = re.match(rb"SIP/2\.0 (\d+)", reply)
    return int(found[1]) if found else 0


def enter(
    agent: Agent, peer: Peer = HOME, *, secret: str = SECRET, device: str = DEVICE, expires: str = "3600"
) -> list[bytes]:
    """Both halves of a registration."""
    more = [f"Contact: <sip:{device}@{peer.host}:{peer.port}>", f"Expires: {expires}"]
    count = next(COUNT)
    [asked] = agent.receive(sip("REGISTER", device=device, branch=f"z9hG4bKa{count}", more=more), peer)
    proof = authorization(asked.decode(), device=device, secret=secret)
    again = sip("REGISTER", device=device, branch=f"z9hG4bKb{count}", number=2, more=[*more, proof])
    return agent.receive(again, peer)


def test_a_device_registers_with_its_secret_and_is_asked_for_its_alarms() -> None:
    agent, book, _ = an_agent()
    done, asked = enter(agent)
    assert status_of(done) == 200 and b"Expires: 3600" in done
    assert re.search(rb"Date: 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.000\r\n", done)
    assert asked.startswith(b"SUBSCRIBE sip:") and b"<CmdType>Alarm</CmdType>" in asked
    assert book.heard == [DEVICE] and agent.registered(DEVICE, HOME)


def test_registering_again_in_time_asks_for_nothing_more() -> None:
    agent, _, _ = an_agent()
    enter(agent)
    assert [status_of(reply) for reply in enter(agent)] == [200]


def test_a_wrong_secret_and_an_unknown_device_are_told_the_same() -> None:
    agent, book, _ = an_agent()
    assert [status_of(one) for one in enter(agent, secret="wrong")] == [403]
    assert [status_of(one) for one in enter(agent, device="33020300001180000002")] == [403]
    assert book.refusals == [(DEVICE, "mistrusted"), ("", "mistrusted")]


def test_after_ten_wrong_secrets_even_the_right_one_waits() -> None:
    agent, book, _ = an_agent()
    for _ in range(10):
        enter(agent, secret="wrong")
    more = ["Expires: 60"]
    [reply] = agent.receive(sip("REGISTER", branch="z9hG4bKlast", more=more), HOME)
    assert status_of(reply) == 403 and book.refusals[-1] == (DEVICE, "too-many")


def test_an_old_nonce_and_one_of_another_address_are_asked_anew() -> None:
    agent, _, clock = an_agent()
    [asked] = agent.receive(sip("REGISTER", branch="z9hG4bK1"), HOME)
    proof = [authorization(asked.decode())]
    [elsewhere] = agent.receive(sip("REGISTER", branch="z9hG4bK2", more=proof), ELSEWHERE)
    clock.now += 301
    [late] = agent.receive(sip("REGISTER", branch="z9hG4bK3", more=proof), HOME)
    assert status_of(elsewhere) == status_of(late) == 401 and b"stale=true" in late


def test_an_alarm_is_kept_before_it_is_answered_without_a_body_and_then_responded_to() -> None:
    agent, book, _ = an_agent()
    enter(agent)
    done, told = agent.receive(sip("MESSAGE", body=alarm_body(), branch="z9hG4bKm"), HOME)
    assert status_of(done) == 200 and done.endswith(b"Content-Length: 0\r\n\r\n")
    assert told.startswith(b"MESSAGE sip:") and b"<Response>" in told and b"<Result>OK</Result>" in told
    assert [(device, alarm.words) for device, alarm in book.alarms] == [(DEVICE, "摄像机发现冒烟")]


def test_an_alarm_that_could_not_be_taken_is_responded_to_with_an_error() -> None:
    agent, book, _ = an_agent()
    enter(agent)
    book.good = False
    assert b"<Result>ERROR</Result>" in agent.receive(sip("MESSAGE", body=alarm_body()), HOME)[1]


def test_the_same_request_sent_again_is_answered_alike_and_counts_once() -> None:
    agent, book, _ = an_agent()
    enter(agent)
    message = sip("MESSAGE", body=alarm_body(), branch="z9hG4bKm")
    first = agent.receive(message, HOME)
    assert agent.receive(message, HOME) == first[:1]
    assert len(book.alarms) == 1


def test_an_alarm_of_the_subscription_is_answered_and_not_responded_to() -> None:
    agent, book, _ = an_agent()
    enter(agent)
    assert [status_of(one) for one in agent.receive(sip("NOTIFY", body=alarm_body()), HOME)] == [200]
    assert len(book.alarms) == 1


def test_a_keepalive_is_a_sign_of_life() -> None:
    agent, book, _ = an_agent()
    enter(agent)
    body = f"<Notify><CmdType>Keepalive</CmdType><SN>1</SN><DeviceID>{DEVICE}</DeviceID><Status>OK</Status></Notify>"
    assert [status_of(one) for one in agent.receive(sip("MESSAGE", body=body.encode()), HOME)] == [200]
    assert book.heard == [DEVICE, DEVICE]


@pytest.mark.parametrize("peer", [HOME, ELSEWHERE])
def test_who_is_not_registered_there_is_not_heard(peer: Peer) -> None:
    agent, book, _ = an_agent()
    if peer == ELSEWHERE:
        enter(agent)
    assert [status_of(one) for one in agent.receive(sip("MESSAGE", body=alarm_body()), peer)] == [403]
    assert not book.alarms and book.refusals == [("", "mistrusted")]


def test_a_registration_ends_by_itself_and_by_zero_seconds() -> None:
    agent, _, clock = an_agent()
    enter(agent, expires="60")
    clock.now += 61
    assert not agent.registered(DEVICE, HOME)
    enter(agent)
    enter(agent, expires="0")
    assert not agent.registered(DEVICE, HOME)


def test_an_alarm_with_a_face_is_refused_and_counted_by_its_device() -> None:
    agent, book, _ = an_agent()
    enter(agent)
    body = alarm_body(more="<Info><FaceImage>/9j/4AAQ</FaceImage></Info>")
    assert [status_of(one) for one in agent.receive(sip("MESSAGE", body=body), HOME)] == [488]
    assert book.refusals == [(DEVICE, "person")] and not book.alarms


def test_there_is_no_media_here() -> None:
    agent, _, _ = an_agent()
    for method in ("INVITE", "BYE", "INFO", "SUBSCRIBE"):
        [reply] = agent.receive(sip(method, branch=f"z9hG4bK{method}"), HOME)
        assert status_of(reply) == 405 and b"Allow: REGISTER, MESSAGE, NOTIFY, OPTIONS" in reply
    assert agent.receive(sip("ACK", branch="z9hG4bKack"), HOME) == []


def test_a_flood_of_one_address_is_not_answered_and_others_are() -> None:
    agent, book, _ = an_agent()
    for number in range(300):
        agent.receive(sip("OPTIONS", branch=f"z9hG4bK{number}"), ELSEWHERE)
    assert 90 <= 300 - sum(why == "too-many" for _, why in book.refusals) <= 150
    assert [status_of(one) for one in agent.receive(sip("OPTIONS", branch="z9hG4bKx"), HOME)] == [200]


def test_rubbish_is_counted_and_not_answered() -> None:
    agent, book, _ = an_agent()
    assert agent.receive(b"\xff" * 100, HOME) == []
    assert book.refusals == [("", "invalid")]


def test_what_we_ask_is_sent_again_until_it_is_answered() -> None:
    agent, _, clock = an_agent()
    _, asked = enter(agent)
    clock.now += 0.6
    assert agent.due() == [(HOME, asked)]
    branch = re.search(rb"branch=(\w+)", asked)
    assert branch
    agent.receive(
        sip("SUBSCRIBE", branch=branch[1].decode()).replace(
            b"SUBSCRIBE sip:", b"SIP/2.0 200 OK\r\nX: sip:", 1
        ),
        HOME,
    )
    clock.now += 1
    assert agent.due() == []


def test_after_three_more_times_nothing_is_sent_any_more() -> None:
    agent, _, clock = an_agent()
    enter(agent)
    times = 0
    for _ in range(20):
        clock.now += 0.5
        times += len(agent.due())
    assert times == 3 and not agent._sent
