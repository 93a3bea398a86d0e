"""A few devices and their frames, and a door that remembers what it took."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from gezhi.exchange.hj212.clock import written
from gezhi.exchange.hj212.devices import Device, Devices, key_of
from gezhi.exchange.hj212.reading import Batch, Frame, Frames
from gezhi.exchange.hj212.refusing import Refused, Why
from gezhi.exchange.hj212.segment import wire
from gezhi.sensing.columns import Columns, Fate, Taken

NOW = datetime(2026, 11, 23, 0, 1, tzinfo=UTC)
AIR = "010000A8900016F000169DC0"
WATER = "010000A8900016F000169DC1"
OLD = "88888880000006"
CODES = tuple("a34004 a34002 a21026 a21004 a21005 a05024 a01001 a01002 a01006 a01007".split())
VALUES = ("75.5", "120.3", "12.4", "48.1", "1.2", "88.0", "-3.5", "61.2", "101.3", "3.4")
LETTERS = "NFMSDCTB"


def devices() -> Devices:
    """An air station, a water outlet that reports hours, and a device of 2005."""
    air = Device(
        AIR, {key_of(code): place + 1 for place, code in enumerate(CODES)}, "123456", frozenset({"22"})
    )
    water = Device(
        WATER,
        {
            key_of("w01018", "Avg", "2061"): 21,
            key_of("w01018", "Rtd"): 22,
            key_of("w01001", "Avg", "2061"): 23,
        },
        "123456",
        frozenset({"32"}),
    )
    old = Device(OLD, {key_of("011"): 31, key_of("060"): 32}, "122333", frozenset({"32"}))
    return {one.mn.encode(): one for one in (air, water, old)}


def segment(
    content: str,
    *,
    mn: str = AIR,
    st: str = "22",
    cn: str = "2011",
    flag: str = "5",
    now: datetime = NOW,
    more: str = "",
) -> bytes:
    qn = written(now - timedelta(seconds=2)).decode()
    return f"QN={qn};ST={st};CN={cn};PW=123456;MN={mn};Flag={flag};{more}CP=&&{content}&&".encode()


def air_content(values: Sequence[str] = VALUES, marks: str = "N" * 10, now: datetime = NOW) -> str:
    time = written(now)[:12].decode() + "00"
    said = zip(CODES, values, marks, strict=True)
    return f"DataTime={time};" + ";".join(
        f"{code}-Rtd={value},{code}-Flag={mark}" for code, value, mark in said
    )


def water_content(now: datetime = NOW) -> str:
    time = written(now)[:10].decode() + "0000"
    return (
        f"DataTime={time};w01001-Min=7.1,w01001-Avg=7.4,w01001-Max=7.9,w01001-Flag=N;"
        "w01018-Cou=12.4,w01018-Min=31.2,w01018-Avg=40.1,w01018-Max=55.0,w01018-Flag=N"
    )


def line(segment: bytes) -> bytes:
    """As it goes over the wire, without the end."""
    return wire(segment)[:-2]


KEY = b"0" * 16  # the test key of HJ 212-2025 annex A.2


def read(*lines: bytes, known: dict[bytes, Device] | None = None, now: datetime = NOW) -> Batch:
    return Frames().read(lines, known or devices(), now)


def refused(raw: bytes, known: dict[bytes, Device] | None = None) -> Why:
    (told,) = read(raw, known=known).told
    assert isinstance(told, Refused)
    return told.why


def taken(raw: bytes, known: dict[bytes, Device] | None = None) -> Frame:
    (told,) = read(raw, known=known).told
    assert isinstance(told, Frame), told
    return told


@dataclass
class Door:
    """Takes everything unless told otherwise; the time of each reading by series and time."""

    kept: dict[tuple[int, int], float] = field(default_factory=dict)
    times: list[int] = field(default_factory=list)  # rows of each transaction
    fails: bool = False
    may: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.may.set()

    def __call__(self, columns: Columns, source: str, now: datetime) -> Taken:
        assert self.may.wait(30)
        if self.fails:
            raise ConnectionError("the database is away")
        fate = np.zeros(len(columns), np.int8)
        for row, (series, at, value) in enumerate(
            zip(columns.series.tolist(), columns.at.tolist(), columns.value.tolist(), strict=True)
        ):
            if not np.isfinite(value):
                fate[row] = Fate.REFUSED
            elif (series, at) in self.kept:
                fate[row] = Fate.AGAIN if self.kept[series, at] == value else Fate.CONTRADICTING
            else:
                self.kept[series, at] = value
        self.times.append(len(columns))
        return Taken(fate, np.zeros(len(columns), np.bool_))
