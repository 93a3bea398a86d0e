"""MQTT without a broker: packets, filters, mappings and every form of payload."""

import json
import math
import struct
from datetime import UTC, datetime
from typing import Any

import pytest
from paho.mqtt.client import topic_matches_sub
from pydantic import ValidationError

from gezhi.exchange.mqtt import packets
from gezhi.exchange.mqtt.mapping import Mapping
from gezhi.exchange.mqtt.packets import V3, V5, Broken, Message
from gezhi.exchange.mqtt.payloads import LONGEST, MOST, Payloads
from gezhi.exchange.mqtt.refusing import SAID, Refused, Why
from gezhi.exchange.mqtt.rows import Rows, instant_in, number_in
from gezhi.exchange.mqtt.senml import records
from gezhi.exchange.mqtt.topics import Router, bare, is_filter, matches
from gezhi.sensing.columns import Mark
from tests.exchange.hj212_cast import NOW, VALUES, air_content, devices, line, segment

MS = int(NOW.timestamp() * 1000)
SERIES = {"w7/level": 1, "w7/rain": 2, "w8/level": 3, "level": 4, "urn:dev:w7:level": 5, "12": 12}


def mapping(**said: Any) -> Mapping:
    return Mapping.model_validate({"filter": "city/#", "key": "{1}", "values": {"level": "v"}} | said)


def read(mapping: Mapping, payload: object, topic: str = "city/w7/level") -> Rows:
    rows = Rows()
    text = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    Payloads(mapping, SERIES, devices()).read(rows, Message(topic.encode(), text, 1), NOW)
    return rows


def whole(rows: Rows) -> list[tuple[int, int, float, int]]:
    columns = rows.columns()
    return list(
        zip(
            columns.series.tolist(),
            columns.at.tolist(),
            columns.value.tolist(),
            columns.mark.tolist(),
            strict=True,
        )
    )


def refused(mapping: Mapping, payload: object, topic: str = "city/w7/level") -> Why:
    with pytest.raises(Refused) as refusal:
        read(mapping, payload, topic)
    return refusal.value.why


# packets


def test_a_publish_is_read_in_both_versions() -> None:
    for version in (V3, V5):
        data = packets.publish("city/w7/level", b"{}", 513, version)
        ((head, begin, end),), used = packets.cut(data, 1_000)
        assert used == len(data)
        assert packets.message(head, data, begin, end, version) == Message(b"city/w7/level", b"{}", 513)


def test_properties_of_a_publish_are_stepped_over() -> None:
    properties = b"\x02" + struct.pack("!I", 60) + b"\x26\x00\x01a\x00\x01b"
    body = b"\x00\x01t" + b"\x00\x07" + bytes((len(properties),)) + properties + b"42"
    assert packets.message(0x32, body, 0, len(body), V5) == Message(b"t", b"42", 7)


@pytest.mark.parametrize("at", range(1, 30))
def test_packets_that_are_cut_anywhere_wait_for_their_rest(at: int) -> None:
    data = packets.publish("a", b"x" * 200, 1) + packets.publish("b", b"", 2)
    found, used = packets.cut(data[: at * 7], 1_000)
    rest, more = packets.cut(data[used:], 1_000)
    assert len(found) + len(rest) == 2
    assert used + more == len(data)


@pytest.mark.parametrize("data", [b"\x30\xff\xff\xff\xff\x01", b"\x30\xff\xff\x7f" + b"a" * 10])
def test_packets_without_end_are_broken(data: bytes) -> None:
    with pytest.raises(Broken):
        packets.cut(data, 1_000)


@pytest.mark.parametrize(
    ("head", "body"),
    [
        (0x32, b""), (0x32, b"\x00"), (0x32, b"\x00\x05a"), (0x32, b"\x00\x01a"), (0x32, b"\x00\x01a\x00\x00x"),
        (0x34, b"\x00\x01a\x00\x01x"), (0x30, b"\x00\x00x"),
    ],
)  # fmt: skip
def test_a_publish_that_is_none_is_broken(head: int, body: bytes) -> None:
    with pytest.raises(Broken):
        packets.message(head, body + b"z" * 100, 0, len(body), V3)


def test_properties_that_do_not_end_are_broken() -> None:
    with pytest.raises(Broken):
        packets.message(0x32, b"\x00\x01a\x00\x01\x7fx", 0, 7, V5)


def test_an_empty_payload_is_a_message() -> None:
    data = packets.publish("t", b"", 9, V5)
    ((head, begin, end),), _ = packets.cut(data, 1_000)
    assert packets.message(head, data, begin, end, V5) == Message(b"t", b"", 9)


