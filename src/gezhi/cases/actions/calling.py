"""Queueing callbacks in the transaction of the step that causes them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from gezhi.cases.actions.taken import Taken
from gezhi.cases.callbacks import BAD, DEFAULT_SAMPLE, OVERTAKEN, SAMPLE, is_sampled
from gezhi.cases.deadlines import due_at
from gezhi.cases.models import Callback
from gezhi.cases.world import World
from gezhi.packs.shapes import CALLBACK_LIMIT, Kind

AGAIN: Final = frozenset({Kind.REOPEN, Kind.OVERTURN})
# The reporter who rated, or the first who left a telephone number; a waiting call is not queued twice.
QUEUE: Final = """
INSERT INTO cases_callback (case_id, report_id, place_code, unit_id, reason, at, due_at, tries, outcome, text)
SELECT q.case_id, r.id, q.place_code, q.unit_id, q.reason, %s, %s, 0, '', ''
FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::text[])
    AS q(case_id, report_id, place_code, unit_id, reason)
CROSS JOIN LATERAL (
    SELECT s.id FROM cases_report s LEFT JOIN cases_reporter p ON p.report_id = s.id
    WHERE s.case_id = q.case_id AND (s.id = q.report_id OR (q.report_id IS NULL AND p.phone <> ''))
    ORDER BY s.id LIMIT 1
) AS r
ON CONFLICT (report_id) WHERE done_at IS NULL DO UPDATE
SET reason = excluded.reason, due_at = least(cases_callback.due_at, excluded.due_at)
WHERE excluded.reason = 'bad-rating'
"""


def queue_callbacks(batch: Sequence[Taken], world: World, at: datetime) -> None:
    """By sample for closings, always for bad ratings; what was opened again is not called about. One statement for
    each of the two, none when there is nothing to do."""
    again = [taken.after.id for taken in batch if taken.transition.kind in AGAIN]
    if again:
        Callback.objects.filter(case_id__in=again, done_at=None).update(done_at=at, outcome=OVERTAKEN)
    share = world.catalogue.number(SAMPLE, at.astimezone(world.office.zone).date())
    percent = DEFAULT_SAMPLE if share is None else share
    rows = [row for taken in batch if (row := _row(taken, percent))]
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(QUEUE, [at, _due(world, at), *map(list, zip(*rows, strict=True))])


def _row(taken: Taken, percent: float) -> tuple[int, int | None, str, int | None, str] | None:
    """(case, report or the first with a number, place, unit, reason)."""
    after, kind = taken.after, taken.transition.kind
    if kind is Kind.RATE and taken.report_id and (taken.given.rating or 5) <= BAD:
        return after.id, taken.report_id, after.place_code, after.unit_id, "bad-rating"
    closes = kind is Kind.VERIFY and taken.before.is_open and not after.is_open
    if closes and is_sampled(after.id, after.reopen_count, percent):
        return after.id, None, after.place_code, after.unit_id, "sample"
    return None


def _due(world: World, at: datetime) -> datetime | None:
    limit = world.catalogue.limit(CALLBACK_LIMIT, at.astimezone(world.office.zone).date())
    return due_at(at, limit.length, world.office) if limit and limit.length else None
