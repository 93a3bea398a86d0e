"""SIP (RFC 3261) as far as alarms need it: messages read with bounds, answers and requests written. Pure.

Only what stands here is understood; folded lines, several values in one header and addresses without <> are.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

MOST_BYTES: Final = 64 * 1024  # of a message, its body included
MOST_HEAD: Final = 16 * 1024
MOST_HEADERS: Final = 64
VERSION: Final = "SIP/2.0"
_COMPACT: Final = {
    **{"v": "via", "f": "from", "t": "to", "i": "call-id", "m": "contact", "c": "content-type"},
    **{"l": "content-length", "o": "event", "s": "subject", "k": "supported", "e": "content-encoding"},
}
_REQUEST: Final = re.compile(r"([A-Z]{1,20}) (\S{1,300}) SIP/2\.0")
_STATUS: Final = re.compile(r"SIP/2\.0 ([1-6]\d\d)(?: (.*))?")
_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}")
_URI: Final = re.compile(r"<?sips?:([^@>;\s:]{1,64})(?::[^@>\s]*)?@([^>;\s]{1,260})", re.IGNORECASE)
_TAG: Final = re.compile(r";\s*tag=([^;\s,>]{1,120})", re.IGNORECASE)
_BRANCH: Final = re.compile(r";\s*branch=([^;\s,]{1,200})", re.IGNORECASE)
_CSEQ: Final = re.compile(r"(\d{1,10})\s+([A-Z]{1,20})")


class BadMessage(ValueError):
    """What came is no SIP message that is understood here; nothing is answered to it."""


@dataclass(frozen=True, slots=True)
class Message:
    """`method` and `uri` of a request, or `status` of an answer (0: a request). `headers`: lower names, in order."""

    method: str
    uri: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def get(self, name: str) -> str:
        """The first; "" where there is none."""
        return next((value for key, value in self.headers if key == name), "")

    @property
    def sender(self) -> str:
        """The user part of From: a device's id."""
        found = _URI.search(self.get("from"))
        return found[1] if found else ""

    @property
    def branch(self) -> str:
        found = _BRANCH.search(self.get("via"))
        return found[1] if found else ""

    @property
    def sequence(self) -> tuple[int, str]:
        """(number, method) of CSeq; (0, "") where it is missing or wrong."""
        found = _CSEQ.fullmatch(self.get("cseq"))
        return (int(found[1]), found[2]) if found else (0, "")

    @property
    def expires(self) -> int | None:
        """Seconds, of the contact first."""
        found = re.search(r";\s*expires=(\d{1,9})", self.get("contact")) or re.fullmatch(
            r"(\d{1,9})", self.get("expires")
        )
        return int(found[1]) if found else None


def parsed(data: bytes) -> Message:
    """One whole message. Raises BadMessage."""
    head, _, body = data.partition(b"\r\n\r\n")
    if len(data) > MOST_BYTES or len(head) > MOST_HEAD:
        raise BadMessage("too large")
    try:
        lines = head.decode("utf-8").replace("\r\n ", " ").replace("\r\n\t", " ").split("\r\n")
    except UnicodeDecodeError as error:
        raise BadMessage("the head is not UTF-8") from error
    headers = _headers(lines[1:])
    size = _size(headers)
    if size is not None and size > len(body):
        raise BadMessage("the body is cut off")
    method, uri, status = _first(lines[0])
    message = Message(method, uri, status, headers, body if size is None else body[:size])
    _check(message)
    return message


def answer(
    request: Message, status: int, reason: str, *, tag: str, peer: tuple[str, int], more: Iterable[str] = ()
) -> bytes:
    """An answer without a body. `peer`: where the request came from, which the topmost Via tells its sender."""
    vias = request.all("via")
    lines = [
        f"{VERSION} {status} {reason}",
        f"Via: {_seen(vias[0], peer)}",
        *(f"Via: {via}" for via in vias[1:]),
    ]
    to = request.get("to")
    lines += [f"From: {request.get('from')}", f"To: {to}" if _TAG.search(to) else f"To: {to};tag={tag}"]
    lines += [
        f"Call-ID: {request.get('call-id')}",
        f"CSeq: {request.get('cseq')}",
        *more,
        "Content-Length: 0",
    ]
    return _written(lines, b"")


def request(start: str, headers: Sequence[str], body: bytes) -> bytes:
    """`start`: such as `MESSAGE sip:3402@10.0.0.1:5060`."""
    return _written([f"{start} {VERSION}", *headers, f"Content-Length: {len(body)}"], body)


class Stream:
    """Messages out of bytes that come in pieces (TCP). Empty lines between them are a peer's sign of life."""

    def __init__(self) -> None:
        self._held = b""

    def feed(self, data: bytes) -> list[bytes]:
        """The messages that are whole now. Raises BadMessage: the connection is worth nothing any more."""
        self._held += data
        found = []
        while (one := self._next()) is not None:
            found.append(one)
        return found

    def _next(self) -> bytes | None:
        self._held = self._held.lstrip(b"\r\n")
        end = self._held.find(b"\r\n\r\n")
        if end < 0:
            if len(self._held) > MOST_HEAD:
                raise BadMessage("the head does not end")
            return None
        lines = self._held[:end].decode("utf-8", "replace").split("\r\n")
        size = _size(_headers(lines[1:]))
        if size is None:
            raise BadMessage("Content-Length is missing, which a stream needs")
        if (whole := end + 4 + size) > MOST_BYTES:
            raise BadMessage("too large")
        if len(self._held) < whole:
            return None
        one, self._held = self._held[:whole], self._held[whole:]
        return one


def _first(line: str) -> tuple[str, str, int]:
    if found := _REQUEST.fullmatch(line):
        return found[1], found[2], 0
    if found := _STATUS.fullmatch(line):
        return "", "", int(found[1])
    raise BadMessage("the first line is no request and no status")


def _headers(lines: Sequence[str]) -> tuple[tuple[str, str], ...]:
    if len(lines) > MOST_HEADERS:
        raise BadMessage("too many headers")
    found = []
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon or not _NAME.fullmatch(name.strip()) or not value.isprintable():
            raise BadMessage("a header cannot be read")
        key = name.strip().lower()
        found.append((_COMPACT.get(key, key), value.strip()))
    return tuple(found)


def _size(headers: Iterable[tuple[str, str]]) -> int | None:
    said = {value for name, value in headers if name == "content-length"}
    if not said:
        return None
    one = said.pop()
    if said or not one.isascii() or not one.isdigit() or len(one) > 7:
        raise BadMessage("Content-Length is no number, or several")
    return int(one)


def _check(message: Message) -> None:
    """What every answer must repeat."""
    if not all(message.get(name) for name in ("via", "from", "to", "call-id")) or not message.sequence[1]:
        raise BadMessage("Via, From, To, Call-ID or CSeq is missing or wrong")
    if not message.status and message.sequence[1] != message.method:
        raise BadMessage("CSeq names another method")


def _seen(via: str, peer: tuple[str, int]) -> str:
    """RFC 3581: where the request really came from."""
    host, port = peer
    plain = re.sub(r";\s*rport(?:=\d*)?(?=;|$)", f";rport={port}", via, count=1, flags=re.IGNORECASE)
    return plain if ";received=" in plain.lower() else f"{plain};received={host}"


def _written(lines: Sequence[str], body: bytes) -> bytes:
    return "\r\n".join([*lines, "", ""]).encode() + body
