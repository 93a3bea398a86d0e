"""What readings say of a case, kept for its closing."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from gezhi.cases.models import CaseReadings


@dataclass(frozen=True, slots=True)
class Readings:
    """`back_at`: since when all of them are back in range; None: they are not. `within`: for how long they must be.
    `evidence`: a person's evidence will do instead."""

    case_id: int
    back_at: datetime | None
    within: timedelta
    evidence: bool
    at: datetime


def keep_readings(readings: Readings) -> None:
    """In place of what was kept before."""
    said = {
        "back_at": readings.back_at,
        "within_s": round(readings.within.total_seconds()),
        "evidence": readings.evidence,
        "at": readings.at,
    }
    CaseReadings.objects.update_or_create(case_id=readings.case_id, defaults=said)
