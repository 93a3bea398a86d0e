"""Messages of a subscription -> readings, by its mapping."""

import json
import math
import re
from collections.abc import Callable
from collections.abc import Mapping as Table
from datetime import datetime
from typing import Any, Final

import orjson

from gezhi.exchange.hj212.devices import Devices
from gezhi.exchange.hj212.reading import Frames
from gezhi.exchange.hj212.refusing import Refused as FrameRefused
from gezhi.exchange.mqtt.mapping import Clock, Mapping, finder, found
from gezhi.exchange.mqtt.packets import Message
from gezhi.exchange.mqtt.refusing import Refused, Why
from gezhi.exchange.mqtt.rows import FARTHEST, Rows, instant_in, number_in
from gezhi.exchange.mqtt.senml import records
from gezhi.sensing.columns import Mark

LONGEST: Final = 256 * 1024  # bytes of a payload
MOST: Final = 10_000  # readings of a payload
_LONG: Final = 2_000  # a payload longer than this is looked through: a word longer than this is a picture
_SPACED: Final = bytes(byte if chr(byte).isalnum() or byte in b"+/=_-\\" else 0x20 for byte in range(256))
_FIELD: Final = re.compile(r"\{([^{}]+)\}")
_STREAM: Final = re.compile(r"(?:^|/)Datastreams\((\d{1,7})\)/Observations$")

_JSON: Final = json.JSONDecoder()
_REMEMBERED: Final = 50_000  # topics

Series = Table[str, int]
Goals = list[tuple[int | None, str, Callable[[Any], Any]]]
Read = Callable[[Rows, Message, datetime], None]


