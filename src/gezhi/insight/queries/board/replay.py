"""A day told again by place, small enough to be played back on a map."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Q

from gezhi.cases.models import Case, CaseEvent
from gezhi.cases.queries import BadFilter
from gezhi.cases.queries.filters import day_of, midnight
from gezhi.cases.world import World
from gezhi.insight.queries.board import memo
from gezhi.insight.queries.board.look import Look, scope_key
from gezhi.insight.queries.board.open_cases import part_of, place_at, places_below
from gezhi.insight.replaying import Change, Stood, Told, changes, stood_after
from gezhi.lib.codes import LEVELS, level_of, padded
from gezhi.packs.shapes import Kind
from gezhi.people.access import Actor

DAYS_BACK: Final = 92
KEPT_PAST, KEPT_TODAY = 600.0, 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Replay:
    """`start`: place one level down -> open and overdue as the day began."""

    day: date
    level: str
    start: Mapping[str, tuple[int, int]]
    changes: Sequence[Change]


@dataclass(frozen=True, slots=True)
class _Known:
    """What a case's row says of the time before the day."""

    place: str
    stood: Stood


def replay(actor: Actor, look: Look, day: str, world: World, today: date) -> Replay:
    """Raises BadFilter for a day that is none, is to come, or is too long ago. Five statements."""
    asked = day_of("day", day) if day else today
    if not today - timedelta(days=DAYS_BACK) <= asked <= today:
        raise BadFilter("day", f"must lie within the last {DAYS_BACK} days")
    key = ("replay", scope_key(actor), look, asked)
    return memo.get(
        key,
        KEPT_TODAY if asked == today else KEPT_PAST,
        lambda: _replay(actor, look, asked, world),
    )


def _replay(actor: Actor, look: Look, day: date, world: World) -> Replay:
    codes = [code for code, _name in places_below(look.place)] or [look.place]
    level = level_of(codes[0])
    since, until = midnight(day), midnight(day + timedelta(days=1))
    ended = _ended(world)
    events, known = _events(actor, look, since, until, level)
    before = _before([one.case_id for one in events], since, ended)
    start = _stood_at(actor, look, since, level)
    for case_id, one in known.items():
        exact = before.get(case_id, (0, 0))
        for part in (0, 1):
            start[one.place, part] += exact[part] - one.stood[part]
    inside = set(codes)
    told = changes(events, before, {pk: one.place for pk, one in known.items()}, since, ended)
    return Replay(
        day,
        LEVELS[level],
        {code: (start[code, 0], start[code, 1]) for code in codes},
        [change for change in told if change.place in inside],
    )


def _events(
    actor: Actor, look: Look, since: datetime, until: datetime, level: int
) -> tuple[list[Told], dict[int, _Known]]:
    mine = Case.objects.filter(look.seen_by(actor))
    found = CaseEvent.objects.filter(at__gte=since, at__lt=until, case__in=mine).exclude(kind=Kind.JOIN)
    cells = ("case_id", "at", "case__procedure", "to_state", "due_at")
    row = ("case__place_code", "case__opened_at", "case__closed_at", "case__overdue_at")
    told, known = [], {}
    for case_id, at, procedure, state, due, place, opened, closed, late in found.order_by(
        "case_id", "seq"
    ).values_list(*cells, *row):
        told.append(Told(case_id, at, procedure, state, due))
        is_open = int(opened < since and (closed is None or closed >= since))
        known[case_id] = _Known(
            part_of(place, level), (is_open, int(is_open and late is not None and late < since))
        )
    return told, known


def _before(case_ids: Sequence[int], since: datetime, ended: frozenset[str]) -> dict[int, Stood]:
    """How the cases of the day stood as it began, by their last event before it."""
    found = CaseEvent.objects.filter(case_id__in=set(case_ids), at__lt=since).exclude(kind=Kind.JOIN)
    rows = found.order_by("case_id", "-seq").distinct("case_id")
    cells = rows.values_list("case_id", "at", "case__procedure", "to_state", "due_at")
    return {row[0]: stood_after(Told(*row), ended) for row in cells}


def _stood_at(actor: Actor, look: Look, since: datetime, level: int) -> Counter[tuple[str, int]]:
    """How many were open and overdue at an instant, as the rows of the cases tell it. Two statements, since each
    half has an index of its own."""
    found: Counter[tuple[str, int]] = Counter()
    for still in (Q(is_open=True), Q(is_open=False, closed_at__gte=since)):
        cases = Case.objects.filter(look.seen_by(actor), still, opened_at__lt=since)
        late = Count("place_code", filter=Q(overdue_at__lt=since))
        rows = cases.annotate(part=place_at(level)).values_list("part").annotate(n=Count("*"), late=late)
        for part, is_open, overdue in rows.order_by():
            found.update({(padded(part), 0): is_open, (padded(part), 1): overdue})
    return found


def _ended(world: World) -> frozenset[str]:
    procedures = world.catalogue.procedures
    return frozenset(f"{one.key} {state.key}" for one in procedures for state in one.states if not state.open)
