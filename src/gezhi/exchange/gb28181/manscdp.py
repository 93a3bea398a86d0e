"""The bodies of GB/T 28181: MANSCDP XML, read with bounds in devices' encodings; answers and queries. Pure."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gezhi.exchange.hazards.persons import identifies, is_about_a_person

CONTENT_TYPE: Final = "Application/MANSCDP+xml"
MOST_BYTES: Final = 16 * 1024
MOST_PARTS: Final = 500
MOST_WORDS: Final = 1000  # characters of a description that are looked at
_DECLARED: Final = re.compile(rb"^\s*(?:\xef\xbb\xbf)?<\?xml[^>]{0,200}?\?>")
_ENCODING: Final = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9_.-]{1,20})[\"']")
_ID: Final = re.compile(r"[0-9]{20}")


class BadBody(ValueError):
    """A body that cannot be read; says why."""


class AboutAPerson(ValueError):
    """A body that says something of a person: nothing of it is kept."""


@dataclass(frozen=True, slots=True)
class Keepalive:
    device: str
    number: str
    status: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """`device`: of the channel that raised it. `priority` 1 (highest) to 4; `method` 1 to 7; 0: not said. `words`: its
    description, to be compared with the rules of packs and never kept. `lon`, `lat`: as the device says, WGS-84."""

    device: str
    number: str
    at: datetime
    priority: int
    method: int
    kind: int | None
    words: str
    lon: float | None = None
    lat: float | None = None


def read_body(data: bytes, zone: tzinfo) -> Keepalive | Alarm | None:
    """None: another notice, which is not for us. Raises BadBody and AboutAPerson. `zone`: of the devices' clocks."""
    if len(data) > MOST_BYTES:
        raise BadBody(f"{len(data)} bytes; at most {MOST_BYTES} are taken")
    try:
        root: Element = fromstring(_text(data), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise BadBody(str(error)[:200]) from error
    if root.tag != "Notify":
        return None
    device, number = _said(root, "DeviceID"), _said(root, "SN")
    if not _ID.fullmatch(device) or not number.isascii() or not number.isdigit() or len(number) > 10:
        raise BadBody("DeviceID is not 20 digits, or SN is no number")
    match _said(root, "CmdType"):
        case "Keepalive":
            return Keepalive(device, number, _said(root, "Status"))
        case "Alarm":
            return _alarm(root, device, number, zone)
        case _:
            return None


def response(kind: str, number: str, device: str, *, good: bool) -> bytes:
    return _xml(
        "Response", {"CmdType": kind, "SN": number, "DeviceID": device, "Result": "OK" if good else "ERROR"}
    )


def alarm_query(number: int, device: str) -> bytes:
    """The body of a subscription to all alarms."""
    parts = {"CmdType": "Alarm", "SN": str(number), "DeviceID": device}
    return _xml("Query", {**parts, "StartAlarmPriority": "0", "EndAlarmPriority": "0", "AlarmMethod": "0"})


def _alarm(root: Element, device: str, number: str, zone: tzinfo) -> Alarm:
    _refuse_persons(root)
    kind = _number(root.findtext("Info/AlarmType") or _said(root, "AlarmType"))
    lon, lat = _degrees(_said(root, "Longitude"), 180), _degrees(_said(root, "Latitude"), 90)
    here = lon is not None and lat is not None and (lon, lat) != (0.0, 0.0)
    return Alarm(
        device=device,
        number=number,
        at=_instant(_said(root, "AlarmTime"), zone),
        priority=_number(_said(root, "AlarmPriority")) or 0,
        method=_number(_said(root, "AlarmMethod")) or 0,
        kind=kind,
        words=_said(root, "AlarmDescription")[:MOST_WORDS],
        lon=lon if here else None,
        lat=lat if here else None,
    )


def _refuse_persons(root: Element) -> None:
    for element in _parts(root):
        text = element.text or ""
        if any(is_about_a_person(name) for name in (element.tag, *element.attrib)):
            raise AboutAPerson(element.tag[:60])
        if element.tag != "DeviceID" and len(text) <= MOST_WORDS and identifies(text):
            raise AboutAPerson(element.tag[:60])


def _parts(root: Element) -> Iterator[Element]:
    for count, element in enumerate(root.iter()):
        if count > MOST_PARTS:
            raise BadBody(f"over {MOST_PARTS} parts")
        yield element


def _text(data: bytes) -> str:
    """GB2312 and GBK are read as GB18030, which holds both; without a declaration UTF-8 is tried first."""
    declaration = _DECLARED.match(data)
    named = _ENCODING.search(declaration[0]) if declaration else None
    body = data[declaration.end() :] if declaration else data
    encoding = named[1].decode().lower() if named else "utf-8"
    first = "gb18030" if encoding.startswith("gb") or encoding.startswith("cp936") else "utf-8"
    for one in (first, "gb18030" if first == "utf-8" else "utf-8"):
        try:
            return body.decode(one).lstrip("\ufeff")
        except UnicodeDecodeError:
            continue
    raise BadBody("neither UTF-8 nor GB18030")


def _said(root: Element, name: str) -> str:
    return (root.findtext(name) or "").strip()


def _number(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 4 else None


def _degrees(text: str, limit: int) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= limit else None


def _instant(text: str, zone: tzinfo) -> datetime:
    """The device's clock, which shows local time and says no zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadBody("AlarmTime is no time such as 2026-07-01T08:30:00") from error
    return found if found.utcoffset() is not None else found.replace(tzinfo=zone)


def _xml(root: str, parts: dict[str, str]) -> bytes:
    """Digits and letters of ours alone, so that nothing has to be escaped."""
    lines = [f"<{name}>{text}</{name}>" for name, text in parts.items()]
    return "\r\n".join(
        ['<?xml version="1.0" encoding="GB2312"?>', f"<{root}>", *lines, f"</{root}>", ""]
    ).encode()
