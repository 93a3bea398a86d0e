"""Reading a report from outside: every channel's words become one shape, or a list of faults. Pure.

Fields: text, lon, lat, crs, place_code, address, category, occurred_at, reporter_name, reporter_phone,
reporter_email, language, source_id, attributes. Everything else is a fault, so that nothing is lost unnoticed.
"""

import math
import re
import uuid
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from gezhi.cases.intake.shapes import Fault, NewReport, Photo, Unreadable
from gezhi.lib.codes import is_code
from gezhi.packs.forms import Value, check_answers
from gezhi.packs.shapes import Form
from gezhi.places.coordinates import to_wgs84

TEXT_LIMIT = 4000
LIMITS = {
    "address": 300,
    "category": 60,
    "reporter_name": 60,
    "reporter_phone": 30,
    "reporter_email": 200,
    "source_id": 120,
    "language": 10,
    "place_code": 16,
    "crs": 10,
}
FIELDS = frozenset(LIMITS) | {"text", "lon", "lat", "occurred_at", "attributes"}
CRS = ("wgs84", "cgcs2000", "gcj02", "bd09")
OLDEST = timedelta(days=365 * 30)
FUTURE = timedelta(minutes=10)
PHONE = re.compile(r"^\+?[0-9][0-9 ()-]{4,28}$")
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")


@dataclass(frozen=True, slots=True)
class Edge:
    """What the reading edge knows: who reports, the time, the node's zone and known categories.

    `forms`: by category; `strict`: a required answer to them that is missing is a fault.
    """

    source: str
    now: datetime
    zone: tzinfo
    categories: Container[str]
    places: Container[str]
    submitted_by_id: int | None = None
    forms: Mapping[str, Form] = field(default_factory=dict)
    strict: bool = False


def read_report(raw: Mapping[str, object], edge: Edge, photos: tuple[Photo, ...] = ()) -> NewReport:
    """One report. Raises Unreadable with every fault."""
    reader = _Reader(raw, edge)
    report = reader.report(photos)
    if reader.faults:
        raise Unreadable(reader.faults)
    return report


