"""The data area of a frame of readings -> time, numbers, marks (HJ 212-2017, 6.3.4; 2025 alike).

A device says the same names in the same order in every frame. So what the names mean is worked out once (Shape) and
kept; after that a frame costs a split, a look-up by its names, and checks over all its numbers at once.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import gt, itemgetter, lt
from typing import Final, NamedTuple

from gezhi.exchange.hj212 import commands
from gezhi.exchange.hj212.clock import instant
from gezhi.exchange.hj212.factors import factor_of
from gezhi.exchange.hj212.refusing import Refused, Why
from gezhi.sensing.columns import Mark

MARKS: Final[dict[int, Mark]] = {
    ord("N"): Mark.GOOD,
    ord("F"): Mark.STOPPED,
    ord("M"): Mark.MAINTAINED,
    ord("S"): Mark.MANUAL,
    ord("D"): Mark.FAULTY,
    ord("C"): Mark.CALIBRATING,
    ord("T"): Mark.OVER_RANGE,
    ord("B"): Mark.CUT_OFF,
}
_LETTERS: Final = bytes(MARKS)
_VALID: Final = {Mark.GOOD, Mark.MANUAL}  # a value so marked must be possible
_TO_EQUALS: Final = bytes.maketrans(b",;", b"==")
_NO_SEPARATOR: Final = bytes(byte for byte in range(256) if byte not in b"=,;")
_NUMBER: Final = rb"-?[0-9]+(?:\.[0-9]+)?"
_KINDS: Final = {"time": rb"([0-9]{14,17})", "number": b"(" + _NUMBER + b")", "flag": rb"([NFMSDCTB])"}
_NUMBERS: Final = re.compile(_NUMBER + rb"(?:," + _NUMBER + rb")*")
_TOTAL: Final = (0.0, 1e10)
_CONVERTED: Final = 50.0  # how much larger than measured a converted value may be
_SLACK: Final = 0.02  # of rounding, between an average and the extremes
_KEPT: Final = 4096  # shapes

Own = Mapping[str, tuple[float, float]]
Pick = Callable[[Sequence[bytes]], tuple[bytes, ...]]


@dataclass(frozen=True, eq=False, slots=True)
class Shape:
    """What the names of a frame say. `separators`: as they may stand between its parts. `names`: of its numbers,
    CODE-FIELD. `flag_of`: for each number the place of its mark among the marks, -1 without one. `ordered`: places of
    minimum, average, maximum."""

    separators: frozenset[bytes]
    time: int
    names: tuple[str, ...]
    numbers: Pick
    low: tuple[float, ...]
    high: tuple[float, ...]
    flags: Pick
    good: bytes
    flag_of: tuple[int, ...]
    others: tuple[tuple[int, bytes], ...]
    ordered: tuple[tuple[int, int, int], ...]


class Numbers(NamedTuple):
    """`at`: ms since 1970. `marks` None: all are good."""

    shape: Shape
    at: int
    values: tuple[float, ...]
    marks: tuple[Mark, ...] | None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A shape with its separators as one expression, whose groups are the values of its names: reads three times as
    fast as taking a frame to pieces."""

    shape: Shape
    whole: re.Pattern[bytes]


Hints = dict[tuple[bytes, bytes], Pattern]


