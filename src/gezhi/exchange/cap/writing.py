"""A notice as CAP 1.2 XML, and the Atom feed (RFC 4287) that says which there are. Pure.

The XML is canonical already (Canonical XML), so that its digest is that of the signature which an authority's signer
puts in as the last child of `alert`; nothing has to be written again for it.
"""

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, canonicalize, tostring

from gezhi.exchange.cap.notice import SEVERITY_OF, Area, Notice, Reference, Said

CAP: Final = "urn:oasis:names:tc:emergency:cap:1.2"
ATOM: Final = "http://www.w3.org/2005/Atom"
DIVISION: Final = "GB/T 2260 行政区划代码"  # the name of our geocodes
CAP_TYPE: Final = "application/cap+xml"
_NOT_IN_NAMES: Final = frozenset(" ,<&")


class Unsayable(ValueError):
    """A notice that CAP cannot say; the message names the field."""


def cap_xml(notice: Notice) -> bytes:
    """Canonical UTF-8 without a declaration. Raises Unsayable."""
    _check(notice)
    alert = Element("alert", {"xmlns": CAP})
    for name, text in _head(notice):
        _put(alert, name, text)
    for said in notice.said:
        _info(alert, notice, said)
    return _canonical(alert)


def digest_of(xml: bytes) -> str:
    """SHA-256 of the canonical form, hex: what a signature covers."""
    return hashlib.sha256(canonicalize(xml.decode()).encode()).hexdigest()


def atom_xml(
    notices: Iterable[tuple[Notice, str]], *, address: str, title: str, author: str, updated: datetime
) -> bytes:
    """The index: for each notice, newest first, where its CAP lies. `address`: of the feed itself."""
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": "zh-CN"})
    _put(feed, "id", address)
    _put(feed, "title", title)
    _put(feed, "updated", _instant(updated))
    _put(SubElement(feed, "author"), "name", author)
    SubElement(feed, "link", {"rel": "self", "href": address, "type": "application/atom+xml"})
    for notice, where in sorted(notices, key=lambda pair: pair[0].sent, reverse=True):
        _entry(feed, notice, where)
    return _canonical(feed)


def _entry(feed: Element, notice: Notice, where: str) -> None:
    entry = SubElement(feed, "entry")
    first = notice.said[0]
    _put(entry, "id", where)
    _put(entry, "title", first.headline or first.event)
    _put(entry, "updated", _instant(notice.sent))
    _put(entry, "summary", first.description or first.headline or first.event)
    SubElement(entry, "link", {"rel": "alternate", "href": where, "type": CAP_TYPE})
    for term in filter(None, (notice.message, notice.level)):
        SubElement(entry, "category", {"term": term})


def _head(notice: Notice) -> Iterator[tuple[str, str]]:
    """In the order of the schema."""
    yield "identifier", notice.identifier
    yield "sender", notice.sender
    yield "sent", _instant(notice.sent)
    yield "status", notice.status
    yield "msgType", notice.message
    yield "scope", notice.scope
    if notice.note:
        yield "note", notice.note
    if notice.references:
        yield "references", " ".join(_reference(one) for one in notice.references)


def _info(alert: Element, notice: Notice, said: Said) -> None:
    info = SubElement(alert, "info")
    _put(info, "language", said.language)
    _put(info, "category", notice.category)
    _put(info, "event", said.event)
    _put(info, "urgency", notice.urgency)
    _put(info, "severity", SEVERITY_OF[notice.level] if notice.level else "Unknown")
    _put(info, "certainty", notice.certainty)
    if notice.event_code:
        _pair(info, "eventCode", *notice.event_code)
    for name, at in (("onset", notice.onset), ("expires", notice.expires)):
        if at is not None:
            _put(info, name, _instant(at))
    rest = {
        "senderName": notice.sender_name,
        "headline": said.headline,
        "description": said.description,
        "instruction": said.instruction,
        "web": notice.web,
        "contact": notice.contact,
    }
    for name, text in rest.items():
        if text:
            _put(info, name, text)
    if notice.level:
        _pair(info, "parameter", "预警级别", notice.level)
    for area in notice.areas:
        _area(info, area)


def _area(info: Element, area: Area) -> None:
    element = SubElement(info, "area")
    _put(element, "areaDesc", area.name)
    for ring in area.polygons:
        _put(element, "polygon", " ".join(f"{_degrees(lat)},{_degrees(lon)}" for lon, lat in ring))
    for circle in area.circles:
        centre = f"{_degrees(circle.lat)},{_degrees(circle.lon)}"
        _put(element, "circle", f"{centre} {_degrees(circle.km)}")
    for code in area.codes:
        _pair(element, "geocode", DIVISION, code)
    for name, value in area.others:
        _pair(element, "geocode", name, value)


def _pair(parent: Element, name: str, key: str, value: str) -> None:
    pair = SubElement(parent, name)
    _put(pair, "valueName", key)
    _put(pair, "value", value)


def _put(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = "".join(letter for letter in text if _is_xml(letter))


def _is_xml(letter: str) -> bool:
    """Whether XML 1.0 can hold this character at all."""
    return (
        letter in "\t\n\r" or " " <= letter <= "\ud7ff" or "\ue000" <= letter <= "\ufffd" or letter > "\uffff"
    )


def _canonical(root: Element) -> bytes:
    return canonicalize(tostring(root, encoding="unicode")).encode()


def _instant(at: datetime) -> str:
    """Whole seconds with an offset and never Z, as CAP 1.2 asks (3.3.2)."""
    return at.replace(microsecond=0).isoformat()


def _reference(one: Reference) -> str:
    return f"{one.sender},{one.identifier},{_instant(one.sent)}"


def _degrees(number: float) -> str:
    return f"{number:.6f}".rstrip("0").rstrip(".")


def _check(notice: Notice) -> None:
    names = (notice.identifier, notice.sender, *(part for one in notice.references for part in _names(one)))
    if not all(names) or any(_NOT_IN_NAMES.intersection(name) for name in names):
        raise Unsayable("identifier, sender: not empty, and without spaces, commas, < and &")
    instants = (notice.sent, notice.onset, notice.expires, *(one.sent for one in notice.references))
    if any(at is not None and at.utcoffset() is None for at in instants):
        raise Unsayable("sent, onset, expires: need a zone")
    if notice.message in ("Update", "Cancel") and not notice.references:
        raise Unsayable(f"references: {notice.message} says which message it is about")
    if not notice.said:
        raise Unsayable("said: a notice says something in one language at least")
    for area in notice.areas:
        if any(len(ring) < 4 or ring[0] != ring[-1] for ring in area.polygons):
            raise Unsayable(f"area {area.name}: a polygon is a closed ring of four points or more")


def _names(one: Reference) -> tuple[str, str]:
    return one.sender, one.identifier