class Payloads:
    """Reads what comes for one mapping. `series`: by KEY/NAME; for sensorthings the ids that this broker may write,
    named by themselves; may be replaced as a whole at any time. Not for several threads at once."""

    def __init__(self, mapping: Mapping, series: Series, devices: Devices | None = None) -> None:
        self.series, self.devices = series, devices or {}
        self._frames = Frames()
        self._clock: Clock = mapping.clock
        self._values = [(name, finder(path)) for name, path in mapping.values.items()]
        self._list = finder(mapping.rows)
        self._time = finder(mapping.time) if mapping.time else None
        self._mark = finder(mapping.marks["at"]) if mapping.marks else None
        self._marks = mapping.mark_of
        self._key = mapping.key
        self._fields = [(name, finder(name)) for name in _FIELD.findall(mapping.key)]
        self._by_topic = all(name.isdigit() for name, _ in self._fields)
        plain = mapping.form == "json" and not mapping.rows and not mapping.marks and self._by_topic
        self._plain_time = mapping.time if plain and mapping.time and "." not in mapping.time else None
        self._goals: dict[bytes, Goals] = {}
        self._goals_of: Series = series
        forms: dict[str, Read] = {
            "json": self._json, "senml": self._senml, "sensorthings": self._sensorthings, "hj212": self._hj212,
        }  # fmt: skip
        self._read = forms[mapping.form]

    def read(self, rows: Rows, message: Message, now: datetime) -> None:
        """Adds its readings. Refused: none of them was added."""
        if self._plain_time is not None and self._plain(rows, message):
            return
        before, frames = len(rows.series), len(rows.frames)
        try:
            if len(message.payload) > LONGEST:
                raise Refused(Why.TOO_LONG, f"{len(message.payload)} bytes")
            self._read(rows, message, now)
            if len(rows.series) - before > MOST:
                raise Refused(Why.ROWS, len(rows.series) - before)
        except Refused:
            rows.cut_back(before)
            del rows.frames[frames:]
            raise

    def _plain(self, rows: Rows, message: Message) -> bool:
        """What nearly every message is, in a fifth of the time: an object with its time in whole ms and numbers, of a
        topic that was read before. False: it is another and is still to be read; nothing was added."""
        topic, payload, _ = message
        goals = self._goals.get(topic)
        if goals is None or self._goals_of is not self.series or len(payload) > _LONG or self._clock != "ms":
            return False
        try:
            said = orjson.loads(payload)
        except orjson.JSONDecodeError:
            return False
        at = said.get(self._plain_time) if type(said) is dict else None
        if type(at) is not int or not -FARTHEST < at < FARTHEST:
            return False
        before = len(rows.series)
        for series, _name, find in goals:
            value = find(said)
            if series is None or (type(value) is not float and type(value) is not int):
                rows.cut_back(before)
                return False
            rows.add(series, at, value, 0)
        return True

    def _json(self, rows: Rows, message: Message, now: datetime) -> None:
        said = self._list(parsed(message.payload))
        received = int(now.timestamp() * 1000)
        many = said if isinstance(said, list) else [said]
        if len(many) > MOST:
            raise Refused(Why.ROWS, len(many))
        for row in many:
            if not isinstance(row, dict):
                raise Refused(Why.SHAPE, "a row is an object")
            self._row(rows, row, message.topic, received)

    def _row(self, rows: Rows, row: dict[str, Any], topic: bytes, received: int) -> None:
        mark = 0 if self._mark is None else int(self._marks.get(str(self._mark(row)), Mark.GOOD))
        at: int | None = received
        if self._time is None:
            mark |= Mark.ASSUMED
        else:
            at = instant_in(self._time(row), self._clock)
        if at is None:
            rows.refuse(Why.TIME, self._time and self._time(row))
            return
        for series, name, find in self._goals_in(row, topic):
            if (said := find(row)) is not None:  # what is not there is no fault: devices send what changed
                _add(rows, series, name, at, said, mark)

    def _goals_in(self, row: dict[str, Any], topic: bytes) -> Goals:
        """Which value goes into which series. Where the topic alone says it, it is worked out once."""
        if not self._by_topic:
            return self._goals_for(self._named(row, topic))
        if self._goals_of is not self.series or len(self._goals) > _REMEMBERED:
            self._goals_of = self.series
            self._goals.clear()
        goals = self._goals.get(topic)
        if goals is None:
            goals = self._goals[topic] = self._goals_for(self._named(row, topic))
        return goals

    def _goals_for(self, key: str) -> Goals:
        named = [(f"{key}/{name}" if key else name, find) for name, find in self._values]
        return [(self.series.get(name), name, find) for name, find in named]

    def _named(self, row: dict[str, Any], topic: bytes) -> str:
        levels = topic.decode().split("/")
        key = self._key
        for name, find in self._fields:
            if name.isdigit():
                said: Any = levels[int(name)] if int(name) < len(levels) else ""
            else:
                said = find(row)
            key = key.replace(f"{{{name}}}", str(said)[:200], 1)
        return key

    def _senml(self, rows: Rows, message: Message, now: datetime) -> None:
        for name, seconds, value in records(parsed(message.payload), now.timestamp()):
            if not math.isfinite(seconds) or abs(seconds) > 1e11:
                rows.refuse(Why.TIME, seconds)
            elif value is None:
                rows.refuse(Why.NUMBER, name)
            else:
                _add(rows, self.series.get(name), name, round(seconds * 1000), value, 0)

    def _sensorthings(self, rows: Rows, message: Message, now: datetime) -> None:
        """An observation as a client creates it (OGC 18-088, 14.2): the datastream by the topic or by link."""
        said = parsed(message.payload)
        if not isinstance(said, dict):
            raise Refused(Why.SHAPE, "an observation is an object")
        named = _STREAM.search(message.topic.decode())
        stream = named[1] if named else str(found(said, ("Datastream", "@iot.id")))
        time = said.get("phenomenonTime")
        at = int(now.timestamp() * 1000) if time is None else instant_in(str(time).partition("/")[0], "iso")
        if at is None:
            raise Refused(Why.TIME, time)
        if "result" not in said:
            raise Refused(Why.SHAPE, "no result")
        mark = int(Mark.ASSUMED) if time is None else 0
        _add(rows, self.series.get(stream), stream, at, said["result"], mark)

    def _hj212(self, rows: Rows, message: Message, now: datetime) -> None:
        lines = [line for line in message.payload.split(b"\r\n") if line]
        batch = self._frames.read(lines, self.devices, now)
        for told in batch.told:
            if isinstance(told, FrameRefused):
                rows.refuse(Why.FRAME, told.why)
        if len(batch.columns):
            rows.frames.append(batch.columns)


def _add(rows: Rows, series: int | None, name: str, at: int, said: Any, mark: int) -> None:
    if series is None:
        rows.refuse(Why.SERIES, name)
    elif (number := number_in(said)) is None:
        rows.refuse(Why.NUMBER, f"{name}={said}")
    else:
        rows.add(series, at, number, mark)


def parsed(payload: bytes) -> Any:
    """JSON; NaN and infinities are read, so that they are refused as values and counted as such."""
    if len(payload) > _LONG and max(map(len, payload.translate(_SPACED).split()), default=0) > _LONG:
        raise Refused(Why.ATTACHMENT, f"{len(payload)} bytes")
    try:
        text = payload.decode()
        said, end = _JSON.raw_decode(text)
        return said if end == len(text) else json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(Why.TEXT, str(error)) from error
