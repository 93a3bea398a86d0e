"""What enters by the door, and what comes back. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gezhi.packs.forms import Value


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo that is stored already (re-encoded, without EXIF). See gezhi.cases.photos."""

    key: str
    sha256: str
    original_sha256: str
    content_type: str
    size: int
    width: int
    height: int
    taken_at: datetime | None = None
    lon: float | None = None
    lat: float | None = None
    look: str | None = None  # hex; "": nothing can be seen on it; None: never looked at
    look_bands: tuple[int, ...] = ()
    captured_sha256: str = ""  # as the device that took it up says
    captured_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewReport:
    """A report that passed reading. `lon`, `lat` in WGS-84 degrees; `place_code` only where the source knows it.

    `attributes`: the answers to the category's form by field, and what else the source sends, as texts.
    """

    source: str
    source_id: str
    text: str
    occurred_at: datetime
    lon: float | None = None
    lat: float | None = None
    place_code: str = ""
    address: str = ""
    category: str = ""
    reporter_name: str = ""
    reporter_phone: str = ""
    reporter_email: str = ""
    language: str = "zh-hans"
    attributes: Mapping[str, Value] = field(default_factory=dict)
    submitted_by_id: int | None = None
    photos: tuple[Photo, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a report. `known`: it was accepted before; `joined`: it speaks of a case already open."""

    report_id: int
    tracking_code: str
    case_id: int
    case_number: str
    state: str
    category: str
    place_code: str
    joined: bool = False
    known: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """One field of one report that cannot be taken as it is."""

    field: str
    value: str
    problem: str


class Unreadable(Exception):
    """A report that cannot be accepted; says every field that is wrong."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.problem}" for fault in faults))
        self.faults = faults
