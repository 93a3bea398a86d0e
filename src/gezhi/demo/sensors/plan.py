"""Which devices an invented city has, where, and by which way each of them speaks. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Final

from gezhi.demo.reporting import Spot
from gezhi.lib.codes import TOWN, ancestor_at


class Way(StrEnum):
    HTTP = "http"  # data arrays of SensorThings
    MQTT = "mqtt"
    HJ212 = "hj212"


@dataclass(frozen=True, slots=True)
class Wish:
    """So many of a kind: in each of the first towns, or over the city."""

    kind: str
    zh: str
    way: Way
    each_town: int = 0
    city: int = 0


WISHES: Final = (
    Wish("rain-gauge", "雨量站", Way.HTTP, each_town=1),
    Wish("manhole-level", "窨井液位计", Way.HTTP, each_town=12),
    Wish("underpass-gauge", "下穿通道积水仪", Way.HTTP, each_town=2),
    Wish("drainage-pump", "排水泵站", Way.HTTP, each_town=1),
    Wish("cover-sensor", "井盖终端", Way.MQTT, each_town=4),
    Wish("home-smoke-alarm", "居家烟雾报警器", Way.MQTT, each_town=3),
    Wish("air-micro-station", "空气微站", Way.MQTT, city=8),
    Wish("air-station", "空气质量自动站", Way.HJ212, city=4),
    Wish("stack-monitor", "废气排口监测", Way.HJ212, city=2),
)
TOWNS: Final = 3
PREFIX: Final = "demo-"  # of the keys of invented things


@dataclass(frozen=True, slots=True)
class Device:
    """`key`: of the thing; MN of a station."""

    key: str
    kind: str
    name: str
    way: Way
    spot: Spot


def devices(spots: Sequence[Spot], rng: Random, kinds: frozenset[str]) -> Iterator[Device]:
    """`spots`: many, anywhere in the city. `kinds`: that the published packs know; the others are left out."""
    by_town: dict[str, list[Spot]] = {}
    for spot in spots:
        by_town.setdefault(ancestor_at(spot.grid, TOWN), []).append(spot)
    towns = sorted(by_town, key=lambda town: (-len(by_town[town]), town))[:TOWNS]
    for wish in WISHES:
        if wish.kind in kinds:
            places = [spot for town in towns for spot in _some(by_town[town], wish.each_town, rng)]
            places += _some(spots, wish.city, rng)
            for number, spot in enumerate(places, 1):
                yield _device(wish, number, spot)


def mn_of(key: str) -> str:
    """The MN of a station, which is not its name: 24 hexadecimal digits that begin as no real one does."""
    return f"DE{sum(byte << 8 * place for place, byte in enumerate(key.encode()[-11:])):022X}"


def _some(spots: Sequence[Spot], count: int, rng: Random) -> list[Spot]:
    return rng.sample(list(spots), min(count, len(spots)))


def _device(wish: Wish, number: int, spot: Spot) -> Device:
    home = wish.kind.startswith("home-")  # named by its grid and number, never by a door
    name = f"{wish.zh} {spot.grid[-3:]}-{number:03d}" if home else f"{spot.village}{wish.zh} {number:03d}"
    return Device(f"{PREFIX}{wish.kind}-{number:03d}", wish.kind, name, wish.way, spot)
