"""What devices and brokers send: frames of HJ 212, packets of MQTT, payloads in every form."""

# ruff: noqa: E501 - a table with a parser in each row
import json
from typing import Any

from hypothesis import strategies as st

from gezhi.exchange.hj212 import ciphering, segment
from gezhi.exchange.hj212.devices import Device
from gezhi.exchange.hj212.reading import Frames
from gezhi.exchange.hj212.splitting import contents
from gezhi.exchange.mqtt import packets, topics
from gezhi.exchange.mqtt.mapping import Mapping
from gezhi.exchange.mqtt.packets import V3, V5, Broken, Message
from gezhi.exchange.mqtt.payloads import Payloads
from gezhi.exchange.mqtt.refusing import Refused as MessageRefused
from gezhi.exchange.mqtt.rows import Rows
from tests.exchange.hj212_cast import AIR, NOW, WATER, air_content, devices, line, water_content
from tests.exchange.hj212_cast import segment as segment_of
from tests.fuzz.parser import Parser
from tests.fuzz.shapes import bent, bent_json

KEY = b"0" * 16
KNOWN = devices() | {b"A1": Device("A1", {}, key=KEY, modbus=True)}
PLAIN = [
    segment_of(air_content()),
    segment_of(water_content(), mn=WATER, st="32", cn="2061"),
    segment_of("DataTime=20261123080000;a34004-Rt", flag="11", more="PNUM=2;PNO=1;"),
    segment_of(air_content(), flag="9", more="RF=1;"),
    segment_of("", cn="9015", flag="9"),
    segment_of(ciphering.ciphered(air_content().encode(), KEY).decode(), mn="A1", flag="9"),
]
WORDS = [
    b";", b",", b"=", b"&&", b"##", b"CP=&&{", b"}", b"0xE4,", b"PNUM=2;PNO=1;", b"Flag=7;", b"RF=1;", b"-Rtd=", b"-Flag=N",
    b"DataTime=20260230080000", b"QN=20991231235959999;", b"MN=" + AIR.encode(), b"1e9", b"nan", b"\x80",
]  # fmt: skip
FORMS = {
    "json": Mapping(
        filter="#",
        rows="a.b",
        key="{1}/{dev}",
        values={"v": "v", "w": "m.w"},
        time="t",
        clock="ms",
        marks={"at": "q", "D": "FAULTY"},
    ),
    "senml": Mapping(filter="#", form="senml"),
    "sensorthings": Mapping(filter="#", form="sensorthings"),
}
SAID = (
    {"a": {"b": [{"dev": "w7", "t": 1790000000000, "v": 1.5, "q": "D", "m": {"w": "2"}}]}},
    [
        {"bn": "urn:dev:", "bt": 1.79e9, "bver": 10, "n": "v", "u": "m", "v": 1.5},
        {"n": "w", "t": -5, "vb": True},
    ],
    {"result": 3.5, "phenomenonTime": "2026-11-23T00:01:00Z", "Datastream": {"@iot.id": 12}},
)


def lines_read(data: bytes) -> object:
    return Frames().read(data.split(b"\r\n"), KNOWN, NOW)


def sealed_read(data: bytes) -> object:
    """As if its sender had computed length and checksum: everything behind them is reached."""
    frames = Frames()
    return frames.read([line(data), line(data.replace(b"PNO=1", b"PNO=2"))], KNOWN, NOW), frames.forget(NOW)


def joined_read(parts: list[bytes]) -> object:
    whole = segment.fields(segment_of("a", flag="11", more="PNUM=2;PNO=1;"))
    return contents([whole._replace(content=part) for part in parts])


def packets_read(data: bytes) -> object:
    found, _ = packets.cut(data, 1 << 20)
    for head, begin, end in found:
        for version in (V3, V5):
            packets.message(head, data, begin, end, version)
    return found


def answers_read(data: bytes) -> object:
    return packets.greeting(data), packets.granted(data, V3), packets.granted(data, V5)


def payload_read(said: tuple[str, str, bytes]) -> object:
    form, topic, payload = said
    rows = Rows()
    series = {"w7/w7/v": 1, "urn:dev:v": 2, "12": 3}
    Payloads(FORMS[form], series).read(rows, Message(topic.encode("utf-8", "replace"), payload, 1), NOW)
    return rows.columns()


def mapping_read(said: Any) -> object:
    return Mapping.model_validate(said)


def routed(said: tuple[str, bytes]) -> object:
    pattern, topic = said
    return topics.is_filter(pattern), topics.Router([pattern]).place(topic)


def parsers() -> list[Parser]:
    payloads = bent_json(*SAID).map(lambda said: json.dumps(said).encode("utf-8", "replace")) | bent(
        [json.dumps(one).encode() for one in SAID]
    )
    texts = st.text(st.sampled_from("a/+#$日\0"), max_size=12)
    return [
        Parser("lines of HJ 212", ("exchange.hj212.segment", "exchange.hj212.checksum", "exchange.hj212.serving"), lines_read,
               bent([line(one) for one in PLAIN], [*WORDS, b"\r\n"]), (), lambda: [b"##" * 100_000, b"##1024" + b"a" * 200_000], raw=bytes),
        Parser("segments of HJ 212", ("exchange.hj212.content", "exchange.hj212.clock", "exchange.hj212.ciphering"), sealed_read,
               bent(PLAIN, WORDS), (), lambda: [PLAIN[0][:90] + b"a=1;" * 200, b"MN=A1;CP=&&{" + b"0xE4," * 900], raw=bytes),
        Parser("packages of HJ 212", ("exchange.hj212.splitting",), joined_read,
               st.lists(bent([air_content().encode()], WORDS), min_size=1, max_size=4), (), lambda: [[b"a=1;" * 240] * 64]),
        Parser("packets of MQTT", ("exchange.mqtt.packets",), packets_read,
               bent([packets.publish("city/w7/level", b"{}", 7, version) for version in (V3, V5)], [b"\xff\xff\xff\x7f", b"\x30\x00"]),
               (Broken,), lambda: [b"\x30\x02\x00\x00" * 50_000], raw=bytes),
        Parser("answers of a broker", ("exchange.mqtt.packets",), answers_read, st.binary(max_size=12), (Broken,), raw=bytes),
        Parser("payloads of MQTT", ("exchange.mqtt.payloads", "exchange.mqtt.rows", "exchange.mqtt.senml"), payload_read,
               st.tuples(st.sampled_from(sorted(FORMS)), texts | st.just("v1.1/Datastreams(12)/Observations"), payloads), (MessageRefused,),
               lambda: [(form, "a/w7", text) for form in FORMS for text in (b"[" * 200_000, b'[{"n":"a"},' * 20_000, b'"' + b"a" * 1_999 * 100, b'{"a":' * 40_000)]),
        Parser("mappings of MQTT", ("exchange.mqtt.mapping",), mapping_read,
               bent_json({"filter": "a/#", "key": "{1}", "values": {"v": "a.b"}, "time": "t", "clock": "ms", "marks": {"at": "q", "D": "FAULTY"}}),
               (ValueError,)),
        Parser("topics of MQTT", ("exchange.mqtt.topics",), routed, st.tuples(texts, texts.map(str.encode) | st.binary(max_size=12)), (),
               lambda: [("+/" * 30_000 + "#", b"a/" * 30_000)]),
    ]  # fmt: skip