class Reader:
    """Reads data areas and remembers shapes, at most so many. Not for several threads at once."""

    def __init__(self) -> None:
        self._shapes: dict[tuple[object, ...], Shape] = {}
        self._patterns: dict[tuple[Shape, bytes], Pattern] = {}

    def read(
        self, content: bytes, cn: bytes, st: bytes, own: Own | None = None, hints: Hints | None = None
    ) -> Numbers:
        """`own`: codes of the device's maker. `hints`: kept by the caller for each device: how its last one looked."""
        hint = (cn, st)
        if hints is not None and (pattern := hints.get(hint)) and (found := pattern.whole.fullmatch(content)):
            said = found.groups()
            shape = pattern.shape
            return _numbers(shape, said[shape.time], shape.numbers(said), b"".join(shape.flags(said)))
        if content[-1:] == b";":
            content = content[:-1]
        parts = content.translate(_TO_EQUALS).split(b"=")
        separators = content.translate(None, _NO_SEPARATOR)
        shape = self._shape(tuple(parts[::2]), cn, st, own or {})
        if separators not in shape.separators:
            raise Refused(Why.CONTENT, content)
        said = tuple(parts[1::2])
        for place, name in shape.others:
            _check_other(name, said[place])
        texts = shape.numbers(said)
        if not _NUMBERS.fullmatch(b",".join(texts)):
            raise Refused(Why.NUMBER, next((text for text in texts if not _NUMBERS.fullmatch(text)), b""))
        numbers = _numbers(shape, said[shape.time], texts, b"".join(shape.flags(said)))
        if hints is not None and not shape.others:
            hints[hint] = self._pattern(shape, tuple(parts[::2]), separators)
        return numbers

    def _shape(self, names: tuple[bytes, ...], cn: bytes, st: bytes, own: Own) -> Shape:
        key = (names, cn, st, tuple(own.items()))
        shape = self._shapes.get(key)
        if shape is None:
            shape = shape_of(names, cn, st, own)
            if len(self._shapes) >= _KEPT:
                self._shapes.clear()
            self._shapes[key] = shape
        return shape

    def _pattern(self, shape: Shape, names: tuple[bytes, ...], separators: bytes) -> "Pattern":
        """Shared by all devices that say the same; made once, since making it costs as much as reading 500 frames."""
        pattern = self._patterns.get((shape, separators))
        if pattern is None:
            if len(self._patterns) >= _KEPT:
                self._patterns.clear()
            pattern = self._patterns[shape, separators] = pattern_of(shape, names, separators)
        return pattern


def _numbers(shape: Shape, time: bytes, texts: tuple[bytes, ...], flags: bytes) -> Numbers:
    at = instant(time)
    if at is None:
        raise Refused(Why.TIME, time)
    values = tuple(map(float, texts))
    marks = _marks(shape, flags)
    if any(map(lt, values, shape.low)) or any(map(gt, values, shape.high)):
        _check_range(shape, values, marks)
    for low, middle, high in shape.ordered:
        _check_order(shape, values, marks, (low, middle, high))
    return Numbers(shape, at, values, marks)


def _marks(shape: Shape, flags: bytes) -> tuple[Mark, ...] | None:
    if flags == shape.good:
        return None
    if len(flags) != len(shape.good) or flags.translate(None, _LETTERS):
        raise Refused(Why.MARK, flags)
    return tuple(Mark.GOOD if place < 0 else MARKS[flags[place]] for place in shape.flag_of)


def _check_range(shape: Shape, values: Sequence[float], marks: Sequence[Mark] | None) -> None:
    """A number that its device calls broken may be anything."""
    for place, value in enumerate(values):
        believed = marks is None or marks[place] in _VALID
        if believed and not shape.low[place] <= value <= shape.high[place]:
            raise Refused(Why.RANGE, f"{shape.names[place]}={value:g}")


def _check_order(
    shape: Shape, values: Sequence[float], marks: Sequence[Mark] | None, places: tuple[int, int, int]
) -> None:
    if marks is not None and any(marks[place] not in _VALID for place in places):
        return
    low, middle, high = (values[place] for place in places)
    slack = _SLACK * max(abs(low), abs(high)) + _SLACK
    if not low - slack <= middle <= high + slack:
        raise Refused(Why.ORDER, f"{shape.names[places[1]]}={middle:g}")


def _check_other(name: bytes, text: bytes) -> None:
    if name in commands.TIMES:
        if instant(text) is None:
            raise Refused(Why.TIME, text)
    elif not commands.OTHERS[name].fullmatch(text):
        raise Refused(Why.CONTENT, name + b"=" + text)


# Working out what names mean


@dataclass(slots=True)
class _Making:
    names: list[str] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    low: list[float] = field(default_factory=list)
    high: list[float] = field(default_factory=list)
    flags: dict[bytes, int] = field(default_factory=dict)  # code -> place in the frame
    others: list[tuple[int, bytes]] = field(default_factory=list)
    codes: list[bytes] = field(default_factory=list)
    time: int = -1


