"""CAP 1.2 (and 1.1) XML from an authority: bounded, checked, read as a notice. Pure.

Chinese senders write divisions as geocodes of 6, 9 or 12 digits, and some a colour where CAP has a severity; both are
read. What a signature says is not checked here: who may send is decided by the key or address that it came with.
"""

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, TypeVar
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from gezhi.cases.intake.shapes import Fault, Unreadable
from gezhi.exchange.cap import notice as caps
from gezhi.exchange.cap.notice import LEVEL_OF, Area, Circle, Notice, Reference, Said
from gezhi.lib.codes import is_code
from gezhi.packs.shapes import Level

NAMESPACES: Final = ("urn:oasis:names:tc:emergency:cap:1.2", "urn:oasis:names:tc:emergency:cap:1.1")
MOST_BYTES: Final = 512 * 1024
MOST_INFOS: Final = 20
MOST_AREAS: Final = 200
MOST_POINTS: Final = 20_000  # of all polygons
TEXT_LIMIT: Final = 8000
NAME_LIMIT: Final = 200
_T = TypeVar("_T", bound=str)
_COLOURS: Final[dict[str, Level]] = {
    **{"红": "red", "橙": "orange", "黄": "yellow", "蓝": "blue"},
    **{"red": "red", "orange": "orange", "yellow": "yellow", "blue": "blue"},
    **{"ⅰ": "red", "ⅱ": "orange", "ⅲ": "yellow", "ⅳ": "blue"},
}
_IN_HEADLINE: Final = re.compile(r"([红橙黄蓝])色预警")
_LEVEL_NAMES: Final = re.compile(r"预警级别|预警等级|颜色|colou?r|awareness_level|^level$", re.IGNORECASE)
_NEVER: Final = datetime.fromtimestamp(0, UTC)  # of a notice that is refused anyway
_REFERENCE: Final = re.compile(r"([^\s,]+),([^\s,]+),(\S+)")


def read_cap(data: bytes) -> Notice:
    """Raises Unreadable with every fault."""
    if len(data) > MOST_BYTES:
        raise Unreadable([Fault("body", "", f"has {len(data)} bytes; at most {MOST_BYTES} are taken")])
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Unreadable([Fault("body", "", f"is no XML that is taken: {str(error)[:200]}")]) from error
    space, _, name = root.tag.rpartition("}")
    if space.lstrip("{") not in NAMESPACES or name != "alert":
        raise Unreadable([Fault("body", root.tag[:100], f"is no CAP; its root is alert of {NAMESPACES[0]}")])
    reader = _Reader(root, f"{space}}}")
    found = reader.notice()
    if reader.faults:
        raise Unreadable(reader.faults)
    return found


