"""Lines of any devices -> what each is, and columns of all their readings together."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final, NamedTuple

import numpy as np

from gezhi.exchange.hj212 import ciphering, segment
from gezhi.exchange.hj212.clock import instant, milliseconds
from gezhi.exchange.hj212.commands import KINDS, Kind
from gezhi.exchange.hj212.content import Numbers, Reader, Shape
from gezhi.exchange.hj212.devices import Bound, Device, Devices, key_of
from gezhi.exchange.hj212.refusing import Refused, Why
from gezhi.exchange.hj212.segment import Segment
from gezhi.exchange.hj212.splitting import Joiner, contents
from gezhi.sensing.columns import NOTHING, Columns, Int32

AHEAD: Final = timedelta(minutes=10)  # how far a device's clock may be before ours
BACK: Final = timedelta(days=400)  # how old a frame may be that is sent again
_SHAPES: Final = 64  # that one device may have
_HEADS: Final = 100_000  # that are remembered
_QN: Final = 20  # bytes of QN=yyyyMMddHHmmssSSS


class Frame(NamedTuple):
    """A frame that is taken. `rows`: how many of the columns' rows are its own; the next frame's follow. `parts`:
    what is to be answered, of a split frame all its packages; none while packages lack."""

    kind: Kind
    parts: tuple[Segment, ...]
    rows: int


@dataclass(slots=True)
class Batch:
    """Frames or refusals in the order of the lines, and all readings."""

    told: list[Frame | Refused] = field(default_factory=list)
    columns: Columns = NOTHING


@dataclass(slots=True)
class _Gathered:
    at: list[int] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    series: list[Int32] = field(default_factory=list)
    values: list[float] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)


class Frames:
    """Reads frames of known devices. Not for several threads at once."""

    def __init__(self, ahead: timedelta = AHEAD, back: timedelta = BACK) -> None:
        self._ahead, self._back = ahead, back
        self._reader = Reader()
        self._joiner = Joiner()
        self._heads: dict[bytes, tuple[Segment, Device]] = {}
        self._devices: Devices | None = None

    def read(self, lines: Iterable[bytes], devices: Devices, now: datetime) -> Batch:
        """`lines`: without their ends. `devices`: another mapping once anything in it changes. `now`: aware."""
        if devices is not self._devices or len(self._heads) > _HEADS:
            self._devices = devices
            self._heads.clear()
        batch, gathered = Batch(), _Gathered()
        latest = milliseconds(now + self._ahead)
        earliest = milliseconds(now - self._back)
        for line in lines:
            try:
                batch.told.append(self._one(line, devices, (earliest, latest), gathered))
            except Refused as refusal:
                batch.told.append(refusal)
        batch.columns = _columns(gathered)
        return batch

    def forget(self, now: datetime) -> int:
        """Drops packages of answers that will not become whole; of how many answers."""
        return self._joiner.forget(milliseconds(now + self._ahead) / 1000)

    def _one(self, line: bytes, devices: Devices, span: tuple[int, int], gathered: _Gathered) -> Frame:
        said, device = self._understood(line, devices)
        kind = KINDS.get(said.cn)
        if kind is None:
            raise Refused(Why.COMMAND, said.cn)
        _check_clock(said, span)
        if kind is not Kind.DATA:
            return Frame(kind, (said,), 0)
        if said.total < 2 or device.alone:
            numbers = self._content(said.content, said, device, span)
            return Frame(kind, (said,), _gather(gathered, numbers, device, said.cn))
        parts = tuple(self._joiner.add(said, span[1] / 1000))
        read = [self._content(one, said, device, span) for one in contents(parts)] if parts else []
        return Frame(kind, parts, sum(_gather(gathered, numbers, device, said.cn) for numbers in read))

    def _understood(self, line: bytes, devices: Devices) -> tuple[Segment, Device]:
        """A device repeats everything between QN and its data: what was found right once is known. Strange characters
        in the data are found when it is read."""
        plain, fits = segment.opened(line)
        head, _, tail = plain.partition(b";CP=&&")
        known = self._heads.get(head[_QN:])
        if known and fits and head[:3] == b"QN=" and head[3:_QN].isdigit() and tail[-2:] == b"&&":
            like, device = known
            segment.check(line, plain, modbus=device.modbus, lower=device.lower)
            return like.with_(head[3:_QN], tail[:-2]), device
        said, device = understood(line, devices)
        if KINDS.get(said.cn) is Kind.DATA and device.key is None and head[:3] == b"QN=":
            self._heads[head[_QN:]] = said, device
        return said, device

    def _content(self, content: bytes, said: Segment, device: Device, span: tuple[int, int]) -> Numbers:
        if not content.isascii():
            raise Refused(Why.CHARACTERS, content)
        numbers = self._reader.read(content, said.cn, said.st, device.own, device.hints)
        if not span[0] <= numbers.at <= span[1]:
            raise Refused(Why.TIME, str(numbers.at))
        return numbers


def understood(line: bytes, devices: Devices) -> tuple[Segment, Device]:
    """Length, checksum, characters, fields, whose it is, its password and station."""
    plain, fits = segment.opened(line)
    if segment.CIPHERED in plain:
        return _understood_ciphered(line, plain, fits, devices)
    mn = plain.find(b";MN=") + 4
    device = devices.get(plain[mn : plain.find(b";", mn)]) if mn > 3 else None
    if device is None:
        segment.check(line, plain)
        raise Refused(Why.DEVICE, segment.fields(plain).mn)
    segment.check(line, plain, modbus=device.modbus, lower=device.lower)
    said = segment.fields(plain)
    _check_device(said, device)
    if device.key is not None and ciphering.needs_cipher(said.cn):
        raise Refused(Why.CIPHER, b"plain")
    return said, device


def _understood_ciphered(line: bytes, written: bytes, fits: bool, devices: Devices) -> tuple[Segment, Device]:
    said = segment.fields(written)
    device = devices.get(said.mn)
    if device is None:
        raise Refused(Why.DEVICE, said.mn)
    if device.key is None:
        raise Refused(Why.CIPHER, b"no key")
    content = ciphering.deciphered(said.content, device.key)
    plain = written.replace(said.content, content)
    if not fits and int(line[2:6]) != len(plain):
        raise Refused(Why.LENGTH, line[2:6])
    if len(plain) > segment.LONGEST:
        raise Refused(Why.TOO_LONG, str(len(plain)))
    segment.check(line, plain, modbus=device.modbus, lower=device.lower)
    said = segment.fields(plain)
    _check_device(said, device)
    return said, device


def _check_device(said: Segment, device: Device) -> None:
    if device.password and not compare_digest(device.secret, said.pw):
        raise Refused(Why.PASSWORD)
    if device.stations and said.st.decode() not in device.stations and said.st != b"91":
        raise Refused(Why.STATION, said.st)


def _check_clock(said: Segment, span: tuple[int, int]) -> None:
    if not said.qn:
        return
    at = instant(said.qn)
    if at is None or not span[0] <= at <= span[1]:
        raise Refused(Why.CLOCK, said.qn)


def _gather(gathered: _Gathered, numbers: Numbers, device: Device, cn: bytes) -> int:
    bound = device.bound.get(numbers.shape)
    if bound is None:
        if len(device.bound) >= _SHAPES:
            device.bound.clear()
        bound = device.bound[numbers.shape] = _bound(numbers.shape, device, cn.decode())
    rows = len(bound.kept)
    if rows == len(numbers.values):
        gathered.values.extend(numbers.values)
    else:
        gathered.values.extend(numbers.values[place] for place in bound.kept)
    if numbers.marks is not None or gathered.marks:
        gathered.marks.extend([0] * (len(gathered.values) - rows - len(gathered.marks)))
        marks = numbers.marks
        gathered.marks.extend(0 if marks is None else int(marks[place]) for place in bound.kept)
    gathered.series.append(bound.series)
    gathered.at.append(numbers.at)
    gathered.rows.append(rows)
    return rows


def _bound(shape: Shape, device: Device, cn: str) -> Bound:
    kept = []
    series = []
    for place, name in enumerate(shape.names):
        code, _, what = name.partition("-")
        number = device.series.get(key_of(code, what, cn))
        if number is not None:
            kept.append(place)
            series.append(number)
    return Bound(tuple(kept), np.array(series, np.int32))


def _columns(gathered: _Gathered) -> Columns:
    if not gathered.values:
        return NOTHING
    marks = np.array(gathered.marks, np.int16) if gathered.marks else np.zeros(len(gathered.values), np.int16)
    return Columns(
        np.concatenate(gathered.series),
        np.repeat(np.array(gathered.at, np.int64), gathered.rows),
        np.array(gathered.values, np.float64),
        marks,
    )