def shape_of(names: tuple[bytes, ...], cn: bytes, st: bytes, own: Own) -> Shape:
    """Refused: a name that is twice there or in no table, no time, no number."""
    if len(set(names)) != len(names):
        raise Refused(Why.CONTENT, b"a name stands twice")
    making = _Making()
    for place, name in enumerate(names):
        _add(making, place, name, st.decode(), own)
    if making.time < 0:
        raise Refused(Why.TIME, b"DataTime")
    if not making.numbers:
        raise Refused(Why.CONTENT, b"no number")
    codes = list(making.flags)
    return Shape(
        _separators(names),
        making.time,
        tuple(making.names),
        _pick(making.numbers),
        tuple(making.low),
        tuple(making.high),
        _pick(list(making.flags.values())),
        b"N" * len(codes),
        tuple(codes.index(code) if code in making.flags else -1 for code in making.codes),
        tuple(making.others),
        _ordered(making.names) if cn in commands.STATISTICS else (),
    )


def pattern_of(shape: Shape, names: tuple[bytes, ...], separators: bytes) -> Pattern:
    """Takes only what the shape's own checks would take."""
    between = [bytes((byte,)) for byte in separators.replace(b"=", b"")] + [b""]
    written = []
    for place, (name, end) in enumerate(zip(names, between, strict=True)):
        flag = name.endswith(b"-" + commands.FLAG)
        kind = "time" if place == shape.time else "flag" if flag else "number"
        written.append(re.escape(name) + b"=" + _KINDS[kind] + end)
    return Pattern(shape, re.compile(b"".join(written)))


def _add(making: _Making, place: int, name: bytes, station: str, own: Own) -> None:
    code, dash, what = name.partition(b"-")
    if not dash:
        if name == b"DataTime":
            making.time = place
        elif name in commands.TIMES or name in commands.OTHERS:
            making.others.append((place, name))
        else:
            raise Refused(Why.FIELD, name)
        return
    low, high = _range(code, station, own)
    if what == commands.FLAG:
        making.flags[code] = place
    elif what in commands.TIMES or what in commands.OTHERS:
        making.others.append((place, what))
    else:
        low, high = _range_of_field(what, low, high)
        making.names.append(name.decode())
        making.codes.append(code)
        making.numbers.append(place)
        making.low.append(low)
        making.high.append(high)


def _range(code: bytes, station: str, own: Own) -> tuple[float, float]:
    if not commands.CODE.fullmatch(code):
        raise Refused(Why.FACTOR, code)
    named = code.decode()
    if named in own:
        return own[named]
    factor = factor_of(station, named)
    if factor is None:
        raise Refused(Why.FACTOR, code)
    return factor.low, factor.high


def _range_of_field(what: bytes, low: float, high: float) -> tuple[float, float]:
    if what in commands.MEASURED or what in commands.LIMITS:
        return low, high
    if what in commands.CONVERTED:
        return min(low, low * _CONVERTED), high * _CONVERTED
    if what in commands.TOTALS:
        return _TOTAL
    raise Refused(Why.FIELD, what)


def _separators(names: tuple[bytes, ...]) -> frozenset[bytes]:
    """As the standard has them, a comma inside a factor and a semicolon between; or, as some devices do, one of them
    everywhere."""
    codes = [name.partition(b"-")[0] for name in names]
    standard = b"".join(b"=," if one == next_one else b"=;" for one, next_one in pairwise(codes)) + b"="
    more = len(names) - 1
    return frozenset((standard, b"=," * more + b"=", b"=;" * more + b"="))


def _ordered(names: Sequence[str]) -> tuple[tuple[int, int, int], ...]:
    """Of each code that has all three, as measured and as converted."""
    places = {name: place for place, name in enumerate(names)}
    found = []
    for name, place in places.items():
        head, _, what = name.partition("-")
        if what in ("Avg", "ZsAvg"):
            ends = (places.get(f"{head}-{what[:-3]}{end}", -1) for end in ("Min", "Max"))
            low, high = ends
            if low >= 0 and high >= 0:
                found.append((low, place, high))
    return tuple(found)


def _pick(places: list[int]) -> Pick:
    if not places:
        return lambda said: ()
    if len(places) == 1:
        only = places[0]
        return lambda said: (said[only],)
    return itemgetter(*places)
