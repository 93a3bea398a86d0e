"""The units that datastreams measure in: a closed list, with what each is in the unit that it can be turned into. Pure.

Names are ours for people; `ucum` is the case-sensitive code of the Unified Code for Units of Measure, which other
systems read. Units of one `of` can be turned into each other; a value of another is never a value of this one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from gezhi.lib.choices import one_of
from gezhi.packs.shapes.base import Words


@dataclass(frozen=True, slots=True)
class Unit:
    """`factor`: how many of the unit `of` one of this unit is."""

    name: Words
    symbol: str
    ucum: str
    of: str
    factor: float = 1.0


class NoSuchTurn(ValueError):
    """A value in one unit that cannot be told in the other."""

    def __init__(self, given: str, wanted: str) -> None:
        fitting = [key for key, unit in UNITS.items() if wanted in UNITS and unit.of == UNITS[wanted].of]
        super().__init__(f"'{given}' cannot be turned into '{wanted}'. Allowed: {one_of(given, fitting)}")


def _unit(zh: str, en: str, symbol: str, ucum: str, of: str, factor: float = 1.0) -> Unit:
    return Unit(Words(zh=zh, en=en), symbol, ucum, of, factor)


UNITS: Final[Mapping[str, Unit]] = {
    "1": _unit("无量纲", "none", "", "1", "1"),
    "%": _unit("百分比", "percent", "%", "%", "1", 0.01),
    "m": _unit("米", "metre", "m", "m", "m"),
    "cm": _unit("厘米", "centimetre", "cm", "cm", "m", 0.01),
    "mm": _unit("毫米", "millimetre", "mm", "mm", "m", 0.001),
    "m3/h": _unit("立方米每小时", "cubic metre per hour", "m³/h", "m3/h", "m3/h"),
    "m/s": _unit("米每秒", "metre per second", "m/s", "m/s", "m/s"),
    "deg": _unit("度", "degree", "°", "deg", "deg"),
    "Cel": _unit("摄氏度", "degree Celsius", "°C", "Cel", "Cel"),
    "kPa": _unit("千帕", "kilopascal", "kPa", "kPa", "kPa"),
    "MPa": _unit("兆帕", "megapascal", "MPa", "MPa", "kPa", 1000.0),
    "A": _unit("安", "ampere", "A", "A", "A"),
    "mA": _unit("毫安", "milliampere", "mA", "mA", "A", 0.001),
    "V": _unit("伏", "volt", "V", "V", "V"),
    "mg/m3": _unit("毫克每立方米", "milligram per cubic metre", "mg/m³", "mg/m3", "ug/m3", 1000.0),
    "ug/m3": _unit("微克每立方米", "microgram per cubic metre", "µg/m³", "ug/m3", "ug/m3"),
    "mg/L": _unit("毫克每升", "milligram per litre", "mg/L", "mg/L", "mg/L"),
    "ug/L": _unit("微克每升", "microgram per litre", "µg/L", "ug/L", "mg/L", 0.001),
    "mg/kg": _unit("毫克每千克", "milligram per kilogram", "mg/kg", "mg/kg", "mg/kg"),
    "mS/m": _unit("毫西每米", "millisiemens per metre", "mS/m", "mS/m", "mS/m"),
    "uS/cm": _unit("微西每厘米", "microsiemens per centimetre", "µS/cm", "uS/cm", "mS/m", 0.1),
    "NTU": _unit("散射浊度单位", "nephelometric turbidity unit", "NTU", "{NTU}", "NTU"),
    "dB(A)": _unit("A计权分贝", "decibel, A-weighted", "dB(A)", "dB{A}", "dB(A)"),
    "%LEL": _unit("爆炸下限百分比", "percent of the lower explosive limit", "%LEL", "%{LEL}", "%LEL"),
    "%vol": _unit("体积百分比", "percent by volume", "%vol", "%{vol}", "%vol"),
}


_BY_SYMBOL: Final = {text: key for key, unit in UNITS.items() for text in (key, unit.symbol, unit.ucum)}


def unit_of(symbol: str, definition: str) -> str:
    """The key of the unit that others call so: by its symbol, or by a UCUM code as or at the end of its definition;
    "" for one that is not listed."""
    code = (
        definition.rpartition("#")[2].rpartition(":")[2]
        if "://" in definition
        else definition.rpartition(":")[2]
    )
    return _BY_SYMBOL.get(symbol) or _BY_SYMBOL.get(code, "")


def turned(given: str, wanted: str) -> float:
    """What a value in `given` is multiplied by to be in `wanted`. Raises NoSuchTurn."""
    one, other = UNITS.get(given), UNITS.get(wanted)
    if one is None or other is None or one.of != other.of:
        raise NoSuchTurn(given, wanted)
    return one.factor / other.factor
