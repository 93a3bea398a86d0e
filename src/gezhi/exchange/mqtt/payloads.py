"""Messages of a subscription -> readings, by its mapping."""

import json
import math
import re
from collections.abc import Callable
from collections.abc import Mapping as Table
from datetime import datetime
from typing import Any, Final

from gezhi.exchange.hj212.devices import Devices
from gezhi.exchange.hj212.reading import Frames
from gezhi.exchange.hj212.refusing import Refused as FrameRefused
from gezhi.exchange.mqtt.mapping import Mapping, found
from gezhi.exchange.mqtt.packets import Message
from gezhi.exchange.mqtt.refusing import Refused, Why
from gezhi.exchange.mqtt.rows import Rows, instant_in, number_in
from gezhi.exchange.mqtt.senml import records
from gezhi.sensing.columns import Mark

LONGEST: Final = 256 * 1024  # bytes of a payload
MOST: Final = 10_000  # readings of a payload
_LONG: Final = 2_000  # a payload longer than this is looked through: a word longer than this is a picture
_SPACED: Final = bytes(byte if chr(byte).isalnum() or byte in b"+/=_-\\" else 0x20 for byte in range(256))
_FIELD: Final = re.compile(r"\{([^{}]+)\}")
_STREAM: Final = re.compile(r"(?:^|/)Datastreams\((\d{1,7})\)/Observations$")

Series = Table[str, int]
Read = Callable[[Rows, Message, datetime], None]


class Payloads:
    """Reads what comes for one mapping. `series`: by KEY/NAME; for sensorthings the ids that this broker may write,
    named by themselves; may be replaced as a whole at any time. Not for several threads at once."""

    def __init__(self, mapping: Mapping, series: Series, devices: Devices | None = None) -> None:
        self.series, self.devices = series, devices or {}
        self._mapping = mapping
        self._frames = Frames()
        self._paths = {name: tuple(path.split(".")) for name, path in mapping.values.items()}
        self._rows = tuple(mapping.rows.split(".")) if mapping.rows else ()
        self._time = tuple(mapping.time.split(".")) if mapping.time else ()
        self._mark = tuple(mapping.marks["at"].split(".")) if mapping.marks else ()
        self._marks = mapping.mark_of
        self._key = mapping.key
        self._fields = [(name, tuple(name.split("."))) for name in _FIELD.findall(mapping.key)]
        self._needs_levels = any(name.isdigit() for name, _ in self._fields)
        forms: dict[str, Read] = {
            "json": self._json, "senml": self._senml, "sensorthings": self._sensorthings, "hj212": self._hj212,
        }  # fmt: skip
        self._read = forms[mapping.form]

    def read(self, rows: Rows, message: Message, now: datetime) -> None:
        """Adds its readings. Refused: none of them was added."""
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

    def _json(self, rows: Rows, message: Message, now: datetime) -> None:
        said = found(parsed(message.payload), self._rows)
        levels = message.topic.decode().split("/") if self._needs_levels else []
        received = int(now.timestamp() * 1000)
        many = said if isinstance(said, list) else [said]
        if len(many) > MOST:
            raise Refused(Why.ROWS, len(many))
        for row in many:
            if not isinstance(row, dict):
                raise Refused(Why.SHAPE, "a row is an object")
            self._row(rows, row, levels, received)

    def _row(self, rows: Rows, row: dict[str, Any], levels: list[str], received: int) -> None:
        at: int | None = received
        mark = int(self._marks.get(str(found(row, self._mark)), Mark.GOOD)) if self._mark else 0
        if self._time:
            at = instant_in(found(row, self._time), self._mapping.clock)
        else:
            mark |= Mark.ASSUMED
        if at is None:
            rows.refuse(Why.TIME, found(row, self._time))
            return
        key = self._named(row, levels)
        for name, path in self._paths.items():
            self._add(rows, f"{key}/{name}" if key else name, at, found(row, path), mark)

    def _add(self, rows: Rows, name: str, at: int, said: Any, mark: int) -> None:
        """A value that is not there is no fault: devices send what changed."""
        if said is None:
            return
        series = self.series.get(name)
        if series is None:
            rows.refuse(Why.SERIES, name)
        elif (number := number_in(said)) is None:
            rows.refuse(Why.NUMBER, f"{name}={said}")
        else:
            rows.add(series, at, number, mark)

    def _named(self, row: dict[str, Any], levels: list[str]) -> str:
        key = self._key
        for name, path in self._fields:
            if name.isdigit():
                said: Any = levels[int(name)] if int(name) < len(levels) else ""
            else:
                said = found(row, path)
            key = key.replace(f"{{{name}}}", str(said)[:200], 1)
        return key

    def _senml(self, rows: Rows, message: Message, now: datetime) -> None:
        for name, seconds, value in records(parsed(message.payload), now.timestamp()):
            if not math.isfinite(seconds) or abs(seconds) > 1e11:
                rows.refuse(Why.TIME, seconds)
            elif value is None:
                rows.refuse(Why.NUMBER, name)
            else:
                self._add(rows, name, round(seconds * 1000), value, 0)

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
        self._add(rows, stream, at, said["result"], int(Mark.ASSUMED) if time is None else 0)

    def _hj212(self, rows: Rows, message: Message, now: datetime) -> None:
        lines = [line for line in message.payload.split(b"\r\n") if line]
        batch = self._frames.read(lines, self.devices, now)
        for told in batch.told:
            if isinstance(told, FrameRefused):
                rows.refuse(Why.FRAME, told.why)
        if len(batch.columns):
            rows.frames.append(batch.columns)


def parsed(payload: bytes) -> Any:
    """JSON; NaN and infinities are read, so that they are refused as values and counted as such."""
    if len(payload) > _LONG and max(map(len, payload.translate(_SPACED).split()), default=0) > _LONG:
        raise Refused(Why.ATTACHMENT, f"{len(payload)} bytes")
    try:
        return json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise Refused(Why.TEXT, str(error)) from error