# topics


FILTERS = ("city/+/level", "city/#", "#", "+/+", "city/w7", "+", "/+", "city/+", "$SYS/#", "+/w7/#")
TOPICS = ("city/w7/level", "city", "city/w7", "/a", "$SYS/x", "city//level", "a/w7/b/c", "x", "city/w7/")


@pytest.mark.parametrize("pattern", FILTERS)
def test_filters_match_as_pahos_do(pattern: str) -> None:
    assert {topic: matches(pattern, topic) for topic in TOPICS} == {
        topic: topic_matches_sub(pattern, topic) for topic in TOPICS
    }


def test_a_shared_subscription_matches_by_its_filter() -> None:
    assert bare("$share/node/city/+/level") == "city/+/level"
    assert Router(["a/b", "$share/node/city/+/level", "city/#"]).place(b"city/w7/level") == 1
    assert Router(["a/b"]).place(b"city") == Router(["#"]).place(b"\xff\xfe") == -1


def test_what_is_no_filter_is_refused() -> None:
    assert all(map(is_filter, FILTERS))
    assert not any(map(is_filter, ("", "a/#/b", "a/b#", "a+/b", "$share/x/")))


# mappings


def test_a_mapping_says_what_is_wrong_with_it() -> None:
    for wrong, said in (
        ({"filter": "a/#/b"}, "a level is a name"),
        ({"values": {}}, "at least one value"),
        ({"form": "senml"}, "says itself"),
        ({"marks": {"D": "FAULTY"}}, "`at` says where"),
        ({"marks": {"at": "q", "D": "BROKEN"}}, "BROKEN is no mark; there are STOPPED"),
        ({"sort": "json"}, "Extra inputs"),
        ({"clock": "minutes"}, "'iso', 's' or 'ms'"),
    ):
        with pytest.raises(ValidationError, match=said):
            mapping(**wrong)


def test_one_row_is_read() -> None:
    said = mapping(time="t", clock="ms", values={"level": "m.level", "rain": "m.rain"})
    assert whole(read(said, {"t": MS, "m": {"level": 1.5, "rain": 2}})) == [(1, MS, 1.5, 0), (2, MS, 2.0, 0)]


def test_a_list_of_rows_in_an_envelope_is_read() -> None:
    said = mapping(rows="data.samples", key="{dev}", time="at", values={"level": "v"})
    payload = {
        "data": {
            "samples": [
                {"dev": "w7", "at": "2026-11-23T08:01:00", "v": 1},
                {"dev": "w8", "at": "2026-11-23T00:01:00Z", "v": "2.5"},
            ]
        }
    }
    assert whole(read(said, payload)) == [(1, MS, 1.0, 0), (3, MS, 2.5, 0)]


def test_without_a_time_the_moment_of_receipt_stands_and_is_marked() -> None:
    assert whole(read(mapping(), {"v": 1})) == [(1, MS, 1.0, int(Mark.ASSUMED))]


def test_marks_of_a_device_are_translated() -> None:
    said = mapping(time="t", clock="s", marks={"at": "q", "D": "FAULTY", "2": "CALIBRATING"})
    for quality, mark in (("D", Mark.FAULTY), (2, Mark.CALIBRATING), ("N", Mark.GOOD), (None, Mark.GOOD)):
        assert whole(read(said, {"t": MS / 1000, "v": 1, "q": quality}))[0][3] == mark


def test_what_is_not_there_is_no_fault_and_what_is_unknown_is_counted() -> None:
    said = mapping(values={"level": "v", "depth": "d"})
    assert read(said, {}).refused == {}
    rows = read(said, {"v": 1, "d": 2})
    assert (len(rows), rows.refused, rows.latest) == (1, {Why.SERIES: 1}, {Why.SERIES: "w7/depth"})


def test_nan_and_infinities_reach_the_door_which_refuses_them() -> None:
    for text, wanted in (
        (b"NaN", math.nan),
        (b"Infinity", math.inf),
        (b"-Infinity", -math.inf),
        (b"1e999", math.inf),
    ):
        (row,) = whole(read(mapping(), b'{"v": ' + text + b"}"))
        assert row[2] == wanted or (math.isnan(row[2]) and math.isnan(wanted))


