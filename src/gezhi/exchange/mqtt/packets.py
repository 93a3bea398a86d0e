"""The packets of MQTT 3.1.1 (OASIS, 2014) and 5 (OASIS, 2019) that a reader of messages needs. Bytes and values only.

Never asked for, so never read: QoS 2, topic aliases, a will. Properties of a PUBLISH are stepped over.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

CONNACK: Final = 0x20
PUBLISH: Final = 0x30
PUBACK: Final = 0x40
SUBACK: Final = 0x90
PINGRESP: Final = 0xD0
DISCONNECT: Final = 0xE0
PING: Final = b"\xc0\x00"
GOODBYE: Final = b"\xe0\x00"
V3: Final = 4  # the byte that 3.1.1 names itself with
V5: Final = 5
_SESSION_ENDS: Final = 0x11
_RECEIVE_MAXIMUM: Final = 0x21
_LARGEST_PACKET: Final = 0x27
_CLEAN, _PASSWORD, _USER = 0x02, 0x40, 0x80


class Broken(Exception):
    """What came is not MQTT: the line has to be cut."""


class Message(NamedTuple):
    """`number`: the packet identifier, 0 for QoS 0."""

    topic: bytes
    payload: bytes
    number: int


_new: Final = tuple.__new__  # as Message(...) does, without a call between


@dataclass(frozen=True, slots=True)
class Greeting:
    """A CONNACK. `code` 0: welcome."""

    code: int
    has_session: bool


def cut(data: bytes, largest: int) -> tuple[list[tuple[int, int, int]], int]:
    """The whole packets in the data as (first byte, begin of body, end), and how many bytes they are. Broken: a packet
    of more than `largest` bytes, or a length that does not end."""
    found: list[tuple[int, int, int]] = []
    size, place = len(data), 0
    while place + 1 < size:
        length, body = data[place + 1], place + 2
        if length > 127:
            measured = _length(data, place + 1)
            if measured is None:
                break
            length, body = measured
        if length > largest:
            raise Broken(f"a packet of {length} bytes, {largest} are allowed")
        if body + length > size:
            break
        found.append((data[place], body, body + length))
        place = body + length
    return found, place


def _length(data: bytes, place: int) -> tuple[int, int] | None:
    """A variable byte integer and the place behind it; None: its end has not come yet."""
    value = 0
    for step in range(4):
        if place + step >= len(data):
            return None
        byte = data[place + step]
        value |= (byte & 127) << (7 * step)
        if byte < 128:
            return value, place + step + 1
    raise Broken("a length of more than four bytes")


def message(head: int, data: bytes, begin: int, end: int, version: int) -> Message:
    """The PUBLISH in data[begin:end]. Broken: QoS 2 or 3, lengths that do not fit, no topic."""
    quality, topic = head & 6, begin + 2
    topic_end = topic + (data[begin] << 8 | data[begin + 1] if end > topic else end)
    payload = topic_end + 2 if quality else topic_end
    if quality > 2 or topic_end == topic or payload > end:
        raise Broken("a PUBLISH that was not asked for or is cut off")
    number = data[topic_end] << 8 | data[topic_end + 1] if quality else 0
    if version == V5:
        measured = _length(data[:end], payload)
        if measured is None or measured[0] + measured[1] > end:
            raise Broken("properties that do not end")
        payload = measured[0] + measured[1]
    if quality and not number:
        raise Broken("a PUBLISH without an identifier")
    return _new(Message, (data[topic:topic_end], data[payload:end], number))


def greeting(body: bytes) -> Greeting:
    if len(body) < 2:
        raise Broken("a CONNACK that is cut off")
    return Greeting(body[1], bool(body[0] & 1))


def granted(body: bytes, version: int) -> list[int]:
    """The answer to each subscription: the QoS given, 0x80 and above a refusal."""
    place = 2
    if version == V5:
        measured = _length(body, place)
        if measured is None:
            raise Broken("a SUBACK that is cut off")
        place = sum(measured)
    return list(body[place:])


def connect(
    client: str,
    version: int,
    keep_alive: int,
    *,
    login: tuple[str, str] | None,
    session: int,
    at_once: int,
    largest: int,
) -> bytes:
    """`keep_alive`, `session`: seconds; a session of 0 begins anew and ends with the line. `at_once`: unacknowledged
    messages that the broker may send (5 only). `login`: user and password."""
    flags = (0 if session else _CLEAN) | (_USER | _PASSWORD if login else 0)
    body = b"\x00\x04MQTT" + bytes((version, flags)) + keep_alive.to_bytes(2, "big")
    if version == V5:
        properties = (
            bytes((_SESSION_ENDS,)) + session.to_bytes(4, "big")
            + bytes((_RECEIVE_MAXIMUM,)) + at_once.to_bytes(2, "big")
            + bytes((_LARGEST_PACKET,)) + largest.to_bytes(4, "big")
        )  # fmt: skip
        body += _varied(len(properties)) + properties
    for text in (client, *(login or ())):
        body += _text(text)
    return b"\x10" + _varied(len(body)) + body


def subscribe(number: int, filters: Sequence[str], version: int) -> bytes:
    """To each filter with QoS 1."""
    body = number.to_bytes(2, "big") + (b"\x00" if version == V5 else b"")
    body += b"".join(_text(one) + b"\x01" for one in filters)
    return b"\x82" + _varied(len(body)) + body


def acknowledged(numbers: Sequence[int]) -> bytes:
    """A PUBACK for each."""
    said = np.empty((len(numbers), 2), ">u2")
    said[:, 0], said[:, 1] = PUBACK << 8 | 2, numbers
    return said.tobytes()


def publish(topic: str, payload: bytes, number: int, version: int = V3) -> bytes:
    """With QoS 1, or 0 where number is 0: for generators of load."""
    body = _text(topic) + (number.to_bytes(2, "big") if number else b"")
    body += (b"\x00" if version == V5 else b"") + payload
    return bytes((PUBLISH | (2 if number else 0),)) + _varied(len(body)) + body


def _text(text: str) -> bytes:
    data = text.encode()
    if len(data) > 0xFFFF:
        raise ValueError(f"{len(data)} bytes are too many for a text of MQTT")
    return len(data).to_bytes(2, "big") + data


def _varied(value: int) -> bytes:
    return bytes(_sevens(value))


def _sevens(value: int) -> Iterator[int]:
    while value > 127:
        yield value & 127 | 128
        value >>= 7
    yield value
