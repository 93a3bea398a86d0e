"""SenML in JSON (RFC 8428): records with base values -> name, time, value."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from gezhi.exchange.mqtt.refusing import Refused, Why

ABSOLUTE: Final = float(1 << 28)  # seconds: smaller times are counted from now (RFC 8428, 4.5.3)
VERSION: Final = 10
_KNOWN: Final = frozenset("bn bt bu bv bs bver n u v vs vb vd s t ut".split())


@dataclass(slots=True)
class _Base:
    name: str = ""
    time: float = 0.0
    value: float = 0.0


def records(pack: Any, now: float) -> Iterator[tuple[str, float, float | None]]:
    """Name, seconds since 1970, value; the value is None where a record has none that is a number (text, data, a sum
    alone). `now`: seconds since 1970. Refused: what is no SenML, a version above ours, a field ending in _ that we do
    not know and therefore may not skip (4.4)."""
    if not isinstance(pack, list) or not pack:
        raise Refused(Why.SHAPE, "SenML is a list of records")
    base = _Base()
    for record in pack:
        if not isinstance(record, dict):
            raise Refused(Why.SHAPE, "a record is an object")
        _rebase(base, record)
        if told := _resolved(base, record, now):
            yield told


def _rebase(base: _Base, record: dict[str, Any]) -> None:
    if strange := [key for key in record if key[-1:] == "_" and key not in _KNOWN]:
        raise Refused(Why.SHAPE, strange[0])
    if _number(record, "bver", float(VERSION)) > VERSION:
        raise Refused(Why.SHAPE, f"bver {record['bver']}")
    base.name = _text(record, "bn", base.name)
    base.time = _number(record, "bt", base.time)
    base.value = _number(record, "bv", base.value)


def _resolved(base: _Base, record: dict[str, Any], now: float) -> tuple[str, float, float | None] | None:
    """None: a record that only sets base values."""
    if not record.keys() & {"v", "vs", "vb", "vd", "s"} and "bv" not in record:
        return None
    name = base.name + _text(record, "n", "")
    if not name:
        raise Refused(Why.SHAPE, "a record without a name")
    time = base.time + _number(record, "t", 0.0)
    return name, time if time >= ABSOLUTE else now + time, _value(base, record)


def _value(base: _Base, record: dict[str, Any]) -> float | None:
    if "vb" in record:
        return float(bool(record["vb"]))
    if "vs" in record or "vd" in record or ("s" in record and "v" not in record):
        return None
    return base.value + _number(record, "v", 0.0)


def _number(record: dict[str, Any], key: str, otherwise: float) -> float:
    said = record.get(key, otherwise)
    if isinstance(said, bool) or not isinstance(said, int | float):
        raise Refused(Why.NUMBER, f"{key}={said}")
    try:
        return float(said)
    except OverflowError:
        return math.inf


def _text(record: dict[str, Any], key: str, otherwise: str) -> str:
    said = record.get(key, otherwise)
    if not isinstance(said, str) or len(said) > 300:
        raise Refused(Why.SHAPE, f"{key}={said}")
    return said
