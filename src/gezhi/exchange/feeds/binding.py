"""Names that devices use -> series, and what their values are multiplied by. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from gezhi.exchange.feeds.shapes import Station
from gezhi.exchange.hj212.devices import Device, key_of
from gezhi.exchange.hj212.factors import every, factor_of
from gezhi.packs.shapes import DatastreamKind, ThingKind, seconds_of
from gezhi.packs.units import NoSuchTurn, turned, unit_of
from gezhi.sensing.streams import Stream

HOUR: Final = 3600
DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Factor:
    """A factor of a station, bound. `names`: how its values are named, by every code that it has had. `times`: what a
    value is multiplied by."""

    code: str
    names: tuple[str, ...]
    series: int
    sent_in: str
    unit: str
    times: float


@dataclass(frozen=True, slots=True)
class Bound:
    """`problems`: what could not be bound, in sentences."""

    factors: tuple[Factor, ...] = ()
    problems: tuple[str, ...] = ()

    @property
    def series(self) -> dict[str, int]:
        return {name: one.series for one in self.factors for name in one.names}

    @property
    def times(self) -> dict[int, float]:
        return {one.series: one.times for one in self.factors if one.times != 1.0}


def bound_station(station: Station, streams: Iterable[Stream], kinds: Mapping[str, ThingKind]) -> Bound:
    """The datastreams of its thing that have a factor's code. `kinds`: of the packs."""
    factors: dict[str, Factor] = {}
    problems: list[str] = []
    for one in streams:
        kind = _kind_of(one, kinds)
        code = one.code or (kind.code if kind else "")
        if not code:
            continue
        if code in factors:
            problems.append(f"{code}: two datastreams of the thing have this code; the first is taken")
            continue
        try:
            factors[code] = _bound(station, one, code, kind)
        except NoSuchTurn as error:
            problems.append(f"{code}: {error}")
    if unknown := sorted((station.takes.keys() | station.sent_in.keys()) - factors.keys()):
        problems.append(f"{unknown[0]}: no datastream of the thing has this code")
    return Bound(tuple(factors.values()), tuple(problems))


def device_of(
    mn: str, station: Station, bound: Bound, password: str = "", key: bytes | None = None
) -> Device:
    """Raises ValueError for a key of another length than SM4 has."""
    return Device(
        mn=mn, series=bound.series, password=password, stations=frozenset(station.stations), own=station.own, key=key,
        modbus=station.modbus, lower=station.lower, alone=station.alone,
    )  # fmt: skip


def names_of(streams: Iterable[Stream], prefix: str = "") -> dict[str, int]:
    """KEY/NAME -> series, of things whose keys begin so; NAME is the datastream's key, or the word of packs for what it
    measures where no other datastream of the thing is called so. And each series by its number, as SensorThings names
    it."""
    chosen = [one for one in streams if one.thing_key.startswith(prefix)]
    found = {f"{one.thing_key}/{one.of}": one.id for one in reversed(chosen) if one.of}
    found |= {f"{one.thing_key}/{one.key}": one.id for one in chosen if one.key}
    return found | {str(one.id): one.id for one in chosen}


def _kind_of(stream: Stream, kinds: Mapping[str, ThingKind]) -> DatastreamKind | None:
    kind = kinds.get(stream.kind)
    return kind.datastream(stream.of) if kind else None


def _bound(station: Station, stream: Stream, code: str, kind: DatastreamKind | None) -> Factor:
    cn, what = _value(station, code, stream.every or (seconds_of(kind.every) if kind else 0))
    sent_in = station.sent_in.get(code) or _sent_in(station, code, kind)
    times = turned(sent_in, stream.unit) if sent_in and stream.unit else 1.0
    names = tuple(key_of(one, what, cn) for one in _codes(code))
    return Factor(code, names, stream.id, sent_in, stream.unit, times)


def _value(station: Station, code: str, every: int) -> tuple[str, str]:
    """Command and field."""
    if code in station.takes:
        cn, _, what = station.takes[code].partition(":")
        return cn, what
    if every >= DAY:
        return "2031", "Avg"
    return ("2061", "Avg") if every >= HOUR else ("2011", "Rtd")


def _sent_in(station: Station, code: str, kind: DatastreamKind | None) -> str:
    """The unit that stations of this kind send, as packs say, or else the table of factors; "" for one not listed."""
    if kind and kind.code == code:
        return kind.sent_in or kind.unit
    factor = factor_of(station.stations[0] if station.stations else "", code)
    return unit_of(_plain(factor.unit), "") if factor and factor.unit else ""


def _plain(symbol: str) -> str:
    """The Greek letter, which the table has, as the micro sign, which units have."""
    return symbol.replace("\u03bc", "\u00b5")


def _codes(code: str) -> Sequence[str]:
    """With those of 2005, which old stations still send."""
    return tuple(dict.fromkeys((code, *(one.old for one in every() if one.code == code and one.old))))
