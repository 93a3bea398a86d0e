"""Frames of HJ 212: published samples, each reason to refuse, packages, ciphered content. No sockets, no database."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gezhi.exchange.hj212 import segment
from gezhi.exchange.hj212.answering import answer_to
from gezhi.exchange.hj212.checksum import checksum, modbus_checksum
from gezhi.exchange.hj212.clock import instant, milliseconds
from gezhi.exchange.hj212.commands import Kind
from gezhi.exchange.hj212.devices import Device, key_of
from gezhi.exchange.hj212.factors import every, factor_of
from gezhi.exchange.hj212.reading import Frame
from gezhi.exchange.hj212.refusing import SAID, Refused, Why
from gezhi.sensing.columns import Mark
from tests.exchange import mutated
from tests.exchange.hj212_cast import (
    AIR,
    CODES,
    LETTERS,
    NOW,
    OLD,
    VALUES,
    WATER,
    air_content,
    devices,
    line,
    read,
    refused,
    taken,
    water_content,
)
from tests.exchange.hj212_cast import segment as segment_of

# HJ 212-2017 annex A, HJ/T 212-2005 as widely printed, HJ 212-2025 annex A.1
SAMPLES = {
    "2017": b"##0101QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;"
    b"CP=&&RtdInterval=30&&1C80",
    "2005": b"##0077QN=20120416225111069;ST=91;CN=9021;PW=122333;MN=88888880000006;Flag=1;CP=&&&&4100",
    "2025": b"##0087QN=20240601085857223;ST=32;CN=1011;PW=123456;MN=010000A8900016F000169DC0;Flag=9;CP=&&&&2200",
}


def standards_own(text: bytes) -> int:
    """The checksum as annex A of the standard writes it, bit by bit."""
    register = 0xFFFF
    for byte in text:
        register = (register >> 8) ^ byte
        for _ in range(8):
            lowest, register = register & 1, register >> 1
            if lowest:
                register ^= 0xA001
    return register


@pytest.mark.parametrize("year", SAMPLES)
def test_a_published_sample_decodes(year: str) -> None:
    raw = SAMPLES[year]
    plain, fits = segment.opened(raw)
    assert fits
    segment.check(raw, plain)
    said = segment.fields(plain)
    assert {"2005": 0, "2017": 1, "2025": 2}[year] == said.version
    assert said.wants_answer and not said.is_split
    assert segment.wire(segment.written(said)) == raw + b"\r\n"


@pytest.mark.parametrize("length", [*range(0, 40), 100, 422, 1023, 1024, 1025, 4097])
def test_the_folded_checksum_is_the_standards(length: int) -> None:
    text = bytes((7 * place + length) % 256 for place in range(length))
    assert checksum(text) == standards_own(text)


def test_the_checksum_is_not_that_of_modbus() -> None:
    plain = SAMPLES["2017"][6:-4]
    assert (checksum(plain), modbus_checksum(plain)) == (0x1C80, 0x0759)


def test_the_checksum_has_256_values_and_is_blind_at_every_eighth_place() -> None:
    assert len({checksum(number.to_bytes(2)) for number in range(65_536)}) == 256
    assert checksum(b"1-------9") == checksum(b"9-------1")
    assert checksum(b"1------9-") != checksum(b"9------1-")


def test_readings_of_a_frame_become_columns() -> None:
    batch = read(line(segment_of(air_content())))
    assert batch.columns.series.tolist() == list(range(1, 11))
    assert batch.columns.value.tolist() == [float(value) for value in VALUES]
    assert set(batch.columns.at.tolist()) == {milliseconds(NOW)}
    assert not batch.columns.mark.any()


@pytest.mark.parametrize("letter", LETTERS)
def test_each_mark_of_a_device_is_kept(letter: str) -> None:
    marks = "N" * 3 + letter + "N" * 6
    found = read(
        line(segment_of(air_content())), line(segment_of(air_content(marks=marks)))
    ).columns.mark.tolist()
    wanted = [
        *(Mark.GOOD, Mark.STOPPED, Mark.MAINTAINED, Mark.MANUAL, Mark.FAULTY, Mark.CALIBRATING),
        *(Mark.OVER_RANGE, Mark.CUT_OFF),
    ][LETTERS.index(letter)]
    assert found == [0] * 13 + [int(wanted)] + [0] * 6


def test_hours_go_into_their_own_series_and_what_has_none_is_not_kept() -> None:
    batch = read(line(segment_of(water_content(), mn=WATER, st="32", cn="2061")))
    assert dict(zip(batch.columns.series.tolist(), batch.columns.value.tolist(), strict=True)) == {
        23: 7.4,
        21: 40.1,
    }


def test_a_device_of_2005_is_read_and_answered_in_its_own_way() -> None:
    content = "DataTime=20261123080000;011-Rtd=231.0,011-Flag=N;060-Rtd=1.8,060-Flag=N"
    plain = f"QN=20261123080002000;ST=32;CN=2011;PW=122333;MN={OLD};Flag=1;CP=&&{content}&&".encode()
    batch = read(line(plain))
    assert batch.columns.series.tolist() == [31, 32]
    (told,) = batch.told
    assert isinstance(told, Frame)
    answer = answer_to(told.parts[0], told.kind)
    assert b"ST=91;CN=9014;CP=&&QN=20261123080002000;CN=2011&&" in answer


def test_a_frame_of_2005_without_qn_and_flag_is_read_and_not_answered() -> None:
    content = "DataTime=20261123080000;011-Rtd=231.0"
    told = taken(line(f"ST=32;CN=2011;PW=122333;MN={OLD};CP=&&{content}&&".encode()))
    assert told.rows == 1
    assert answer_to(told.parts[0], told.kind) == b""


@pytest.mark.parametrize(("flag", "answered"), [("5", "4"), ("9", "8"), ("4", None), ("8", None)])
def test_data_is_acknowledged_in_the_version_of_the_frame(flag: str, answered: str | None) -> None:
    told = taken(line(segment_of(air_content(), flag=flag)))
    answer = answer_to(told.parts[0], told.kind)
    if answered is None:
        assert answer == b""
    else:
        plain, _ = segment.opened(answer[:-2])
        segment.check(answer[:-2], plain)
        said = segment.fields(plain)
        assert (said.st, said.cn, str(said.flag)) == (b"91", b"9014", answered)
        assert said.qn == told.parts[0].qn


@pytest.mark.parametrize(("cn", "kind"), [("9015", Kind.NOTICE), ("1013", Kind.NOTICE), ("9014", Kind.REPLY)])
def test_heartbeats_and_notices_are_answered_and_replies_are_not(cn: str, kind: Kind) -> None:
    told = taken(line(segment_of("", cn=cn, flag="9")))
    assert (told.kind, told.rows) == (kind, 0)
    answer = answer_to(told.parts[0], told.kind)
    assert (b"CN=9013" in answer) == (kind is Kind.NOTICE)


def test_sent_again_is_a_word_of_2025_only() -> None:
    assert taken(line(segment_of(air_content(), flag="9", more="RF=1;"))).parts[0].again
    assert refused(line(segment_of(air_content(), flag="5", more="RF=1;"))) is Why.FLAG
    assert refused(line(segment_of(air_content(), flag="9", more="RF=0;"))) is Why.HEADER


def put(old: str, new: str) -> bytes:
    plain = segment_of(air_content()).replace(old.encode(), new.encode(), 1)
    assert plain != segment_of(air_content())
    return line(plain)


REFUSED: dict[str, tuple[Callable[[], bytes], Why]] = {
    "another beginning": (lambda: b"#!" + put("75.5", "75.6")[2:], Why.START),
    "a wrong length": (lambda: line(segment_of(air_content())).replace(b"##0", b"##1"), Why.LENGTH),
    "a length of letters": (lambda: b"##04a2" + line(segment_of(air_content()))[6:], Why.LENGTH),
    "nothing but a head": (lambda: b"##0000", Why.LENGTH),
    "half a frame": (lambda: line(segment_of(air_content()))[:200], Why.LENGTH),
    "too long": (lambda: line(segment_of(air_content() + ";" + "a" * 1024)), Why.TOO_LONG),
    "a wrong checksum": (lambda: line(segment_of(air_content()))[:-4] + b"0000", Why.CHECKSUM),
    "a checksum in small letters": (
        lambda: line(segment_of(air_content()))[:-4] + line(segment_of(air_content()))[-4:].lower().replace(b"0", b"o"),
        Why.CHECKSUM,
    ),
    "a character of no text": (lambda: put("75.5", "75\x00.5"), Why.CHARACTERS),
    "fields in another order": (lambda: put("ST=22;CN=2011;", "CN=2011;ST=22;"), Why.HEADER),
    "an unknown device": (lambda: put("9DC0", "9DCF"), Why.DEVICE),
    "another password": (lambda: put("PW=123456", "PW=123457"), Why.PASSWORD),
    "another station": (lambda: put("ST=22", "ST=31"), Why.STATION),
    "a command for devices": (lambda: put("CN=2011", "CN=1012"), Why.COMMAND),
    "a version that is none": (lambda: put("Flag=5", "Flag=13"), Why.FLAG),
    "packages without a flag": (lambda: put("Flag=5;", "Flag=5;PNUM=2;PNO=1;"), Why.FLAG),
    "a flag without packages": (lambda: put("Flag=5;", "Flag=7;"), Why.FLAG),
    "the third of two": (lambda: put("Flag=5;", "Flag=7;PNUM=2;PNO=3;"), Why.SPLIT),
    "a clock of 1970": (lambda: put("QN=2026", "QN=1970"), Why.CLOCK),
    "a clock of 2099": (lambda: put("QN=2026", "QN=2099"), Why.CLOCK),
    "a thirteenth month": (lambda: put("QN=202611", "QN=202613"), Why.CLOCK),
    "data of 1970": (lambda: put("DataTime=2026", "DataTime=1970"), Why.TIME),
    "data of 2099": (lambda: put("DataTime=2026", "DataTime=2099"), Why.TIME),
    "no time": (lambda: put("DataTime=20261123080100;", ""), Why.TIME),
    "an unknown factor": (lambda: put("a34004-Rtd", "a34999-Rtd"), Why.FACTOR),
    "an unknown field": (lambda: put("a34004-Rtd", "a34004-Rtx"), Why.FIELD),
    "an unknown parameter": (lambda: put("a34004-Rtd=75.5", "Face=75.5"), Why.FIELD),
    "a name twice": (lambda: put("a34002-Rtd", "a34004-Rtd"), Why.CONTENT),
    "a mark that is none": (lambda: put("a34004-Flag=N", "a34004-Flag=X"), Why.MARK),
    "two marks in one": (lambda: put("a34004-Flag=N", "a34004-Flag=NN"), Why.MARK),
    "no number": (lambda: put("75.5", "NaN"), Why.NUMBER),
    "infinity": (lambda: put("75.5", "inf"), Why.NUMBER),
    "an exponent": (lambda: put("75.5", "7e300"), Why.NUMBER),
    "an empty value": (lambda: put("75.5", ""), Why.NUMBER),
    "an underscore": (lambda: put("75.5", "7_5"), Why.NUMBER),
    "a value out of range": (lambda: put("75.5", "-75.5"), Why.RANGE),
    "separators that change": (lambda: put("75.5,", "75.5;"), Why.CONTENT),
    "content that is none": (lambda: put(air_content(), "a" * 20), Why.FIELD),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_it_is_refused_with_its_reason(what: str) -> None:
    raw, why = REFUSED[what]
    assert refused(raw()) is why


def test_every_reason_is_said_in_two_languages() -> None:
    assert set(SAID) == set(Why)
    assert all(zh and en for zh, en in SAID.values())
    assert (
        str(Refused(Why.RANGE, b"a34004-Rtd=-3"))
        == "range: a value is outside what its factor can be (a34004-Rtd=-3)"
    )


def test_a_value_that_its_device_calls_broken_may_be_anything() -> None:
    values = ("-99.000000", *VALUES[1:])
    assert refused(line(segment_of(air_content(values)))) is Why.RANGE
    assert taken(line(segment_of(air_content(values, "D" + "N" * 9)))).rows == 10


def test_an_average_above_its_maximum_is_refused() -> None:
    wrong = water_content().replace("w01018-Avg=40.1", "w01018-Avg=60.1")
    assert refused(line(segment_of(wrong, mn=WATER, st="32", cn="2061"))) is Why.ORDER


def test_codes_of_a_maker_are_read_when_the_device_brings_them() -> None:
    content = "DataTime=20261123080000;ys1000-Rtd=160.3"
    assert refused(line(segment_of(content))) is Why.FACTOR
    own = Device(AIR, {key_of("ys1000"): 77}, "123456", own={"ys1000": (0.0, 500.0)})
    assert read(line(segment_of(content)), known={AIR.encode(): own}).columns.series.tolist() == [77]
    assert refused(line(segment_of(content.replace("160.3", "501"))), {AIR.encode(): own}) is Why.RANGE


def test_a_checksum_in_modbus_order_is_accepted_from_a_device_that_has_it() -> None:
    plain = segment_of(air_content())
    raw = b"##%04d%b%04x" % (len(plain), plain, modbus_checksum(plain))
    assert refused(raw) is Why.CHECKSUM
    odd = Device(AIR, devices()[AIR.encode()].series, "123456", modbus=True, lower=True)
    assert taken(raw, {AIR.encode(): odd}).rows == 10


def test_one_broken_frame_does_not_spoil_its_neighbours() -> None:
    good = line(segment_of(air_content()))
    batch = read(good, b"##", good[:-1], good)
    assert [isinstance(told, Frame) for told in batch.told] == [True, False, False, True]
    assert len(batch.columns) == 20


def test_times_are_of_beijing_and_only_times() -> None:
    assert instant(b"20261123080100") == int(datetime(2026, 11, 23, 0, 1, tzinfo=UTC).timestamp() * 1000)
    assert (
        instant(b"20261123080100123")
        == int(datetime(2026, 11, 23, 0, 1, tzinfo=UTC).timestamp() * 1000) + 123
    )
    for wrong in (
        b"20260229080100",
        b"20261123240000",
        b"20261123086000",
        b"20261123080060",
        b"",
        b"2026112308010",
    ):
        assert instant(wrong) is None


def test_factors_are_whole_and_named_in_two_languages() -> None:
    assert len(every()) > 140
    for factor in every():
        assert factor.zh and factor.en and factor.source and factor.low < factor.high, factor
        assert factor.stations
    pairs = [
        (station, code)
        for factor in every()
        for station in factor.stations
        for code in {factor.code, factor.old} - {""}
    ]
    assert len(pairs) == len(set(pairs))
    assert {factor_of("22", code) is not None for code in CODES} == {True}
    known = {
        ("31", "a34013"): "颗粒物（烟尘）",
        ("32", "w01018"): "化学需氧量",
        ("32", "w21003"): "氨氮",
        ("31", "02"): "二氧化硫",
    }
    assert {key: factor_of(*key).zh for key in known} == known  # type: ignore[union-attr]
    assert factor_of("22", "a21026").unit == "μg/m³"  # type: ignore[union-attr]
    assert factor_of("31", "a21026").unit == "mg/m³"  # type: ignore[union-attr]
    assert factor_of("31", "a99999") is None


@pytest.mark.parametrize("way", mutated.WAYS, ids=lambda way: way.__name__)
def test_of_frames_broken_in_any_way_hardly_one_is_taken(way: mutated.Way) -> None:
    """The whole measure is `python -m tests.exchange.mutated`."""
    wrongly, _ = mutated.measure(way, 2_000, seed=2)
    assert wrongly <= 1


def test_what_breaks_frames_would_find_a_reader_that_trusts_the_checksum() -> None:
    alone = sum(mutated.measure(way, 2_000, seed=2)[1] for way in mutated.WAYS)
    assert alone > 20
