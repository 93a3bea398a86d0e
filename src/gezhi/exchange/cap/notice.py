"""A warning as it travels between authorities, and which of many stand. Pure.

CAP names four severities; Chinese warnings have four colours. Red is Extreme, orange Severe, yellow Moderate, blue
Minor, as the China Meteorological Administration gives its warnings to the WMO.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from gezhi.packs.shapes import Level

Status = Literal["Actual", "Exercise", "System", "Test", "Draft"]
Message = Literal["Alert", "Update", "Cancel", "Ack", "Error"]
STATUSES: Final[tuple[Status, ...]] = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGES: Final[tuple[Message, ...]] = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES: Final = ("Public", "Restricted", "Private")
CATEGORIES: Final = (
    *("Geo", "Met", "Safety", "Security", "Rescue", "Fire", "Health", "Env", "Transport", "Infra", "CBRNE"),
    "Other",
)
URGENCIES: Final = ("Immediate", "Expected", "Future", "Past", "Unknown")
CERTAINTIES: Final = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")
SEVERITIES: Final = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
SEVERITY_OF: Final[dict[Level, str]] = {
    "red": "Extreme",
    "orange": "Severe",
    "yellow": "Moderate",
    "blue": "Minor",
}
LEVEL_OF: Final[dict[str, Level]] = {severity: level for level, severity in SEVERITY_OF.items()}


@dataclass(frozen=True, slots=True)
class Circle:
    """WGS-84 degrees, kilometres."""

    lon: float
    lat: float
    km: float


@dataclass(frozen=True, slots=True)
class Area:
    """`polygons`: closed rings of (lon, lat), WGS-84 degrees. `codes`: 12-digit division codes, or grids' of 15 or 16.
    `others`: geocodes of other systems, (name, value), kept as they came."""

    name: str
    polygons: tuple[tuple[tuple[float, float], ...], ...] = ()
    circles: tuple[Circle, ...] = ()
    codes: tuple[str, ...] = ()
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What is told, in one language (RFC 3066: zh-CN, en-US)."""

    language: str
    event: str
    headline: str
    description: str = ""
    instruction: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """An earlier message that this one updates or cancels."""

    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """A CAP message. `level` None: its severity is Unknown. `event_code`: (name of the code, value). `expires` None:
    the receiver's own policy rules. Instants are aware."""

    identifier: str
    sender: str
    sent: datetime
    said: tuple[Said, ...]
    level: Level | None = None
    areas: tuple[Area, ...] = ()
    status: Status = "Actual"
    message: Message = "Alert"
    scope: str = "Public"
    category: str = "Safety"
    urgency: str = "Unknown"
    certainty: str = "Unknown"
    event_code: tuple[str, str] | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    contact: str = ""
    web: str = ""
    note: str = ""
    references: tuple[Reference, ...] = ()

    @property
    def name(self) -> Reference:
        """How a later message refers to this one."""
        return Reference(self.sender, self.identifier, self.sent)


def in_force(notices: Iterable[Notice], now: datetime) -> list[Notice]:
    """Those that stand at `now`, oldest first, whatever the order of their arrival.

    An update takes the place of what it refers to, a cancel ends it; only its own sender's messages count. What is
    only an exercise, a test, a draft or for systems never stands. A message sent in the future waits.
    """
    told = [one for one in notices if one.status == "Actual" and one.sent <= now]
    ended = {
        (name.sender, name.identifier)
        for one in told
        if one.message in ("Update", "Cancel")
        for name in one.references
        if name.sender == one.sender
    }
    standing = {
        (one.sender, one.identifier): one
        for one in told
        if one.message in ("Alert", "Update") and (one.expires is None or one.expires > now)
    }
    return sorted(
        (one for name, one in standing.items() if name not in ended),
        key=lambda one: (one.sent, one.identifier),
    )
