"""A node that listens: alarms by UDP and TCP become cases, once; what is refused is counted."""

import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.utils import timezone

from gezhi.cases.models import Case, Report
from gezhi.sensing.models import EventTally
from tests.cast import WANAN, Cast
from tests.exchange.gb28181 import DEVICE, SECRET, alarm_body, authorization, sip
from tests.exchange.sip_node import Node, node

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def running(city: Cast) -> Iterator[Node]:
    with node() as one:
        yield one


def now_text(back: timedelta = timedelta(0)) -> str:
    return (timezone.now() - back).astimezone(ZoneInfo(settings.TIME_ZONE)).strftime("%Y-%m-%dT%H:%M:%S")


class Device:
    """By UDP; answers nothing that it is asked."""

    def __init__(self, port: int, secret: str = SECRET) -> None:
        self.to, self.secret, self.count = ("127.0.0.1", port), secret, 0
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(10)

    def ask(self, method: str, *, body: bytes = b"", more: tuple[str, ...] = ()) -> bytes:
        self.count += 1
        self.socket.sendto(
            sip(method, body=body, branch=f"z9hG4bK{self.count}", number=self.count, more=more), self.to
        )
        return self.answer()

    def answer(self) -> bytes:
        """The next answer; requests of the platform are passed over."""
        while True:
            data = self.socket.recv(65535)
            if data.startswith(b"SIP/2.0"):
                return data

    def register(self) -> bytes:
        asked = self.ask("REGISTER", more=("Expires: 3600",))
        return self.ask("REGISTER", more=("Expires: 3600", authorization(asked.decode(), secret=self.secret)))


def fates(source: str = DEVICE) -> dict[str, int]:
    return dict(EventTally.objects.filter(source=source).values_list("fate", "count"))


def test_an_alarm_in_gb2312_becomes_a_case_and_again_none(running: Node) -> None:
    device, body = Device(running.port), alarm_body(words="垃圾桶满溢", at=now_text(), lon="", lat="")
    assert b" 200 " in device.register()
    assert b" 200 " in device.ask("MESSAGE", body=body)
    assert b" 200 " in device.ask("MESSAGE", body=body)
    case = Case.objects.get(source="sensor")
    assert (case.category, case.place_code) == ("matter-06042", f"{WANAN}001")
    assert Report.objects.get(case=case).source == f"sensor:{DEVICE}"
    assert "满溢" in case.title and "垃圾桶" not in case.title
    assert fates() in ({"opened": 1, "joined": 1}, {"opened": 1, "again": 1})


def test_what_watches_people_becomes_nothing(running: Node) -> None:
    device = Device(running.port)
    device.register()
    device.ask("MESSAGE", body=alarm_body(words="区域入侵", at=now_text()))
    assert fates() == {"heard": 1} and not Case.objects.filter(source="sensor").exists()


def test_a_face_and_a_wrong_clock_are_refused_and_counted(running: Node) -> None:
    device = Device(running.port)
    device.register()
    face = alarm_body(words="满溢", at=now_text(), more="<FaceImage>/9j/4AAQ</FaceImage>")
    assert b" 488 " in device.ask("MESSAGE", body=face)
    assert b" 200 " in device.ask("MESSAGE", body=alarm_body(words="满溢", at="1970-01-01T00:00:00"))
    assert b" 200 " in device.ask("MESSAGE", body=alarm_body(words="满溢", at="2099-01-01T00:00:00"))
    running.settle()
    assert fates() == {"person": 1, "invalid": 2} and not Case.objects.filter(source="sensor").exists()


def test_who_is_not_registered_is_told_no_and_rubbish_nothing(running: Node) -> None:
    device = Device(running.port, secret="wrong secret")
    assert b" 403 " in device.register()
    assert b" 403 " in device.ask("MESSAGE", body=alarm_body(at=now_text()))
    device.socket.sendto(b"\x00\xff" * 500, device.to)
    assert b" 405 " in device.ask("INVITE")
    running.settle()
    assert fates() == {"mistrusted": 1} and fates("") == {"mistrusted": 1, "invalid": 1}


def test_by_tcp_messages_come_in_pieces_and_answers_in_order(running: Node) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as stream:
        stream.sendall(b"\r\n\r\n")
        assert stream.recv(10) == b"\r\n"
        stream.sendall(sip("REGISTER", transport="TCP", branch="z9hG4bKt1"))
        asked = stream.recv(65535)
        proof = authorization(asked.decode())
        alarm = alarm_body(words="满溢", at=now_text())
        both = sip("REGISTER", transport="TCP", branch="z9hG4bKt2", number=2, more=["Expires: 60", proof])
        both += sip("MESSAGE", transport="TCP", branch="z9hG4bKt3", number=3, body=alarm)
        for at in range(0, len(both), 100):
            stream.sendall(both[at : at + 100])
        told = b""
        while b"<Response>" not in told:
            told += stream.recv(65535)
    firsts = re.findall(rb"(SIP/2\.0 \d+|SUBSCRIBE|MESSAGE) ?(?:sip:|OK)", told)
    assert firsts == [b"SIP/2.0 200", b"SUBSCRIBE", b"SIP/2.0 200", b"MESSAGE"]
    assert Case.objects.filter(source="sensor").count() == 1


def test_a_connection_that_sends_what_is_no_sip_is_closed(running: Node) -> None:
    with socket.create_connection(("127.0.0.1", running.port), timeout=10) as stream:
        stream.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert stream.recv(100) == b""
