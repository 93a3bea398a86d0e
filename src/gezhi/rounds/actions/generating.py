"""Rounds stand in place for the days ahead, each window once; those whose time is over are missed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection, transaction
from django.utils import timezone

from gezhi.cases.world import World, world
from gezhi.ledger.actions import record
from gezhi.lib.reach import EVERYTHING, within
from gezhi.packs.shapes import RoundPlan
from gezhi.rounds.book import PlanCard
from gezhi.rounds.calendar import Window, windows
from gezhi.rounds.models import Round
from gezhi.rounds.queries import book, plan_settings
from gezhi.rounds.spans import Span, spans_on

AHEAD: Final = timedelta(days=14)
_LOCK: Final = 7_302_001  # one generation at a time
_SPANS = "unnest(%(lows)s::text[], %(highs)s::text[], %(sinces)s::timestamptz[]) AS span(low, high, since)"
_WINDOWS = "unnest(%(opens)s::timestamptz[], %(dues)s::timestamptz[]) AS win(opens_at, due_at)"
_GRIDS = 'SELECT code AS place_code, NULL::bigint AS id FROM places_place WHERE "level" = 5'
_SUBJECTS = """
SELECT s.place_code, s.id FROM rounds_subject s WHERE s.is_active AND s.kind = %(about)s
AND (%(element)s = '' OR EXISTS (
    SELECT 1 FROM rounds_known k WHERE k.subject_id = s.id AND k.element = %(element)s AND k.until IS NULL
    AND k.value = ANY(%(values)s::jsonb[])))
"""
_WANTED = """
SELECT t.place_code, t.id, win.opens_at, win.due_at
FROM ({targets}) AS t
JOIN {spans} ON t.place_code COLLATE "C" >= span.low AND t.place_code COLLATE "C" < span.high
JOIN {windows} ON win.due_at > span.since
"""
_INSERT = """
INSERT INTO rounds_round (plan, pack_version_id, place_code, subject_id, opens_at, due_at)
SELECT %(plan)s, %(version)s, wanted.place_code, wanted.id, wanted.opens_at, wanted.due_at
FROM ({wanted}) AS wanted
ON CONFLICT DO NOTHING
"""
_REMOVE = """
DELETE FROM rounds_round r
WHERE r.plan = %(plan)s AND r.state = 'due' AND r.begun_at IS NULL AND r.due_at > %(now)s AND NOT EXISTS (
    SELECT 1 FROM ({wanted}) AS wanted
    WHERE wanted.place_code = r.place_code AND wanted.id IS NOT DISTINCT FROM r.subject_id
    AND wanted.opens_at = r.opens_at AND wanted.due_at = r.due_at)
"""


_Given = str | int | datetime | list[str] | list[datetime]


@dataclass(frozen=True, slots=True)
class Generated:
    added: int = 0
    removed: int = 0


@within(EVERYTHING)  # of doors: whose rounds are made is no question of who asks
def generate(now: datetime | None = None, plans: Sequence[str] | None = None) -> Generated:
    """Bring the rounds of the next fourteen days in line with plans, settings and subjects; again changes nothing.

    `plans`: these alone (None: all). Rounds that nobody began and that no plan wants any more are removed.
    Two statements a plan, whatever the number of grids.
    """
    at = now or timezone.now()
    current = world()
    with transaction.atomic():
        _one_at_a_time()
        done = {plan: _generate(plan, at, current) for plan in _plans(plans, current)}
        changed = {plan: one for plan, one in done.items() if one.added or one.removed}
        if changed:
            facts = {plan: [one.added, one.removed] for plan, one in changed.items()}
            record("rounds.generated", "rounds", {"plans": facts, "until": f"{at + AHEAD:%Y-%m-%d}"})
    return Generated(sum(one.added for one in done.values()), sum(one.removed for one in done.values()))


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def _plans(plans: Sequence[str] | None, current: World) -> list[str]:
    """Also those that no pack has any more, as long as rounds of them wait."""
    if plans is not None:
        return list(plans)
    waiting = Round.objects.filter(state="due").values_list("plan", flat=True).distinct()
    return list(dict.fromkeys([*book(current.stamp).plans, *waiting.order_by("plan")]))


def _generate(plan: str, now: datetime, current: World) -> Generated:
    card = book(current.stamp).plans.get(plan)
    today = timezone.localdate(now)
    spans = spans_on(plan_settings().get(plan, ()), today) if card else []
    ahead = _ahead(card.plan, now, current) if card else []
    wanted = _WANTED.format(
        targets=_GRIDS if card is None or card.plan.kind == "patrol" else _SUBJECTS,
        spans=_SPANS,
        windows=_WINDOWS,
    )
    given = _given(plan, card, spans, ahead, now, current)
    with connection.cursor() as cursor:
        cursor.execute(_REMOVE.format(wanted=wanted), given)
        removed = cursor.rowcount
        if not spans or not ahead:
            return Generated(0, removed)
        cursor.execute(_INSERT.format(wanted=wanted), given)
        return Generated(cursor.rowcount, removed)


def _ahead(plan: RoundPlan, now: datetime, current: World) -> list[Window]:
    """Windows that are open now or open within the next days."""
    first, last = timezone.localdate(now), timezone.localdate(now + AHEAD)
    found = windows(plan, first, last, current.calendar.is_workday, current.office.zone)
    return [one for one in found if one.due_at > now]


def _given(
    plan: str,
    card: PlanCard | None,
    spans: Sequence[Span],
    ahead: Sequence[Window],
    now: datetime,
    current: World,
) -> Mapping[str, _Given]:
    only = card.plan.only if card else None
    zone = current.office.zone
    return {
        "plan": plan,
        "version": card.version_id if card else 0,
        "about": card.plan.about if card else "",
        "element": only.element if only else "",
        "values": [json.dumps(value) for value in only.one_of] if only else [],
        "lows": [span.low for span in spans],
        "highs": [span.high for span in spans],
        "sinces": [
            datetime(span.since.year, span.since.month, span.since.day, tzinfo=zone) for span in spans
        ],
        "opens": [one.opens_at for one in ahead],
        "dues": [one.due_at for one in ahead],
        "now": now,
    }


@transaction.atomic
def mark_missed(now: datetime | None = None, limit: int = 5000) -> int:
    """Rounds whose time is over and that nobody did; returns how many. Call again while it is `limit`."""
    at = now or timezone.now()
    late = Round.objects.select_for_update(skip_locked=True).filter(state="due", due_at__lte=at)
    ids = list(late.order_by("due_at").values_list("id", flat=True)[:limit])
    if ids:
        Round.objects.filter(id__in=ids).update(state="missed")
        record("rounds.missed", "rounds", {"rounds": len(ids), "first": ids[0]})
    return len(ids)