class _Reader:
    def __init__(self, raw: Mapping[str, object], edge: Edge) -> None:
        self.raw, self.edge = raw, edge
        self.faults: list[Fault] = []

    def fault(self, name: str, problem: str) -> None:
        self.faults.append(Fault(name, _shown(self.raw.get(name) or ""), problem))

    def report(self, photos: tuple[Photo, ...]) -> NewReport:
        for name in self.raw.keys() - FIELDS:
            self.fault(str(name)[:60], f"unknown field; known are {', '.join(sorted(FIELDS))}")
        lon, lat = self.point()
        return NewReport(
            source=self.edge.source,
            source_id=self.line("source_id") or str(uuid.uuid4()),
            text=self.text(),
            occurred_at=self.instant(),
            lon=lon,
            lat=lat,
            place_code=self.place(),
            address=self.line("address"),
            category=self.category(),
            reporter_name=self.line("reporter_name"),
            reporter_phone=self.matching("reporter_phone", PHONE, "digits, 5 to 29, with + ( ) - or spaces"),
            reporter_email=self.matching("reporter_email", EMAIL, "an address such as name@example.org"),
            language="en" if self.line("language").startswith("en") else "zh-hans",
            attributes=self.attributes(),
            submitted_by_id=self.edge.submitted_by_id,
            photos=photos,
        )

    def string(self, name: str, limit: int) -> str:
        value = self.raw.get(name)
        if value is None:
            return ""
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.fault(name, f"must be text, is {type(value).__name__}")
            return ""
        text = str(value).strip()
        if "\0" in text:
            self.fault(name, "holds a NUL byte; send it without")
            return ""
        if _unpaired(text):
            self.fault(name, "is not valid Unicode: it holds half a surrogate pair")
            return ""
        if len(text) > limit:
            self.fault(name, f"is {len(text)} characters long; at most {limit} are taken")
        return text

    def line(self, name: str) -> str:
        return " ".join(self.string(name, LIMITS[name]).split())

    def matching(self, name: str, pattern: re.Pattern[str], wanted: str) -> str:
        text = self.line(name)
        if text and not pattern.match(text):
            self.fault(name, f"is not {wanted}")
        return text

    def text(self) -> str:
        text = self.string("text", TEXT_LIMIT)
        if not text and not any(fault.field == "text" for fault in self.faults):
            self.fault("text", "is missing; say in a few words what is the matter")
        return text

    def category(self) -> str:
        key = self.line("category")
        if key and key not in self.edge.categories:
            self.fault("category", "is not in the catalogue; leave it empty to have the report classified")
        return key

    def place(self) -> str:
        code = self.line("place_code")
        if code and not is_code(code):
            self.fault("place_code", "is not a 12-digit division code or a 15 or 16-digit grid code")
        elif code and code not in self.edge.places:
            self.fault("place_code", "is no jurisdiction or grid of this node")
        return code

    def instant(self) -> datetime:
        value = self.raw.get("occurred_at")
        if value is None or value == "":
            return self.edge.now
        found = _parse_instant(value, self.edge.zone)
        if found is None:
            self.fault("occurred_at", "is not a time such as 2026-07-01T08:30:00+08:00")
            return self.edge.now
        if not self.edge.now - OLDEST <= found <= self.edge.now + FUTURE:
            self.fault("occurred_at", "lies in the future or more than 30 years back")
        return found

    def point(self) -> tuple[float | None, float | None]:
        lon, lat = self.degrees("lon"), self.degrees("lat")
        crs = self.line("crs").lower() or "wgs84"
        if crs not in CRS:
            self.fault("crs", f"is unknown; known are {', '.join(CRS)}")
            return None, None
        if (lon is None) != (lat is None):
            if not any(fault.field in ("lon", "lat") for fault in self.faults):
                self.fault("lat" if lat is None else "lon", "is missing; a point needs both lon and lat")
            return None, None
        if lon is None or lat is None:
            return None, None
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            self.fault("lon" if -90 <= lat <= 90 else "lat", _off_the_earth(lon, lat))
            return None, None
        there = to_wgs84(lon, lat, "wgs84" if crs == "cgcs2000" else crs)
        return float(there[0]), float(there[1])

    def degrees(self, name: str) -> float | None:
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.fault(name, f"must be a number of degrees, is {type(value).__name__}")
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            self.fault(name, "is not a finite number of degrees")
            return None
        return number

    def attributes(self) -> dict[str, Value]:
        value = self.raw.get("attributes") or {}
        form = self.edge.forms.get(str(self.raw.get("category") or "").strip())
        asked = set(form.form_schema.properties) if form else set()
        if not isinstance(value, Mapping) or len(value.keys() - asked) > 50:
            self.fault("attributes", "must be an object of at most 50 texts")
            return {}
        plain = {str(name)[:60]: str(one)[:1000] for name, one in value.items() if name not in asked}
        if any("\0" in name + one or _unpaired(name + one) for name, one in plain.items()):
            self.fault("attributes", "holds a NUL byte or half a surrogate pair")
        answers = self.answers({name: value[name] for name in asked & value.keys()}, form)
        return {**plain, **answers}

    def answers(self, values: Mapping[str, object], form: Form | None) -> dict[str, Value]:
        if form is None:
            return {}
        found = check_answers(form, values, strict=self.edge.strict)
        for name, (_zh, problem) in found.faults.items():
            self.faults.append(Fault(f"attributes.{name}", _shown(values.get(name)), problem))
        return found.values


def _shown(value: object) -> str:
    """What was sent, for a fault: nothing that a log or a table could not hold."""
    text = "" if value is None else str(value)[:200]
    return text.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()[:200]


def _unpaired(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def _off_the_earth(lon: float, lat: float) -> str:
    if -180 <= lat <= 180 and -90 <= lon <= 90:
        return "looks swapped: longitude must be -180 to 180, latitude -90 to 90"
    return "is off the earth: longitude must be -180 to 180, latitude -90 to 90"


def _parse_instant(value: object, zone: tzinfo) -> datetime | None:
    if isinstance(value, datetime):
        found: datetime | None = value
    else:
        text = str(value).strip().replace("/", "-")
        found = next((one for form in (_iso, _loose) if (one := form(text)) is not None), None)
    if found is None:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


LOOSE = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T](\d{1,2}):(\d{2})(?::(\d{2}))?)?$")


def _loose(text: str) -> datetime | None:
    """2019-4-5 9:32:09, as spreadsheets write it."""
    found = LOOSE.match(text)
    if not found:
        return None
    try:
        return datetime(*(int(part or 0) for part in found.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
