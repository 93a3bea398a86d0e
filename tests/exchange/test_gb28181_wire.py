"""SIP, its digest and the bodies of GB/T 28181, without sockets."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gezhi.exchange.gb28181 import wire
from gezhi.exchange.gb28181.digest import Nonces, answered, challenge, proves
from gezhi.exchange.gb28181.manscdp import AboutAPerson, Alarm, BadBody, Keepalive, read_body, response
from gezhi.exchange.gb28181.wire import BadMessage, Stream, parsed
from tests.exchange.gb28181 import ALARM, DEVICE, alarm_body, sip

ZONE = ZoneInfo("Asia/Shanghai")


def test_a_request_is_read_with_its_sender_branch_and_body() -> None:
    message = parsed(sip("MESSAGE", body=b"<a/>", branch="z9hG4bKx"))
    assert (message.method, message.sender, message.branch, message.body) == (
        "MESSAGE",
        DEVICE,
        "z9hG4bKx",
        b"<a/>",
    )
    assert message.sequence == (1, "MESSAGE")


def test_short_names_of_headers_and_folded_lines_are_read() -> None:
    data = sip("OPTIONS").replace(b"Via:", b"v:").replace(b"Call-ID:", b"i:").replace(b"From: ", b"f:\r\n ")
    assert parsed(data).sender == DEVICE


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GET / HTTP/1.1\r\n\r\n",
        b"MESSAGE sip:a@b SIP/2.0\r\n\r\n",
        sip("MESSAGE").replace(b"Content-Length: 0", b"Content-Length: 5"),
        sip("MESSAGE").replace(b"Content-Length: 0", b"Content-Length: -1"),
        sip("MESSAGE").replace(b"CSeq: 1 MESSAGE", b"CSeq: 1 REGISTER"),
        sip("MESSAGE").replace(b"Max-Forwards: 70", b"Max-Forwards 70"),
        sip("MESSAGE").replace(b"Max-Forwards: 70", b"X: a\x00b"),
        sip("MESSAGE", more=["A: b"] * 100),
        sip("MESSAGE", body=b"x" * 70_000),
        sip("MESSAGE", more=[f"A: {'b' * 20_000}"]),
    ],
)
def test_what_is_no_whole_message_is_refused(data: bytes) -> None:
    with pytest.raises(BadMessage):
        parsed(data)


def test_an_answer_repeats_what_it_must_and_says_where_the_request_came_from() -> None:
    reply = wire.answer(parsed(sip("MESSAGE")), 200, "OK", tag="t1", peer=("10.0.0.9", 5091)).decode()
    assert ";rport=5091" in reply and ";received=10.0.0.9" in reply
    assert f"To: <sip:{DEVICE}@3302030000>;tag=t1" not in reply and ";tag=t1\r\n" in reply
    assert reply.endswith("Content-Length: 0\r\n\r\n")


def test_a_stream_gives_whole_messages_whatever_the_pieces() -> None:
    one, two = sip("MESSAGE", body=b"<a/>"), sip("OPTIONS")
    whole = b"\r\n\r\n" + one + b"\r\n" + two
    stream = Stream()
    found = [message for at in range(0, len(whole), 7) for message in stream.feed(whole[at : at + 7])]
    assert found == [one, two]


def test_a_stream_without_a_length_or_without_an_end_is_given_up() -> None:
    with pytest.raises(BadMessage):
        Stream().feed(sip("MESSAGE").replace(b"Content-Length: 0\r\n", b""))
    with pytest.raises(BadMessage):
        Stream().feed(b"A" * 20_000)


def test_the_digest_is_that_of_rfc_2617() -> None:
    header = (
        'Digest username="Mufasa", realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",'
        ' uri="/dir/index.html", qop=auth, nc=00000001, cnonce="0a4f113b",'
        ' response="6629fae49393a05397450978507c4ef1", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    parts = answered(header)
    right = {"username": "Mufasa", "realm": "testrealm@host.com", "method": "GET"}
    assert proves(parts, secret="Circle Of Life", **right)
    assert not proves(parts, secret="circle of life", **right)
    assert not proves(parts | {"algorithm": "SHA-256"}, secret="Circle Of Life", **right)
    assert not proves(parts | {"qop": "auth-int"}, secret="Circle Of Life", **right)
    assert answered("Basic YTpi") == {}


def test_a_nonce_counts_for_its_address_and_its_time() -> None:
    nonces = Nonces(b"k" * 32)
    nonce = nonces.fresh("10.0.0.1", 1000.0)
    assert nonces.age(nonce, "10.0.0.1", 1010.0) == 10.0
    assert nonces.age(nonce, "10.0.0.2", 1010.0) is None
    assert nonces.age("x" + nonce, "10.0.0.1", 1010.0) is None
    assert "stale=true" in challenge("3302030000", nonce, stale=True)


@pytest.mark.parametrize("encoding", ["GB2312", "GBK", "GB18030", "UTF-8", ""])
def test_an_alarm_is_read_in_the_encodings_that_devices_use(encoding: str) -> None:
    alarm = read_body(alarm_body(encoding=encoding), ZONE)
    assert isinstance(alarm, Alarm)
    assert (alarm.device, alarm.number, alarm.method, alarm.kind) == (ALARM, "17", 5, None)
    assert alarm.words == "摄像机发现冒烟" and (alarm.lon, alarm.lat) == (121.5, 29.8)
    assert alarm.at == datetime(2026, 7, 1, 0, 30, tzinfo=UTC)


def test_gb18030_under_the_name_of_gb2312_is_read_too() -> None:
    told = read_body(alarm_body(words="㙟路㭎口冒烟", encoding="GB2312"), ZONE)
    assert isinstance(told, Alarm) and told.words == "㙟路㭎口冒烟"


def test_a_keepalive_is_read_and_other_notices_are_not_for_us() -> None:
    body = f"<Notify><CmdType>Keepalive</CmdType><SN>3</SN><DeviceID>{DEVICE}</DeviceID><Status>OK</Status></Notify>"
    assert read_body(body.encode(), ZONE) == Keepalive(DEVICE, "3", "OK")
    assert read_body(body.replace("Keepalive", "MobilePosition").encode(), ZONE) is None
    assert read_body(b"<Response/>", ZONE) is None


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<Notify",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><Notify>&b;</Notify>",
        b"<Notify><CmdType>Alarm</CmdType><SN>1</SN><DeviceID>1</DeviceID></Notify>",
        alarm_body(at="1970-13-01T00:00:00"),
        alarm_body(words="x" * 20_000),
        b"<?xml version='1.0' encoding='gb2312'?><Notify>\xff\xff</Notify>",
        b"<Notify>" + b"<a/>" * 600 + b"</Notify>",
    ],
)
def test_a_body_that_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(BadBody):
        read_body(body, ZONE)


@pytest.mark.parametrize(
    "more",
    [
        "<Info><FaceInfo><FaceID>1</FaceID></FaceInfo></Info>",
        "<ExtendInfo><PlateNo>浙B12345</PlateNo></ExtendInfo>",
        "<Info><a personName='x'/></Info>",
        "<AlarmTypeParam>11010519491231002X</AlarmTypeParam>",
    ],
)
def test_an_alarm_that_says_something_of_a_person_is_refused(more: str) -> None:
    with pytest.raises(AboutAPerson):
        read_body(alarm_body(more=more), ZONE)


def test_a_point_of_zeros_or_off_the_earth_is_no_place() -> None:
    told = read_body(alarm_body(lon="0.0", lat="0"), ZONE)
    assert isinstance(told, Alarm) and told.lon is None
    told = read_body(alarm_body(lon="nan", lat="91"), ZONE)
    assert isinstance(told, Alarm) and (told.lon, told.lat) == (None, None)


def test_a_response_says_the_number_of_the_alarm() -> None:
    text = response("Alarm", "17", ALARM, good=False).decode("gb2312")
    assert "<Response>" in text and "<SN>17</SN>" in text and "<Result>ERROR</Result>" in text
