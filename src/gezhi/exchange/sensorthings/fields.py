"""Which members each entity's body has, and what they may be. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import orjson

from gezhi.exchange.sensorthings.expressions import BadQuery, instant_of

MOST_JSON: Final = 65_536  # bytes of one member
Check = Callable[[object], object]
_WORD: Final = re.compile(r"[\w.:\-/]{1,80}")
_PART: Final = re.compile(r"\d{17}")


@dataclass(frozen=True, slots=True)
class Field:
    """`column`: of our table; `empty`: what stands there when a PUT leaves it out."""

    name: str
    column: str
    check: Check
    required: bool = True
    empty: object = None


def _text(most: int) -> Check:
    def check(value: object) -> object:
        if not isinstance(value, str) or len(value) > most or "\0" in value:
            raise BadQuery(f"must be a text of at most {most} characters")
        return value

    return check


def _json(value: object) -> object:
    text = orjson.dumps(value)
    if len(text) > MOST_JSON or b"\\u0000" in text:
        raise BadQuery(f"must be JSON of at most {MOST_JSON} bytes without U+0000")
    return value


def _object(value: object) -> object:
    if not isinstance(value, dict):
        raise BadQuery("must be an object in braces")
    return _json(value)


def _unit(value: object) -> object:
    found = _object(value)
    assert isinstance(found, dict)
    if set(found) - {"name", "symbol", "definition"} or not all(
        one is None or isinstance(one, str) for one in found.values()
    ):
        raise BadQuery("must be an object of the texts name, symbol and definition")
    return {name: found.get(name) for name in ("name", "symbol", "definition")}


def _instant(value: object) -> object:
    return instant_of(value if isinstance(value, str) else "")


_NAME: Final = Field("name", "name", _text(255))
_DESCRIPTION: Final = Field("description", "description", _text(4000))
_PROPERTIES: Final = Field("properties", "properties", _object, required=False)
_ENCODING: Final = Field("encodingType", "encoding_type", _text(120))
FIELDS: Final[Mapping[str, tuple[Field, ...]]] = {
    "Thing": (_NAME, _DESCRIPTION, _PROPERTIES),
    "Location": (_NAME, _DESCRIPTION, _ENCODING, Field("location", "location", _json), _PROPERTIES),
    "HistoricalLocation": (Field("time", "time", _instant),),
    "Sensor": (_NAME, _DESCRIPTION, _ENCODING, Field("metadata", "metadata", _json), _PROPERTIES),
    "ObservedProperty": (_NAME, Field("definition", "definition", _text(500)), _DESCRIPTION, _PROPERTIES),
    "Datastream": (
        _NAME, _DESCRIPTION, Field("observationType", "observation_type", _text(120)),
        Field("unitOfMeasurement", "unit", _unit), Field("observedArea", "observed_area", _object, required=False),
        _PROPERTIES,
    ),
    "FeatureOfInterest": (_NAME, _DESCRIPTION, _ENCODING, Field("feature", "feature", _json), _PROPERTIES),
}  # fmt: skip


def _word(most: int) -> Check:
    def check(value: object) -> object:
        if not isinstance(value, str) or len(value) > most or not _WORD.fullmatch(value):
            raise BadQuery(f"must be a word of at most {most} letters, digits and . : - /")
        return value

    return check


def _part_code(value: object) -> object:
    if not isinstance(value, str) or not _PART.fullmatch(value):
        raise BadQuery("must be the 17 digits of a part")
    return value


def _number(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > 1e300:
        raise BadQuery("must be a number")
    return float(value)


def _seconds(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < 2**31:
        raise BadQuery("must be a whole number from 1")
    return value


# What `properties` may say in our own words: name -> column and check.
_OWN: Final[Mapping[str, Mapping[str, Check]]] = {
    "Thing": {"key": _word(80), "kind": _word(40), "part_code": _part_code},
    "ObservedProperty": {"code": _word(40)},
    "Datastream": {
        "key": _word(80), "code": _word(20), "low": _number, "high": _number, "max_step": _number,
        "every_s": _seconds, "silent_after_s": _seconds, "keep_days": _seconds,
    },
}  # fmt: skip


def own_columns(entity: str, properties: object) -> dict[str, object]:
    """Raises BadQuery: which of our words is said wrongly."""
    known, found = _OWN.get(entity, {}), dict[str, object]()
    for name, check in known.items():
        if isinstance(properties, dict) and properties.get(name) is not None:
            try:
                found[name] = check(properties[name])
            except BadQuery as error:
                raise BadQuery(f"{name} {error}") from error
    low, high = found.get("low"), found.get("high")
    if isinstance(low, float) and isinstance(high, float) and low > high:
        raise BadQuery("low is above high")
    return found
