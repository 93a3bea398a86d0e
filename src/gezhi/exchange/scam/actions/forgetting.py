"""What is known of whoever was protected goes when the pack's days after closing are over."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.timezone import localdate

from gezhi.cases.models import Report
from gezhi.cases.world import known_world
from gezhi.exchange.scam.actions.taking import CATEGORY
from gezhi.lib.reach import EVERYTHING, within
from gezhi.rights.actions.erasing import erase
from gezhi.rights.person import Person

DAYS: Final = "sd-keep"
USUAL: Final = 30
BATCH: Final = 200


def forget_protected(now: datetime) -> int:
    """How many reports were erased: number, words and answers, and signs of the person in what staff wrote; the
    ledger's proofs stay. Each is a transaction of its own, and is erased again from a restored backup."""
    number = known_world().catalogue.number(DAYS, localdate(now))
    until = now - timedelta(days=USUAL if number is None else number)
    over = Report.objects.filter(category=CATEGORY, case__is_open=False, case__closed_at__lt=until).exclude(
        text=""
    )
    count = 0
    with within(EVERYTHING):
        while batch := list(over.order_by("id").values_list("id", "case_id")[:BATCH]):
            for report, case in batch:
                erase(Person(reports=(report,), cases=(case,)), now=now)
            count += len(batch)
    return count
