"""What devices and authorities send: SIP and its bodies, hazards, alerts."""

# ruff: noqa: E501 - a table with a parser in each row
import json
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from gezhi.cases.intake.shapes import Unreadable
from gezhi.exchange.cap.reading import division_code, read_cap
from gezhi.exchange.cap.writing import cap_xml
from gezhi.exchange.gb28181 import wire
from gezhi.exchange.gb28181.digest import Nonces, answered, proves
from gezhi.exchange.gb28181.manscdp import AboutAPerson, BadBody, read_body
from gezhi.exchange.gb28181.wire import BadMessage, Stream
from gezhi.exchange.hazards.persons import TooDeep, identifies, is_about_a_person, persons_in
from gezhi.exchange.hazards.reading import PersonalData, read_event, source_in
from tests.exchange.gb28181 import alarm_body, sip
from tests.fuzz.parser import Parser, text_of
from tests.fuzz.shapes import bent, bent_json, bent_text, long_ones

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 1, 8, 30, tzinfo=UTC)
EVENT = {
    "id": "e1",
    "source": "cam-17",
    "kind": "fire",
    "at": "2026-07-01T08:30:00+00:00",
    "confidence": 0.9,
    "lon": 121.5,
    "picture_base64": "/9j/",
}
HEADERS = (
    b"Via: ",
    b"From: ",
    b"\r\n",
    b"\r\n\r\n",
    b"Content-Length: ",
    b";tag=",
    b"<sip:",
    b"@",
    b"CSeq: 1 MESSAGE",
    b"l: 9999999",
)
XML = (
    b"<Info>",
    b"</Info>",
    b"<!DOCTYPE a [",
    b"<![CDATA[",
    b"&#0;",
    b"encoding='gb2312'",
    b"<AlarmTime>",
    b"\xa1\xfe",
    b"\x81\x30\x81\x30",
)
CAP_XML = (
    b"<area>",
    b"</area>",
    b"<polygon>1,1 2,2",
    b"<circle>",
    b"<references>",
    b"<severity>",
    b"&amp;",
    b"<!ENTITY a 'b'>",
    b"<info>",
)
ALERT = b"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>1</identifier><sender>a</sender><sent>2026-07-01T08:30:00+08:00</sent>
<status>Actual</status><msgType>Alert</msgType><scope>Public</scope><info><language>zh-CN</language><category>Met</category><event>a</event><urgency>Immediate</urgency>
<severity>Severe</severity><certainty>Likely</certainty><area><areaDesc>a</areaDesc><polygon>29.8,121.5 29.8,121.6 29.9,121.6 29.8,121.5</polygon><circle>29.8,121.5 1</circle>
<geocode><valueName>a</valueName><value>330203</value></geocode></area></info></alert>"""


def spoken(data: bytes) -> object:
    """As a datagram, and in pieces as a stream."""
    message = wire.parsed(data)
    assert message.sequence[1]
    _ = message.sender, message.branch, message.expires
    assert (
        wire.answer(message, 200, "OK", tag="t", peer=("10.0.0.1", 5060)).startswith(b"SIP/2.0 200 OK\r\n")
        if message.all("via")
        else True
    )
    stream = Stream()
    return [one for at in range(0, len(data), 997) for one in stream.feed(data[at : at + 997])]


def proof(text: str) -> object:
    parts = answered(text)
    age = Nonces(b"k").age(parts.get("nonce", text), "10.0.0.1", 0.0)
    return age, proves(parts, username="a", realm="b", secret="c", method="REGISTER")


def alert(data: bytes) -> object:
    """What was read can be told again, and is then read as it was."""
    found = read_cap(data)
    try:
        again = cap_xml(found)
    except ValueError:
        return None
    return read_cap(again)


def seen(raw: dict[str, Any]) -> object:
    return source_in(raw), read_event(raw, NOW)


def named(text: str) -> object:
    return is_about_a_person(text), identifies(text), division_code(text)


@cache
def parsers() -> tuple[Parser, ...]:
    words = ("face", "人脸", "浙B", "1", "Person", "_", "11010519491231002X")
    return (
        Parser("SIP messages", ("exchange.gb28181.wire",), spoken, bent([sip("MESSAGE", body=alarm_body()), sip("REGISTER"), b"SIP/2.0 200 OK\r\n\r\n"], HEADERS), (BadMessage,),
               lambda: [text.encode() for text in long_ones(70_000, ("A: b\r\n", "\r\n", "Via: ", "MESSAGE "))], raw=bytes),
        Parser("SIP digests", ("exchange.gb28181.digest",), proof, bent_text('Digest username="a", realm="b", nonce="1.2", uri="c", response="d"', pieces=('"', "=", ",", "Digest ", "nonce=")), (),
               lambda: long_ones(60_000, ('a="', "a=b,", "Digest ")), raw=text_of),
        Parser("GB/T 28181 bodies", ("exchange.gb28181.manscdp",), lambda data: read_body(data, ZONE), bent([alarm_body(), alarm_body(encoding="UTF-8")], XML), (BadBody, AboutAPerson),
               lambda: [text.encode() for text in long_ones(16_000, ("<a>", "<Notify>", "&lt;", "<!--"))], raw=bytes),
        Parser("CAP alerts", ("exchange.cap.reading", "exchange.cap.writing"), alert, bent([ALERT], CAP_XML), (Unreadable,),
               lambda: [text.encode() for text in long_ones(500_000, ("<info>", "1,1 ", "<alert>", "&amp;"))], raw=bytes),
        Parser("hazards that cameras see", ("exchange.hazards.reading", "exchange.hazards.persons"), seen, bent_json(EVENT).filter(lambda one: isinstance(one, dict)), (Unreadable, PersonalData)),
        Parser("names of persons' attributes", ("exchange.hazards.persons",), named, bent_text("faceRect", "摄像机", "浙B12345", pieces=words), (), lambda: long_ones(200_000, words), raw=text_of),
        Parser("what is nested in an event", ("exchange.hazards.persons",), lambda text: persons_in(json.loads(text)), bent_json(EVENT).map(json.dumps), (TooDeep,)),
    )  # fmt: skip