@dataclass
class _Reader:
    root: Element
    space: str
    faults: list[Fault] = field(default_factory=list)
    points: int = 0

    def fault(self, name: str, value: str, problem: str) -> None:
        if len(self.faults) < 50:
            self.faults.append(Fault(name, value[:200], problem))

    def notice(self) -> Notice:
        root = self.root
        infos = self.all(root, "info", MOST_INFOS)
        first = infos[0] if infos else None
        message = self.one_of(root, "msgType", caps.MESSAGES)
        if first is None and message in ("Alert", "Update"):
            self.fault("info", "", "is missing; an alert says what it is about")
        references = tuple(self.references())
        if message in ("Update", "Cancel") and not references:
            self.fault("references", "", f"is missing; {message} says which message it is about")
        found = Notice(
            identifier=self.name("identifier"),
            sender=self.name("sender"),
            sent=self.instant(root, "sent") or _NEVER,
            status=self.one_of(root, "status", caps.STATUSES),
            message=message,
            scope=self.one_of(root, "scope", caps.SCOPES),
            note=self.text(root, "note"),
            references=references,
            said=tuple(self.said(info) for info in infos),
            areas=self.areas(infos),
        )
        return found if first is None else self.about(found, first)

    def about(self, found: Notice, info: Element) -> Notice:
        """With what all languages say alike, from the first."""
        codes = self.pairs(info, "eventCode")
        return replace(
            found,
            category=self.one_of(info, "category", caps.CATEGORIES),
            urgency=self.one_of(info, "urgency", caps.URGENCIES),
            certainty=self.certainty(info),
            level=self.level(info),
            event_code=codes[0] if codes else None,
            onset=self.instant(info, "onset", needed=False),
            expires=self.instant(info, "expires", needed=False),
            sender_name=self.text(info, "senderName", NAME_LIMIT),
            web=self.text(info, "web", NAME_LIMIT * 5),
            contact=self.text(info, "contact", NAME_LIMIT * 5),
        )

    def said(self, info: Element) -> Said:
        event = self.text(info, "event", NAME_LIMIT)
        if not event:
            self.fault("event", "", "is missing")
        return Said(
            language=self.text(info, "language", 20) or "en-US",
            event=event,
            headline=self.text(info, "headline", 1000),
            description=self.text(info, "description"),
            instruction=self.text(info, "instruction"),
        )

    def level(self, info: Element) -> Level | None:
        """The colour that is said where a severity stands, by a parameter or in the headline; else the severity."""
        severity = self.text(info, "severity", 40)
        if severity not in caps.SEVERITIES and _colour(severity) is None:
            self.fault("severity", severity, f"is none of {', '.join(caps.SEVERITIES)}, and no colour")
        words = [
            severity,
            *(value for name, value in self.pairs(info, "parameter") if _LEVEL_NAMES.search(name)),
        ]
        headline = _IN_HEADLINE.search(self.text(info, "headline", 1000))
        words += [headline[1]] if headline else []
        return next((found for word in words if (found := _colour(word))), LEVEL_OF.get(severity))

    def certainty(self, info: Element) -> str:
        """`Very Likely` is CAP 1.0's, which 1.2 reads as Likely."""
        return (
            "Likely"
            if self.text(info, "certainty", 40) == "Very Likely"
            else self.one_of(info, "certainty", caps.CERTAINTIES)
        )

    def areas(self, infos: Sequence[Element]) -> tuple[Area, ...]:
        """Those of all languages; the same area in another language counts once."""
        found: dict[tuple[object, ...], Area] = {}
        for info in infos:
            for element in self.all(info, "area", MOST_AREAS):
                area = self.area(element)
                found.setdefault(
                    (area.polygons, area.circles, area.codes) if _has_shape(area) else (area.name,), area
                )
        return tuple(found.values())

    def area(self, element: Element) -> Area:
        pairs = self.pairs(element, "geocode")
        codes = {pair: code for pair in pairs if (code := division_code(pair[1]))}
        return Area(
            name=self.text(element, "areaDesc", 1000),
            polygons=tuple(
                ring for one in self.all(element, "polygon", MOST_AREAS) if (ring := self.ring(one))
            ),
            circles=tuple(one for c in self.all(element, "circle", MOST_AREAS) if (one := self.circle(c))),
            codes=tuple(dict.fromkeys(codes.values())),
            others=tuple(pair for pair in pairs if pair not in codes),
        )

    def ring(self, element: Element) -> tuple[tuple[float, float], ...] | None:
        text = (element.text or "").strip()
        words = text.split(maxsplit=MOST_POINTS)
        self.points += len(words)
        if self.points > MOST_POINTS:
            self.fault("polygon", "", f"polygons have over {MOST_POINTS} points in all")
            return None
        points = [_point(word) for word in words]
        ring = tuple(point for point in points if point is not None)
        if len(ring) < 4 or len(ring) != len(points) or ring[0] != ring[-1]:
            self.fault("polygon", text, "is no closed ring of four or more 'latitude,longitude'")
            return None
        return ring

    def circle(self, element: Element) -> Circle | None:
        text = (element.text or "").strip()
        centre, _, radius = text.partition(" ")
        point, km = _point(centre), _number(radius)
        if point is None or km is None or not 0 <= km <= 20_000:
            self.fault("circle", text, "is not 'latitude,longitude kilometres'")
            return None
        return Circle(*point, km)

    def references(self) -> Iterator[Reference]:
        words = self.text(self.root, "references").split()
        for word in words[:100]:
            found = _REFERENCE.fullmatch(word)
            sent = _instant(found[3]) if found else None
            if found is None or sent is None:
                self.fault("references", word, "is not 'sender,identifier,sent'")
            else:
                yield Reference(found[1], found[2], sent)

    def all(self, element: Element, name: str, most: int) -> list[Element]:
        found = element.findall(self.space + name)
        if len(found) > most:
            self.fault(name, str(len(found)), f"at most {most} are taken")
        return found[:most]

    def pairs(self, element: Element, name: str) -> list[tuple[str, str]]:
        found = self.all(element, name, MOST_AREAS * 5)
        return [(self.text(one, "valueName", NAME_LIMIT), self.text(one, "value", 2000)) for one in found]

    def text(self, element: Element, name: str, limit: int = TEXT_LIMIT) -> str:
        text = (element.findtext(self.space + name) or "").strip()
        if len(text) > limit:
            self.fault(name, text, f"has {len(text)} characters; at most {limit} are taken")
        return text[:limit]

    def name(self, which: str) -> str:
        text = self.text(self.root, which, NAME_LIMIT)
        if not text or any(letter in text for letter in " ,<&"):
            self.fault(which, text, "must not be empty, nor hold spaces, commas, < and &")
        return text

    def one_of(self, element: Element, name: str, known: Sequence[_T]) -> _T:
        text = self.text(element, name, 40)
        found = next((one for one in known if one == text), None)
        if found is None:
            self.fault(name, text, f"is none of {', '.join(known)}")
        return found or known[-1]

    def instant(self, element: Element, name: str, *, needed: bool = True) -> datetime | None:
        text = self.text(element, name, 40)
        if not text and not needed:
            return None
        found = _instant(text)
        if found is None:
            self.fault(name, text, "is no time with a zone such as 2026-07-01T08:30:00+08:00")
        return found


def division_code(value: str) -> str:
    """330203, 330203001 or 330203001001 as 12 digits; a grid's 15 or 16 as they are; "" for what is no code."""
    text = value.strip()
    if not text.isascii() or not text.isdigit():
        return ""
    padded = text.ljust(12, "0") if len(text) in (6, 9) else text
    return padded if is_code(padded) else ""


def _has_shape(area: Area) -> bool:
    return bool(area.polygons or area.circles or area.codes)


def _colour(word: str) -> Level | None:
    """红色, RED, Ⅰ级, `4; red; Extreme`."""
    lower = word.strip().lower()
    first = _COLOURS.get(lower[:1]) if lower else None
    return first or next(
        (level for part in re.split(r"[;\s]+", lower) if (level := _COLOURS.get(part))), None
    )


def _point(word: str) -> tuple[float, float] | None:
    """(lon, lat) of `lat,lon`."""
    lat, _, lon = (_number(part) if part != "," else None for part in word.partition(","))
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return lon, lat


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.utcoffset() is not None else None
