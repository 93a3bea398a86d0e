"""What a body says becomes a draft: every fault of it is named, nothing unknown passes. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

import orjson

from gezhi.cases.intake.shapes import Fault
from gezhi.exchange.sensorthings.entities import ENTITIES, Entity
from gezhi.exchange.sensorthings.expressions import BadQuery, instant_of, period_of
from gezhi.exchange.sensorthings.fields import FIELDS, Field, own_columns
from gezhi.exchange.sensorthings.geometry import box_of
from gezhi.sensing.drafts import Box, Draft, Linked, Observed, Ref

MOST_ENTITIES: Final = 1000  # written out in one body
DEEPEST: Final = 8
MOST_EXTRA: Final = 8192  # bytes that a reading may carry beside its number
MOST_TEXT: Final = 2000  # characters of a text that is a result: pictures and sounds are no readings
_GIVEN_BY_US: Final = ("phenomenonTime", "resultTime")  # of a datastream: computed, ignored when sent back
_EXTRA: Final = ("resultTime", "resultQuality", "validTime", "parameters")


class BadBody(Exception):
    """`faults`: each with where it is and what is possible."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.problem}" for fault in faults[:3]))
        self.faults = faults


def parsed_body(body: bytes) -> object:
    """Raises BadBody for what is no JSON in UTF-8."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise BadBody([Fault("", "", f"The body is no JSON in UTF-8: {error}"[:300])]) from error


def created(entity: Entity, body: object, now: datetime) -> Draft | Observed:
    """A new one of a list, with all that is written out inside. Raises BadBody."""
    reading = _Reading(now)
    found = reading.one(entity, body, "", 0, Whole.NEW)
    if reading.faults or found is None:
        raise BadBody(reading.faults)
    return found


def changed(
    entity: Entity, body: object, now: datetime, whole: bool
) -> tuple[Draft | Observed, frozenset[str]]:
    """What a PATCH (or, `whole`, a PUT) says; and of a reading what of it is said. Raises BadBody."""
    reading = _Reading(now)
    found = reading.one(entity, body, "", 0, Whole.PUT if whole else Whole.PATCH)
    if reading.faults or found is None:
        raise BadBody(reading.faults)
    return found, _named(body) if entity.is_reading else frozenset()


def _named(body: object) -> frozenset[str]:
    words = {"phenomenonTime": "at", "result": "value", "FeatureOfInterest": "feature"}
    said = body if isinstance(body, dict) else {}
    return frozenset(words.get(key, key) for key in map(str, said) if key in (*words, *_EXTRA))


class Whole:
    """How much of an entity a body has to say: everything that it needs, all but its links, or any part."""

    NEW: Final = "new"
    PUT: Final = "put"
    PATCH: Final = "patch"


@dataclass
class _Reading:
    now: datetime
    faults: list[Fault] = field(default_factory=list)
    count: int = 0

    def fault(self, where: str, value: object, problem: str) -> None:
        if len(self.faults) < 100:
            self.faults.append(
                Fault(where[:120], str(value)[:200] if value is not None else "", problem[:300])
            )

    def one(
        self, entity: Entity, body: object, where: str, depth: int, whole: str
    ) -> Draft | Observed | None:
        self.count += 1
        if depth > DEEPEST or self.count > MOST_ENTITIES:
            self.fault(
                where, None, f"At most {MOST_ENTITIES} entities, {DEEPEST} deep, are written out in a body."
            )
            return None
        if not isinstance(body, dict):
            self.fault(where, body, f"A {entity.name} is written as an object in braces.")
            return None
        if entity.is_reading:
            return self._observed(body, where, depth, whole)
        values = self._values(entity, body, where, whole)
        links = self._links(entity, body, where, depth, whole)
        box = self._box(entity, body, where)
        return Draft(entity.name, values, links, box)

    def _values(
        self, entity: Entity, body: Mapping[str, object], where: str, whole: str
    ) -> dict[str, object]:
        known = {one.name: one for one in FIELDS[entity.name]}
        values: dict[str, object] = {}
        for key in body:
            if (
                key not in known
                and key not in entity.linked
                and "@iot." not in key
                and key not in _GIVEN_BY_US
            ):
                has = ", ".join((*known, *entity.linked))
                self.fault(_at(where, key), None, f"is unknown; a {entity.name} has {has}.")
        for one in known.values():
            if one.name in body and (body[one.name] is not None or not one.required):
                self._value(one, body[one.name], where, values)
            elif (one.required and whole != Whole.PATCH) or one.name in body:
                self.fault(_at(where, one.name), None, f"is missing; a {entity.name} needs it.")
            elif whole == Whole.PUT:
                values[one.column] = one.empty
        if "properties" in values:
            self._own(entity, values, where)
        return values

    def _value(self, one: Field, value: object, where: str, values: dict[str, object]) -> None:
        try:
            values[one.column] = one.empty if value is None else one.check(value)
        except BadQuery as error:
            self.fault(_at(where, one.name), value, f"{error}.")

    def _own(self, entity: Entity, values: dict[str, object], where: str) -> None:
        """Columns of ours that `properties` may name."""
        try:
            values.update(own_columns(entity.name, values["properties"]))
        except BadQuery as error:
            self.fault(_at(where, "properties"), None, f"{error}.")

    def _box(self, entity: Entity, body: Mapping[str, object], where: str) -> Box | None:
        try:
            return box_of(body.get(entity.shape)) if entity.shape else None
        except BadQuery as error:
            self.fault(_at(where, entity.shape), None, f"{error}.")
            return None

    def _links(
        self, entity: Entity, body: Mapping[str, object], where: str, depth: int, whole: str
    ) -> dict[str, tuple[Linked, ...]]:
        found: dict[str, tuple[Linked, ...]] = {}
        for name, link in entity.linked.items():
            if name not in body or whole == Whole.PUT:
                continue
            given = body[name]
            if bool(link.one) == isinstance(given, list):
                self.fault(_at(where, name), None, "is one, not a list." if link.one else "is a list.")
                continue
            parts = given if isinstance(given, list) else [given]
            target = ENTITIES[link.target]
            read = [
                self.linked(target, part, f"{_at(where, name)}{'' if link.one else f'[{at}]'}", depth, whole)
                for at, part in enumerate(parts)
            ]
            found[name] = tuple(one for one in read if one is not None)
        return found

    def linked(self, target: Entity, part: object, where: str, depth: int, whole: str) -> Linked | None:
        """Of one that is there, by its id, or one that is written out."""
        if isinstance(part, dict) and "@iot.id" in part:
            return self._ref(part["@iot.id"], where)
        if whole == Whole.PATCH:
            self.fault(
                where, None, "cannot be written out in a PATCH; name one that is there by its @iot.id."
            )
            return None
        return self.one(target, part, where, depth + 1, Whole.NEW)

    def _ref(self, number: object, where: str) -> Ref | None:
        if isinstance(number, bool) or not isinstance(number, int) or not 0 < number < 2**63:
            self.fault(_at(where, "@iot.id"), number, "An id is a whole number from 1.")
            return None
        return Ref(number)

    def _observed(self, body: Mapping[str, object], where: str, depth: int, whole: str) -> Observed:
        known = ("phenomenonTime", "result", *_EXTRA, "Datastream", "FeatureOfInterest")
        for key in body:
            if key not in known and "@iot." not in key:
                self.fault(_at(where, key), None, f"is unknown; an Observation has {', '.join(known)}.")
        at, extra = round(self.now.timestamp() * 1000), dict[str, object]()
        if body.get("phenomenonTime") is not None:
            at, end = self._period(body["phenomenonTime"], _at(where, "phenomenonTime"))
            extra |= {"end": end} if end != at else {}
        value = 0.0
        if "result" in body:
            value, kept = self._result(body["result"], _at(where, "result"))
            extra |= kept
        elif whole != Whole.PATCH:
            self.fault(_at(where, "result"), None, "is missing; an Observation needs it.")
        extra |= self._extra(body, where)
        links = [self._link(body, name, where, depth, whole) for name in ("Datastream", "FeatureOfInterest")]
        stream, feature = (one if isinstance(one, Ref | Draft) else None for one in links)
        return Observed(at, value, extra, stream, feature)

    def _link(
        self, body: Mapping[str, object], name: str, where: str, depth: int, whole: str
    ) -> Linked | None:
        if body.get(name) is None:
            return None
        return self.linked(ENTITIES[name], body[name], _at(where, name), depth, whole)

    def _period(self, value: object, where: str) -> tuple[int, int]:
        try:
            text = value if isinstance(value, str) else ""
            start, end = period_of(text) if "/" in text else (instant_of(text),) * 2
            return _ms(start), _ms(end)
        except BadQuery as error:
            self.fault(where, value, str(error))
            return 0, 0

    def _result(self, value: object, where: str) -> tuple[float, dict[str, object]]:
        try:
            return number_of(value)
        except BadQuery as error:
            self.fault(where, value, f"{error}.")
            return 0.0, {}

    def _extra(self, body: Mapping[str, object], where: str) -> dict[str, object]:
        found: dict[str, object] = {}
        if body.get("resultTime") is not None:
            found["resultTime"] = self._period(body["resultTime"], _at(where, "resultTime"))[0]
        if body.get("validTime") is not None:
            found["validFrom"], found["validTo"] = self._period(body["validTime"], _at(where, "validTime"))
        for name in ("resultQuality", "parameters"):
            if body.get(name) is not None:
                found[name] = body[name]
        if has_long_text(found) or len(orjson.dumps(found)) > MOST_EXTRA:
            self.fault(
                where or "parameters",
                None,
                f"at most {MOST_EXTRA} bytes and texts of {MOST_TEXT} characters.",
            )
        return found


def _at(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _ms(at: datetime) -> int:
    return round((at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1000)


def number_of(value: object) -> tuple[float, dict[str, object]]:
    """The number that a result is, and what is kept of one that is none: of true and false 1 and 0 stand for it, of
    anything else 0. Raises BadQuery."""
    if isinstance(value, bool):
        return float(value), {"result": value}
    if isinstance(value, int | float):
        if abs(value) > 1.7e308:
            raise BadQuery("is too large for a number")
        return float(value), {}
    if value is None:
        raise BadQuery("is null; an observation without a result is none")
    if has_long_text(value) or len(orjson.dumps(value)) > MOST_EXTRA:
        raise BadQuery(f"is longer than {MOST_TEXT} characters; pictures, sounds and files are no readings")
    return 0.0, {"result": value}


def has_long_text(value: object) -> bool:
    """Whether a text in it is too long to be said by a sensor."""
    if isinstance(value, str):
        return len(value) > MOST_TEXT or value.startswith("data:")
    if isinstance(value, dict):
        return any(map(has_long_text, value.values()))
    return isinstance(value, list) and any(map(has_long_text, value))
