"""What a request is about, as far as its address tells: who may wait, and for whom there is always a place."""

import re
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    FREE = "free"  # signs of life, files: never waits
    INTAKE = "intake"  # somebody reports: always open
    SENSED = "sensed"  # devices send readings and events
    STEPS = "steps"  # somebody acts
    READING = "reading"
    HEAVY = "heavy"  # exports, statistics, appraisals, boards of the command centre


_FREE: Final = re.compile(r"/(static/|health|healthz|readyz|metrics|ledger/(checkpoint|tile)|field/sw\.js)")
_INTAKE: Final = re.compile(
    r"/(report/|agent/$|field/report/|field/sync/|desk/hotline/|api/v1/(reports|photos)|open311/v2/requests)"
)
_ASKED: Final = re.compile(
    r"/(report/|agent/$|field/report/|field/sync/)"
)  # the forms, and the phone's greeting
_SENSED: Final = re.compile(r"/api/(sensorthings/|v1/sensing/)")
_HEAVY: Final = re.compile(
    r"/(desk/(statistics|appraisal|import|lists/coverage)/|desk/(.+/)?export/|command/"
    r"|api/v1/(appraisals|bulletins|command|grids|lists/coverage|public/.+\.csv)|.+\.(xlsx|csv|pdf)$)"
)
_READS: Final = ("GET", "HEAD", "OPTIONS")


def kind_of(method: str, path: str) -> Kind:
    if _FREE.match(path):
        return Kind.FREE
    reads = method in _READS
    if (_ASKED if reads else _INTAKE).match(path):
        return Kind.INTAKE
    if _HEAVY.match(path):
        return Kind.HEAVY
    if reads:
        return Kind.READING
    return Kind.SENSED if _SENSED.match(path) else Kind.STEPS
