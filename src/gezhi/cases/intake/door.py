"""The one door. A batch of reports becomes cases, history, ledger entries and answers in one transaction.

Statements for a batch of any size, transaction control included: at most twelve, one more for photos.
"""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from gezhi.cases.intake import lookups
from gezhi.cases.intake.drafting import Draft, draft_all
from gezhi.cases.intake.joining import join
from gezhi.cases.intake.rows import ClosedMeanwhile, Written, write
from gezhi.cases.intake.shapes import NewReport, Receipt
from gezhi.cases.world import World, world

ATTEMPTS = 5
MEANWHILE = (IntegrityError, ClosedMeanwhile)  # another process took the same report, or closed a case


def accept(reports: Sequence[NewReport], now: datetime | None = None) -> list[Receipt]:
    """A receipt for each report, in order, once all of them are safe on disk.

    A report whose (source, source_id) was accepted before gives the receipt of then. Either all of the batch is
    accepted or, when this raises, nothing.
    """
    at = now or timezone.now()
    for _ in range(ATTEMPTS - 1):
        with suppress(*MEANWHILE):
            return _accept(reports, at)
    return _accept(reports, at)


def _accept(reports: Sequence[NewReport], at: datetime) -> list[Receipt]:
    first: dict[tuple[str, str], NewReport] = {}
    for report in reports:
        first.setdefault((report.source, report.source_id), report)
    ids, stamp = lookups.take_ids(len(first))
    now_world = world(stamp)
    drafts = draft_all(list(first.values()), now_world)
    with transaction.atomic():
        known = lookups.lock_and_find_known(drafts)
        new = [draft for draft in drafts if (draft.report.source, draft.report.source_id) not in known]
        receipts = known | _write(new, ids, now_world, at)
    return _in_order(reports, receipts, known)


def _write(
    drafts: list[Draft], ids: list[tuple[int, int]], now_world: World, at: datetime
) -> dict[tuple[str, str], Receipt]:
    if not drafts:
        return {}
    joinings = join(drafts, lookups.open_cases_near(drafts))
    return write(Written(drafts, joinings, ids[: len(drafts)], now_world, at))


def _in_order(
    reports: Sequence[NewReport],
    receipts: dict[tuple[str, str], Receipt],
    known: dict[tuple[str, str], Receipt],
) -> list[Receipt]:
    """The second of two equal reports in one batch is told that it is known."""
    seen = set(known)
    ordered = []
    for report in reports:
        key = (report.source, report.source_id)
        receipt = receipts[key]
        ordered.append(lookups.as_known(receipt) if key in seen else receipt)
        seen.add(key)
    return ordered
