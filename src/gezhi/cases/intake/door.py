"""The one door. A batch of reports becomes cases, history, ledger entries and answers in one transaction.

Statements for a batch of any size, transaction control included: at most thirteen, one more for photos.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Drafted:
    """Reports located and classified ahead, and the configuration that this was done with."""

    drafts: Sequence[Draft]
    world: World


def draft(reports: Sequence[NewReport], now_world: World) -> Drafted:
    """The part of accepting that needs no database: another thread may do it for the next batch meanwhile."""
    return Drafted(draft_all(_once(reports), now_world), now_world)


def accept(
    reports: Sequence[NewReport], now: datetime | None = None, drafted: Drafted | None = None
) -> list[Receipt]:
    """A receipt for each report, in order, once all of them are safe on disk. `drafted`: of these very reports.

    A report whose (source, source_id) was accepted before gives the receipt of then. Either all of the batch is
    accepted or, when this raises, nothing.
    """
    at = now or timezone.now()
    for _ in range(ATTEMPTS - 1):
        with suppress(*MEANWHILE):
            return _accept(reports, at, drafted)
    return _accept(reports, at, drafted)


def _once(reports: Sequence[NewReport]) -> list[NewReport]:
    """The first of each (source, source_id), in order."""
    first: dict[tuple[str, str], NewReport] = {}
    for report in reports:
        first.setdefault((report.source, report.source_id), report)
    return list(first.values())


def _accept(reports: Sequence[NewReport], at: datetime, drafted: Drafted | None) -> list[Receipt]:
    ids, stamp = lookups.take_ids(len(drafted.drafts if drafted else reports))
    now_world = world(stamp)
    if drafted is None or drafted.world is not now_world:
        drafted = draft(reports, now_world)
    drafts = drafted.drafts
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
