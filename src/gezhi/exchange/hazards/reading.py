"""An event of a camera's analysis: a few fields and no others. Pure.

id          the sender's own name for it; sent again, it is known
source      the key of the registered device that saw it
kind        which hazard, of the closed list
at          when, ISO 8601
confidence  0 to 1
lon, lat, crs, place_code   where, if not where the device looks
picture_base64              of the scene, JPEG, PNG or WebP
"""

import base64
import binascii
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from gezhi.cases.intake.shapes import Fault, Unreadable
from gezhi.exchange.hazards.persons import TooDeep, identifies, persons_in
from gezhi.packs.shapes import HAZARDS, Hazard

WHERE: Final = ("lon", "lat", "crs", "place_code")
FIELDS: Final = ("id", "source", "kind", "at", "confidence", *WHERE, "picture_base64")
OLDEST: Final = timedelta(days=7)
AHEAD: Final = timedelta(minutes=10)
LARGEST_PICTURE: Final = 3 * 1024 * 1024  # bytes
LONGEST_ID: Final = 60  # as long as a source's key may be


class PersonalData(Exception):
    """The event says something of a person. `where`: names of attributes, never what they said."""

    def __init__(self, where: list[str]) -> None:
        super().__init__(", ".join(where))
        self.where = where


@dataclass(frozen=True, slots=True)
class Event:
    """`confidence` None: not said. `where`: what the sender says of the place, not read yet."""

    id: str
    source: str
    kind: Hazard
    at: datetime
    confidence: float | None = None
    where: Mapping[str, object] | None = None
    picture: bytes | None = None


def read_event(raw: Mapping[str, object], now: datetime) -> Event:
    """Raises PersonalData before anything else is looked at, and Unreadable with every fault."""
    try:
        about = persons_in(raw)
    except TooDeep as error:
        raise Unreadable([Fault("body", "", str(error))]) from error
    if about:
        raise PersonalData(about)
    faults = [
        Fault(str(name)[:60], "", f"is unknown; an event has {', '.join(FIELDS)} and nothing else")
        for name in list(raw.keys() - set(FIELDS))[:20]
    ]
    event = Event(
        id=_name(raw, "id", faults),
        source=_name(raw, "source", faults),
        kind=_kind(raw, faults),
        at=_instant(raw, now, faults),
        confidence=_confidence(raw, faults),
        where={name: raw[name] for name in WHERE if raw.get(name) not in (None, "")} or None,
        picture=_picture(raw, faults),
    )
    if faults:
        raise Unreadable(faults)
    return event


def source_in(raw: object) -> str:
    """Whom to count a refused event for; "" where nothing that could be a key stands there."""
    key = raw.get("source") if isinstance(raw, Mapping) else None
    return key if isinstance(key, str) and len(key) <= LONGEST_ID and not identifies(key) else ""


def _name(raw: Mapping[str, object], field: str, faults: list[Fault]) -> str:
    value = raw.get(field)
    if not isinstance(value, str) or not 1 <= len(value) <= LONGEST_ID or not value.isprintable():
        faults.append(Fault(field, "", f"must be a text of 1 to {LONGEST_ID} printed characters"))
        return ""
    return value


def _kind(raw: Mapping[str, object], faults: list[Fault]) -> Hazard:
    found = next((kind for kind in HAZARDS if kind == raw.get("kind")), None)
    if found is None:
        faults.append(Fault("kind", "", f"is none of {', '.join(HAZARDS)}"))
    return found or HAZARDS[0]


def _instant(raw: Mapping[str, object], now: datetime, faults: list[Fault]) -> datetime:
    value = raw.get("at")
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None or at.utcoffset() is None:
        faults.append(Fault("at", "", "is no time with a zone such as 2026-07-01T08:30:00+08:00"))
        return now
    if not now - OLDEST <= at <= now + AHEAD:
        faults.append(
            Fault("at", at.isoformat(), "lies in the future or over seven days back: is the clock right?")
        )
    return min(at, now)


def _confidence(raw: Mapping[str, object], faults: list[Fault]) -> float | None:
    value = raw.get("confidence")
    if value is None:
        return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or not 0 <= value <= 1
    ):
        faults.append(Fault("confidence", "", "must be a number from 0 to 1"))
        return None
    return float(value)


def _picture(raw: Mapping[str, object], faults: list[Fault]) -> bytes | None:
    value = raw.get("picture_base64")
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > LARGEST_PICTURE * 4 // 3 + 100:
        faults.append(Fault("picture_base64", "", f"must be base64 of at most {LARGEST_PICTURE} bytes"))
        return None
    try:
        return base64.b64decode(value.partition("base64,")[2] or value, validate=True)
    except (binascii.Error, ValueError):
        faults.append(Fault("picture_base64", "", "is not base64"))
        return None
