"""Ciphered content and split packages of HJ 212."""

from datetime import timedelta

import pytest

from gezhi.exchange.hj212 import segment
from gezhi.exchange.hj212.checksum import checksum
from gezhi.exchange.hj212.ciphering import ciphered, deciphered
from gezhi.exchange.hj212.devices import Device
from gezhi.exchange.hj212.reading import Frame, Frames
from gezhi.exchange.hj212.refusing import Refused, Why
from gezhi.exchange.hj212.splitting import PACKAGES, Joiner
from tests.exchange.hj212_cast import AIR, KEY, NOW, VALUES, air_content, devices, line, read, refused, taken
from tests.exchange.hj212_cast import segment as segment_of


def sm4_device() -> dict[bytes, Device]:
    return {AIR.encode(): Device(AIR, devices()[AIR.encode()].series, "123456", key=KEY)}


@pytest.mark.parametrize("stated", ["plain", "written"])
def test_ciphered_content_is_read_with_its_length_told_either_way(stated: str) -> None:
    plain = segment_of(air_content(), flag="9")
    content = air_content().encode()
    written = plain.replace(content, ciphered(content, KEY))
    length = len(plain if stated == "plain" else written)
    raw = b"##%04d%b%04X" % (length, written, checksum(plain))
    assert taken(raw, sm4_device()).rows == 10
    assert refused(raw) is Why.CIPHER
    assert refused(raw.replace(b"##0", b"##2", 1).replace(b"##1", b"##2", 1), sm4_device()) is Why.LENGTH


def test_sm4_is_that_of_the_standard() -> None:
    """GB/T 32907-2016, annex A.1; and the annex of HJ 212-2025: the rest of fewer than 16 stays plain."""
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    told = ciphered(key, key)
    assert told.replace(b",0x", b"").lower() == b"{0x681edf34d206965e86b3e94f536e4246}"
    content = air_content().encode()
    assert ciphered(content, KEY).rpartition(b"}")[2] == content[len(content) - len(content) % 16 :]
    assert deciphered(ciphered(content, KEY), KEY) == content


def test_data_in_the_open_is_refused_from_a_device_that_has_a_key() -> None:
    assert refused(line(segment_of(air_content(), flag="9")), sm4_device()) is Why.CIPHER
    assert taken(line(segment_of("", cn="9015", flag="9")), sm4_device()).rows == 0


def test_a_key_of_another_length_is_refused_when_it_is_set() -> None:
    with pytest.raises(ValueError, match="has 5 bytes, not 16"):
        Device(AIR, {}, key=b"short")


def packages(cut: list[str], flags: str = "11") -> list[bytes]:
    return [
        line(segment_of(part, flag=flags, more=f"PNUM={len(cut)};PNO={number};"))
        for number, part in enumerate(cut, 1)
    ]


@pytest.mark.parametrize("at", [60, 61, 70, 100, 101, 150])
def test_packages_that_are_cut_anywhere_are_put_together(at: int) -> None:
    content = air_content()
    frames = Frames()
    first, second = packages([content[:at], content[at:]])
    told = frames.read([second], devices(), NOW)
    assert (told.told[0].rows, told.told[0].parts) == (0, ())  # type: ignore[union-attr]
    whole = frames.read([first], devices(), NOW)
    assert whole.columns.value.tolist() == [float(value) for value in VALUES]
    assert len(whole.told[0].parts) == 2  # type: ignore[union-attr]


def halves() -> list[bytes]:
    """Two packages, cut between factors, each with the time."""
    items = air_content().split(";")
    return packages([";".join(items[:6]), ";".join([items[0], *items[6:]])])


def test_packages_with_a_time_each_are_taken_when_all_are_there() -> None:
    batch = read(*halves())
    assert [(told.rows, len(told.parts)) for told in batch.told if isinstance(told, Frame)] == [
        (0, 0),
        (10, 2),
    ]
    assert batch.columns.series.tolist() == list(range(1, 11))


def test_packages_of_a_device_that_waits_for_each_answer_are_taken_one_by_one() -> None:
    waits = Device(AIR, devices()[AIR.encode()].series, "123456", alone=True)
    batch = read(*halves(), known={AIR.encode(): waits})
    assert [(told.rows, len(told.parts)) for told in batch.told if isinstance(told, Frame)] == [
        (5, 1),
        (5, 1),
    ]


def test_packages_wait_neither_for_ever_nor_without_end() -> None:
    joiner = Joiner(seconds=60.0, most=10_000)
    part = segment.fields(segment_of("a", flag="11", more="PNUM=3;PNO=1;"))
    assert joiner.add(part, 0.0) == []
    assert joiner.forget(59.0) == 0
    assert joiner.forget(61.0) == 1
    assert len(joiner) == 0
    for number in range(3_000):
        joiner.add(
            segment.fields(segment_of("b" * 900, mn=f"{number}", flag="11", more="PNUM=3;PNO=1;")), 0.0
        )
        assert len(joiner) <= 10_000
    with pytest.raises(Refused):
        joiner.add(segment.fields(segment_of("a", flag="11", more=f"PNUM={PACKAGES + 1};PNO=1;")), 0.0)


def test_one_device_holds_few_answers_open() -> None:
    joiner = Joiner()
    for second in range(100):
        said = segment_of("c" * 100, flag="11", more="PNUM=2;PNO=1;", now=NOW + timedelta(seconds=second))
        joiner.add(segment.fields(said), float(second))
    assert len(joiner) <= 400
