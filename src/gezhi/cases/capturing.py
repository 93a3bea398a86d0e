"""What a photo was when it was taken up, as the phone or browser says: the SHA-256 of its bytes before it was made
smaller, and of what it sent. Pure.

The second shows that what arrived is what was sent. The first can be compared by whoever still has the original; it
proves no more than that the device said so, at the time of its clock, before the photo left it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

_CAPTURE = re.compile(r"(?P<sent>[0-9a-f]{64}) (?P<captured>[0-9a-f]{64}) (?P<at>\d{1,16})")


@dataclass(frozen=True, slots=True)
class Capture:
    """`sent`, `captured`: SHA-256 in hex. `at`: by the device's clock."""

    sent: str
    captured: str
    at: datetime | None = None


class Hashed(Protocol):
    @property
    def original_sha256(self) -> str: ...
    @property
    def captured_sha256(self) -> str: ...


def capture_in(text: str) -> Capture | None:
    """`SENT CAPTURED MILLISECONDS`, as our pages send it; None for anything else."""
    found = _CAPTURE.fullmatch(text)
    if found is None:
        return None
    return Capture(found["sent"], found["captured"], _instant(int(found["at"])))


def captures_in(texts: Iterable[str]) -> dict[str, Capture]:
    """By what was sent."""
    found = (capture_in(text) for text in texts)
    return {one.sent: one for one in found if one}


def told_of(photos: Sequence[Hashed]) -> dict[str, list[str]]:
    """What the ledger keeps of photos besides what is stored: of the bytes that arrived, and of those that the device
    hashed ("": it said nothing)."""
    if not photos:
        return {}
    told = {"originals": [photo.original_sha256 for photo in photos]}
    captured = [photo.captured_sha256 for photo in photos]
    return told | ({"captured": captured} if any(captured) else {})


def _instant(milliseconds: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (OverflowError, OSError, ValueError):
        return None