@pytest.mark.parametrize("clock", ["1970-01-01T00:00:00Z", "2099-12-31T23:59:59Z"])
def test_clocks_of_1970_and_2099_reach_the_door_which_refuses_them(clock: str) -> None:
    (row,) = whole(read(mapping(time="t"), {"t": clock, "v": 1}))
    assert row[1] == datetime.fromisoformat(clock).timestamp() * 1000


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"\xff\xd8\xff\xe0 JFIF", Why.TEXT),
        (b"", Why.TEXT),
        (b"[" * 100_000, Why.TEXT),
        (b"9" * 5_000, Why.ATTACHMENT),
        (b"1", Why.SHAPE),
        (b'["a"]', Why.SHAPE),
        (b" " * (LONGEST + 1), Why.TOO_LONG),
        (json.dumps([{}] * (MOST + 1)).encode(), Why.ROWS),
        (json.dumps({"v": 1, "photo": "data:image/jpeg;base64," + "A" * 4_000}).encode(), Why.ATTACHMENT),
    ],
)
def test_a_payload_that_is_no_reading_is_refused_whole(payload: bytes, why: Why) -> None:
    assert refused(mapping(), payload) is why


def test_a_long_list_of_numbers_is_no_attachment() -> None:
    rows = [{"v": number / 7, "t": MS + number} for number in range(2_000)]
    assert len(read(mapping(time="t", clock="ms"), rows)) == 2_000


@pytest.mark.parametrize(
    "text",
    [
        b'{"t": 1, "v": 2}', b'{"t": 1, "v": 2.5}', b'{"v": 2}', b'{"t": 1}', b'{"t": 1.5, "v": 2}',
        b'{"t": true, "v": 2}', b'{"t": 1, "v": true}', b'{"t": 1, "v": "2.5"}', b'{"t": 1, "v": NaN}',
        b'{"t": 1, "v": 1e999}', b'{"t": 1, "v": -0.0}',
        b'{"t": 1, "v": ' + b"9" * 30 + b"}", b'{"t": 1, "v": ' + b"9" * 400 + b"}", b'{"t": 1e20, "v": 2}',
        b'{"t": ' + b"9" * 30 + b', "v": 2}', b'{"t": 1, "v": 2, "v": 3}', b'[{"t": 1, "v": 2}]',
        b'{"t": 1, "v": null}', b"{", b"7",
        b'\xef\xbb\xbf{"t": 1, "v": 2}', b'{"t": 1, "v": 2, "x": "\\ud800"}', b'{"t": 1, "v": 18446744073709551616}',
    ],
)  # fmt: skip
def test_a_topic_that_was_read_before_is_read_as_it_was_the_first_time(text: bytes) -> None:
    asked, told = mapping(time="t", clock="ms"), []
    for before in (0, 1):
        payloads, rows = Payloads(asked, SERIES), Rows()
        if before:
            payloads.read(Rows(), Message(b"city/w7/level", b'{"t": 1, "v": 1}', 1), NOW)
        try:
            payloads.read(rows, Message(b"city/w7/level", text, 1), NOW)
        except Refused as refusal:
            rows.refuse(refusal.why, refusal.what)
        told.append((str(whole(rows)), rows.refused))
    assert told[0] == told[1]


def test_a_refused_message_leaves_nothing_behind() -> None:
    rows = Rows()
    payloads = Payloads(mapping(), SERIES)
    payloads.read(rows, Message(b"city/w7/x", b'{"v": 1}', 1), NOW)
    with pytest.raises(Refused):
        payloads.read(rows, Message(b"city/w7/x", b'[{"v": 1}, 2]', 2), NOW)
    assert len(rows) == 1


def test_every_reason_is_said_in_two_languages() -> None:
    assert set(SAID) == set(Why)


@pytest.mark.parametrize(
    ("said", "number"),
    [
        *((True, 1.0), ("3.5", 3.5), (" 3", 3.0), (10**400, math.inf)),
        *(("1_0", None), ("abc", None), ([], None), ("9" * 50, None)),
    ],
)
def test_numbers_are_told_from_what_is_none(said: object, number: float | None) -> None:
    assert number_in(said) == number


def test_times_are_read_as_the_mapping_says() -> None:
    assert (
        instant_in("2026-11-23T08:01:00", "iso")
        == instant_in(MS / 1000, "s")
        == instant_in(str(MS), "ms")
        == MS
    )
    for wrong in ("soon", None, [], "2026-13-01", "9" * 41):
        assert instant_in(wrong, "iso") is None
    for wrong in (math.nan, math.inf, 1e300, None, "soon"):
        assert instant_in(wrong, "s") is None


# SenML (RFC 8428): the examples of its section 5


