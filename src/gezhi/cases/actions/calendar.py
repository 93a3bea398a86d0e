"""Importing the holidays of a year."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from gezhi.cases.models import CalendarDay
from gezhi.ledger.actions import record
from gezhi.ledger.entries import Fact


@transaction.atomic
def import_days(days: Mapping[date, bool], source: str) -> None:
    """Days that rest (False) or work (True) against the ordinary week; days known before are replaced."""
    CalendarDay.objects.bulk_create(
        (CalendarDay(day=day, is_workday=works, source=source[:200]) for day, works in days.items()),
        update_conflicts=True,
        unique_fields=["day"],
        update_fields=["is_workday", "source"],
    )
    facts: dict[str, Fact] = {
        "days": len(days),
        "source": source,
        "from": min(days).isoformat(),
        "to": max(days).isoformat(),
    }
    record("cases.calendar-imported", "calendar", facts, configures=True)