def test_senml_with_base_values_is_resolved() -> None:
    pack = [
        {
            "bn": "urn:dev:ow:10e2073a0108006:",
            "bt": 1.276020076001e09,
            "bu": "A",
            "bver": 5,
            "n": "voltage",
            "u": "V",
            "v": 120.1,
        },
        {"n": "current", "t": -5, "v": 1.2},
        {"n": "current", "t": -4, "v": 1.3},
    ]
    told = list(records(pack, NOW.timestamp()))
    assert [name.rpartition(":")[2] for name, _, _ in told] == ["voltage", "current", "current"]
    assert [round(at - 1.276020076001e09) for _, at, _ in told] == [0, -5, -4]
    assert [value for *_, value in told] == [120.1, 1.2, 1.3]


def test_senml_times_below_2_to_the_28_are_counted_from_now() -> None:
    assert list(records([{"n": "a", "v": 1, "t": -20}], 1e9)) == [("a", 1e9 - 20, 1.0)]


def test_senml_of_texts_and_switches() -> None:
    pack = [
        {"bn": "d/", "n": "door", "vb": True},
        {"n": "name", "vs": "x"},
        {"n": "total", "s": 3},
        {"bv": 20, "n": "t", "v": 1.5},
    ]
    assert [value for *_, value in records(pack, 1e9)] == [1.0, None, None, 21.5]


@pytest.mark.parametrize(
    "pack",
    [
        *({}, [], [1], [{"v": 1}], [{"n": "a", "v": "1"}], [{"n": "a", "v": 1, "x_": 1}], [{"n": 1, "v": 1}]),
        [{"bver": 11, "n": "a", "v": 1}],
    ],
)
def test_what_is_no_senml_is_refused(pack: Any) -> None:
    with pytest.raises(Refused):
        list(records(pack, 1e9))


def test_senml_becomes_readings() -> None:
    said = Mapping(filter="senml/#", form="senml")
    pack = [
        {"bn": "urn:dev:w7:", "bt": MS / 1000, "n": "level", "u": "m", "v": 1.5},
        {"n": "level", "t": -60, "v": 1.4},
    ]
    assert whole(read(said, pack)) == [(5, MS, 1.5, 0), (5, MS - 60_000, 1.4, 0)]


# SensorThings and HJ 212 in a payload


def test_observations_are_created_by_topic_or_by_link() -> None:
    said = Mapping(filter="v1.1/#", form="sensorthings")
    body = {"result": 3.5, "phenomenonTime": "2026-11-23T00:01:00.000Z"}
    assert whole(read(said, body, "v1.1/Datastreams(12)/Observations")) == [(12, MS, 3.5, 0)]
    assert whole(read(said, body | {"Datastream": {"@iot.id": 12}}, "v1.1/Observations")) == [
        (12, MS, 3.5, 0)
    ]
    span = body | {"phenomenonTime": "2026-11-23T00:01:00Z/2026-11-23T00:02:00Z"}
    assert whole(read(said, span, "v1.1/Datastreams(12)/Observations")) == [(12, MS, 3.5, 0)]
    assert read(said, body, "v1.1/Datastreams(13)/Observations").refused == {Why.SERIES: 1}
    assert refused(said, {}, "v1.1/Datastreams(12)/Observations") is Why.SHAPE
    assert (
        refused(said, {"result": 1, "phenomenonTime": "soon"}, "v1.1/Datastreams(12)/Observations")
        is Why.TIME
    )


def test_frames_of_hj212_come_in_payloads() -> None:
    said = Mapping(filter="hj/#", form="hj212")
    good = line(segment(air_content()))
    rows = read(said, good + b"\r\n" + good[:-1] + b"\r\n")
    assert rows.columns().value.tolist() == [float(value) for value in VALUES]
    assert rows.refused == {Why.FRAME: 1}


def test_forms_are_mixed_in_one_batch() -> None:
    rows = Rows()
    Payloads(mapping(), SERIES).read(rows, Message(b"city/w7/x", b'{"v": 1}', 1), NOW)
    Payloads(Mapping(filter="#", form="hj212"), {}, devices()).read(
        rows, Message(b"x", line(segment(air_content())), 2), NOW
    )
    assert len(rows) == len(rows.columns()) == 11


def test_now_is_taken_from_the_caller() -> None:
    rows = Rows()
    Payloads(mapping(), SERIES).read(
        rows, Message(b"city/w7/x", b'{"v": 1}', 1), datetime(2030, 1, 1, tzinfo=UTC)
    )
    assert rows.at == [1_893_456_000_000]
